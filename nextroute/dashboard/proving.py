"""Proving a password, for django.contrib.auth: one hash whatever the answer, and never more than a few at once."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from nextroute.identity import passwords
from nextroute.staff import users
from nextroute.staff.users import User


class ByPassword(BaseBackend):
    """The backend of the staff's sign-in. Not within a transaction: hashing is slow."""

    def authenticate(  # type: ignore[override] # Django lets a backend say what it wants to know
        self,
        request: HttpRequest | None,  # noqa: ARG002 - Django's
        *,
        email: str,
        password: str,
    ) -> User | None:
        """The user whose password this is. `email` is normalised. One statement. Raises passwords.Busy."""
        user = users.able(email)
        return user if passwords.proves(password, user.password if user else "") else None

    def get_user(self, user_id: UUID) -> Any:
        """Never asked: who a session is of is found with their memberships (staff/presence.py)."""
        raise NotImplementedError
