"""PortalSession: a signed-in browser."""

import re
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import models

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.rows import BusinessRow
from nextroute.core.scope import Scope

if TYPE_CHECKING:
    from nextroute.customers.customers import Customer
    from nextroute.identity.logins import Login

LIFETIME = timedelta(days=30)
JUST_NOW = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=1)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 256 bits


class Proof(models.TextChoices):
    """By what somebody showed who they are."""

    PASSWORD = "password"  # noqa: S105 - a way
    LINK = "link"
    CODE = "code"


class PortalSessionQuerySet(models.QuerySet["PortalSession"]):
    def end(self, *, now: datetime) -> int:
        """End those that have not ended; how many."""
        return self.filter(ended_at=None).update(ended_at=now)


class PortalSession(BusinessRow):
    """A browser that proved who it is. Only the hash of its token is kept (hex SHA-256).

    `customer` is who the login acts for; none until one of several is picked. `proven_by` is how they showed who they
    are, at `started_at`. Instants are UTC.
    """

    login = models.ForeignKey("identity.Login", models.PROTECT, db_constraint=False, related_name="sessions")
    customer = models.ForeignKey(
        "customers.Customer",
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    token_hash = models.TextField()
    user_agent = models.TextField(blank=True, default="")
    proven_by = models.TextField(choices=Proof, default=Proof.PASSWORD)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="absolute; the idle limit is the business's setting")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PortalSessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="session_token"),
            models.CheckConstraint(condition=models.Q(proven_by__in=Proof.values), name="session_proven_by"),
        ]

    def is_live(self, now: datetime, *, idle: timedelta) -> bool:
        return self.ended_at is None and now < min(self.ends_at, self.seen_at + idle)

    def holds_the_mailbox(self, now: datetime) -> bool:
        """Whether the mailbox was proven a moment ago: then a new password needs no old one."""
        return self.proven_by in (Proof.LINK, Proof.CODE) and now - self.started_at < JUST_NOW

    def touch(self, now: datetime) -> None:
        """Note that it was used, at most once a minute."""
        if now - self.seen_at >= SEEN_EVERY:
            PortalSession.objects.filter(pk=self.pk, ended_at=None).update(seen_at=now)

    def act_for(self, customer: "Customer") -> None:
        PortalSession.objects.filter(pk=self.pk).update(customer=customer)


def start(
    login: "Login", *, customer: "Customer | None", user_agent: str, now: datetime, by: Proof = Proof.PASSWORD
) -> str:
    """Begin a session in the business's scope; returns its token, which is kept nowhere."""
    token = secrets.token_urlsafe(32)
    PortalSession.objects.create(
        business_id=login.business_id,
        login=login,
        customer=customer,
        token_hash=_hash(token),
        user_agent=user_agent.replace("\0", "")[:200],
        proven_by=by,
        started_at=now,
        seen_at=now,
        ends_at=now + LIFETIME,
    )
    return token


def entered(token: str) -> PortalSession | None:
    """The session with this token, whatever has become of it. Leaves the transaction in its business's scope; in none
    when nobody was given the token. One statement: every page begins with it.
    """
    if not _TOKEN.fullmatch(token):
        return None
    found = next(iter(PortalSession.objects.raw("SELECT * FROM identity_enter(%s)", [_hash(token)])), None)
    scope.took(Scope(found.business_id) if found else scope.NOWHERE)
    return found


def end(token: str, *, actor: Actor, now: datetime) -> None:
    """Sign the browser with this token out; nothing if nobody was given it. `actor`: from where; who is found out."""
    with scope.transaction_of():
        if (session := entered(token)) is None:
            return
        if PortalSession.objects.filter(pk=session.pk).end(now=now):
            record(
                Verb.SIGNED_OUT,
                actor=replace(actor, id=session.login_id),
                business_id=session.business_id,
                subject="login",
                customer_id=session.customer_id,
            )


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
