"""Login: a person's way in."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models, transaction

from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.rows import BusinessRow, same_business
from nextroute.identity import passwords
from nextroute.identity.accesses import Access

if TYPE_CHECKING:
    from nextroute.identity.sessions import PortalSession


class LoginQuerySet(models.QuerySet["Login"]):
    def able(self) -> Self:
        """Those who may act for a customer."""
        return self.filter(models.Exists(Access.objects.filter(login=models.OuterRef("pk"))))


class Login(BusinessRow):
    """A person, by e-mail, at one business. `password` is a salted hash in Django's format; empty: none set."""

    email = models.TextField(help_text="normalised: see normalised_email")
    password = models.TextField(blank=True, default="")
    password_set_at = models.DateTimeField(null=True, blank=True)

    objects = LoginQuerySet.as_manager()

    class Meta:
        constraints = [
            same_business(name="login_in_business"),
            models.UniqueConstraint(fields=["business", "email"], name="login_email"),
        ]


def set_password(
    login: Login,
    password: str,
    *,
    actor: Actor,  # noqa: ARG001 - for the audit trail, which comes with its own package
    now: datetime,
    keep: "PortalSession | None" = None,
) -> None:
    """Give the login a new password and end its sessions, but for the one to `keep`.

    Raises Refused (field "password") when it is short, long, common, or made of what others know of the person;
    passwords.Busy when the server has no room to hash it now.
    """
    with transaction.atomic(), scope.business(login.business_id):
        known = list(_known_of(login))
    passwords.refuse_weak(password, known=known)
    encoded = passwords.hashed(password)
    with transaction.atomic(), scope.business(login.business_id):
        # The row first: a sign-in with the old password waits here, and then finds it gone.
        Login.objects.filter(pk=login.pk).update(password=encoded, password_set_at=now)
        others = login.sessions.exclude(pk=keep.pk) if keep else login.sessions.all()
        others.end(now=now)
    login.password, login.password_set_at = encoded, now


def _known_of(login: Login) -> Iterator[str]:
    """What an acquaintance would try: the e-mail, the names, the business."""
    yield from (login.email, login.business.name, login.business.slug)
    for access in login.accesses.select_related("customer"):
        yield str(access.customer)
