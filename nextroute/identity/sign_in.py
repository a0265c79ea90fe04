"""Signing in with a password."""

from datetime import datetime

from django.db import transaction

from nextroute.core import scope
from nextroute.identity import arrivals, passwords
from nextroute.identity.arrivals import Asker
from nextroute.identity.logins import Login
from nextroute.identity.sessions import Proof


def who(email: str) -> Login | None:
    """The login a password could open, in the business's scope. One statement, whatever there is."""
    return Login.objects.able().filter(email=email).select_related("business").first()


def prove(login: Login | None, password: str, *, asker: Asker, now: datetime) -> str | None:
    """Begin a session if this is the login's password, and return its token; None otherwise.

    One hash and no statement on every refusal: no such e-mail, no password, no access and a wrong password cannot be
    told apart. (A success may take a second hash, when the parameters have changed since the first.) Not within a
    transaction: hashing is slow. Raises passwords.Busy.
    """
    if not passwords.proves(password, login.password if login else "") or login is None:
        return None
    encoded = passwords.hashed(password) if passwords.outdated(login.password) else login.password
    with transaction.atomic(), scope.business(login.business_id):
        # Asked once more, locked: a password changed in the meantime opens nothing any more.
        if not Login.objects.able().filter(pk=login.pk, password=login.password).update(password=encoded):
            return None
        return arrivals.arrive(login, by=Proof.PASSWORD, asker=asker, now=now)
