"""Ask: somebody wants a way in by mail. Whether there is anybody to mail it to, is found out by the worker alone.

An ask belongs to no business yet: it is there for whoever presents one of its keys (core/isolation.py, `keyed`).
docs/decisions/0006-sign-in-links.md.
"""

import re
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Self
from uuid import UUID, uuid4

from django.db import connection, models, transaction
from django.utils.crypto import salted_hmac

from nextroute.core import jobs, scope
from nextroute.core.actors import Actor, ActorKind

MINT = "mint"  # the task config/jobs.py defines
SOON = 10  # its priority: somebody sits and waits
LIFETIME = timedelta(minutes=10)
TRIES = 5  # at an ask's code
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")  # 256 bits


class AskQuerySet(models.QuerySet["Ask"]):
    def open(self, now: datetime) -> Self:
        """Those a link or code could still open, if there is one."""
        return self.filter(ended_at=None, expires_at__gt=now)

    def end(self, by: "Ask.End", *, now: datetime) -> int:
        """End those that have not ended; how many."""
        return self.filter(ended_at=None).update(ended_at=now, ended_by=by)


class Ask(models.Model):
    """What somebody typed, where and from which browser; later the hashes of the link and the code mailed for it.

    `business_id`: none at the shared address. `browser_hash`: SHA-256 (hex) of a secret only the asking browser has.
    `person_hash`: keyed, of place and e-mail. `known`: that browser has signed in as them before. `minted_at`: the
    worker has been here; `token_hash` stays empty if it found nobody. `choose_until`: the mailbox is proven, and which
    of several businesses is still to be said. `onward`: the page they were on their way to, or "", as its asker named
    it: the portal's to judge. Instants are UTC.
    """

    class End(models.TextChoices):
        LINK = "link"  # used, by its link or by its code
        CODE = "code"
        OVERTAKEN = "overtaken"  # by newer ones, or by another one's success
        LATE = "late"  # nobody came to mint it in time

    # Random, not ordered by time: presenting it is what shows the row to the worker.
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    business_id = models.UUIDField(null=True)
    email = models.TextField(help_text="normalised: see normalised_email")
    person_hash = models.TextField()
    browser_hash = models.TextField()
    known = models.BooleanField()
    wants_password = models.BooleanField()
    onward = models.TextField(default="")
    ip = models.TextField()
    user_agent = models.TextField()
    asked_at = models.DateTimeField()
    salt = models.TextField(default="")
    minted_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    token_hash = models.TextField(null=True)
    code_hash = models.TextField(null=True)
    tries = models.SmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(choices=End, default="")
    choose_until = models.DateTimeField(null=True)

    objects = AskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="ask_token"),
            models.CheckConstraint(
                condition=models.Q(ended_by__in=["", "link", "code", "overtaken", "late"]), name="ask_end"
            ),
        ]
        indexes = [
            models.Index(fields=["person_hash"], name="ask_of_person"),
            models.Index(fields=["browser_hash"], name="ask_of_browser"),
        ]

    def __str__(self) -> str:
        return f"ask {self.pk}"

    @property
    def masked_email(self) -> str:
        """Enough to know one's own address by: m•••@example.com."""
        name, _, domain = self.email.partition("@")
        return f"{name[:1]}•••@{domain}"

    @property
    def asker(self) -> Actor:
        """Who asked, as far as anybody knows."""
        return Actor(ActorKind.CUSTOMER, None, self.ip, self.user_agent)


def new_secret() -> str:
    """What a browser keeps to be known as the one that asked."""
    return secrets.token_urlsafe(32)


def is_secret(text: str) -> bool:
    """Whether this could be a secret or a link's token: it has their form."""
    return bool(_SECRET.fullmatch(text))


def hash_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def person_hash(business_id: UUID | None, email: str) -> str:
    """What finds all asks for one person at one place; the shared address (none) is a place of its own."""
    return salted_hmac("nextroute.identity.person", f"{business_id or ''}\n{email}", algorithm="sha256").hexdigest()


def ask(
    *,
    business_id: UUID | None,
    email: str,
    browser: str,
    known: bool,
    wants_password: bool,
    onward: str,
    asker: Actor,
    now: datetime,
) -> None:
    """Note the wish and wake the worker. One statement, whoever it is: nobody is looked up.

    `email` is normalised, `browser` the asking browser's secret. In a transaction; any scope.
    """
    made = Ask(
        business_id=business_id,
        email=email,
        person_hash=person_hash(business_id, email),
        browser_hash=hash_of(browser),
        known=known,
        wants_password=wants_password,
        onward=onward,
        ip=asker.ip,
        user_agent=asker.user_agent.replace("\0", "")[:200],
        asked_at=now,
    )
    made.save(force_insert=True)
    jobs.wake(MINT, made.pk, priority=SOON)


def latest_of(browser: str) -> Ask | None:
    """The last thing this browser asked for, whatever has become of it. One statement in a transaction of its own."""
    if not is_secret(browser):
        return None
    with transaction.atomic(), scope.presenting(hash_of(browser)):
        return Ask.objects.filter(browser_hash=hash_of(browser)).order_by("-asked_at").first()


def one_at_a_time(email: str) -> None:
    """Until the transaction ends, nobody else mints, redeems or ends an ask for this mailbox.

    Asks of one person are found under several keys; a lock on each row could be taken in any order.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"mailbox:{email}"])


def purge() -> int:
    """Forget the asks of more than a day ago; how many. Which these are is the policy's to say: it shows no others."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM identity_ask")
        return int(cursor.rowcount)


def waiting(*, now: datetime) -> list[UUID]:
    """Asks nobody has come to mint yet, by their ids: those whose wake was lost among them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ask FROM identity_waiting_asks(%s) AS ask", [now - LIFETIME])
        return [ask_id for (ask_id,) in cursor.fetchall()]
