"""Login: a person's way in."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models, transaction
from django.utils.translation import gettext

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import Actor, ActorKind
from nextroute.core.errors import Refused
from nextroute.core.rows import BusinessRow, same_business
from nextroute.identity import passwords, reach
from nextroute.identity.accesses import Access
from nextroute.notifications.telling import Notice, tell
from nextroute.notifications.triggers import Trigger

if TYPE_CHECKING:
    from nextroute.identity.sessions import PortalSession


class LoginQuerySet(models.QuerySet["Login"]):
    def able(self) -> Self:
        """Those who may act for a customer."""
        return self.filter(models.Exists(Access.objects.filter(login=models.OuterRef("pk"))))


class Login(BusinessRow):
    """A person, by e-mail, at one business. `password` is a salted hash in Django's format; empty: none set.

    `invited_at`: when the welcome was sent the last time.
    """

    email = models.TextField(help_text="normalised: see normalised_email")
    password = models.TextField(blank=True, default="")
    password_set_at = models.DateTimeField(null=True, blank=True)
    invited_at = models.DateTimeField(null=True, blank=True)

    objects = LoginQuerySet.as_manager()

    class Meta:
        constraints = [
            same_business(name="login_in_business"),
            models.UniqueConstraint(fields=["business", "email"], name="login_email"),
        ]
        # At the shared address a mailbox is looked up in all businesses at once.
        indexes = [models.Index(fields=["email"], name="login_of_mailbox")]


def set_password(
    login: Login, password: str, *, actor: Actor, now: datetime, keep: "PortalSession | None" = None
) -> None:
    """Give the login a new password and end its sessions, but for the one to `keep`; its owner is told.

    Raises Refused (field "password") when it is short, long, common, or made of what others know of the person, and
    when the session to keep has ended meanwhile; passwords.Busy when the server has no room to hash it now. Not within
    a transaction: hashing is slow.
    """
    with transaction.atomic(), scope.business(login.business_id):
        known = list(_known_of(login))
    passwords.refuse_weak(password, known=known)
    encoded = passwords.hashed(password)
    with transaction.atomic(), scope.business(login.business_id):
        # The row first: a sign-in with the old password waits here, and then finds it gone.
        Login.objects.filter(pk=login.pk).update(password=encoded, password_set_at=now)
        _end_sessions(login, keep, now)
        _note_new_password(login, actor, now)
    login.password, login.password_set_at = encoded, now


def change_password(
    login: Login, current: str, password: str, *, actor: Actor, now: datetime, keep: "PortalSession"
) -> None:
    """The same for somebody who shows the present password: one hash more. Raises Refused (field "current") too."""
    if not passwords.proves(current, login.password):
        raise Refused(gettext("That isn’t your present password."), field="current")
    set_password(login, password, actor=actor, now=now, keep=keep)


def _end_sessions(login: Login, keep: "PortalSession | None", now: datetime) -> None:
    if keep and not login.sessions.filter(pk=keep.pk, ended_at=None).exists():
        raise Refused(gettext("You were signed out in the meantime, so nothing was changed."), field="password")
    others = login.sessions.exclude(pk=keep.pk) if keep else login.sessions.all()
    others.end(now=now)


def _note_new_password(login: Login, actor: Actor, now: datetime) -> None:
    owner = reach.of(login).recipient
    record(
        Verb.PASSWORD_SET,
        actor=actor,
        business_id=login.business_id,
        subject=login,
        customer_id=owner.customer_id,
        changed=["password"],
    )
    if actor.kind is not ActorKind.SYSTEM:  # the demo's, which nobody has to be warned of
        facts = {"at": now.isoformat()}
        tell(Trigger.PASSWORD_CHANGED, login.business_id, [Notice(owner, facts)], now=now)


def _known_of(login: Login) -> Iterator[str]:
    """What an acquaintance would try: the e-mail, the names, the business."""
    yield from (login.email, login.business.name, login.business.slug)
    for access in login.accesses.select_related("customer"):
        yield str(access.customer)
