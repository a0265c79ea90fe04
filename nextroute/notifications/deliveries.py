"""Delivery: one message to one address, from the moment it was owed until it arrived or was given up. The outbox."""

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from django.db import connection, models
from django.db.models.functions import Now

from nextroute.core.rows import BusinessRow
from nextroute.notifications.triggers import Category, Channel, Trigger

# Waiting before each further try. After the last one it is a dead letter.
BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60))
MOST_ATTEMPTS = len(BACK_OFF) + 1


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def waiting(self) -> Self:
        return self.filter(status=Delivery.Status.QUEUED)

    def dead(self) -> Self:
        """Those that were given up or came back, newest first: the office's to look at, and to resend."""
        return self.filter(status__in=(Delivery.Status.FAILED, Delivery.Status.BOUNCED)).order_by("-id")


class Delivery(BusinessRow):
    """`facts` are what it is about, as keys and ISO days; they are put into words when it is sent, in `language`.

    `due_at`: when it may be tried next; a worker that takes it moves this on, so that a worker's death costs time only.
    `not_after`: when it is of no use any more. `dedupe_key`: owed once, however often it is asked for. `provider_id`:
    what a provider's webhook calls it. `why`: a word on how it ended, never anybody's data. Instants are UTC.
    """

    class Status(models.TextChoices):
        QUEUED = "queued"
        SENT = "sent"
        FAILED = "failed"
        BOUNCED = "bounced"
        DROPPED = "dropped"

    customer = models.ForeignKey("customers.Customer", models.PROTECT, null=True, db_constraint=False, related_name="+")
    trigger = models.TextField(help_text="notifications.triggers.Trigger")
    channel = models.TextField(help_text="notifications.triggers.Channel")
    address = models.TextField(help_text="an e-mail address, or a phone number as E.164")
    language = models.TextField(default="en")
    facts = models.JSONField(default=dict)
    urgent = models.BooleanField(default=False)
    dedupe_key = models.TextField(null=True)
    status = models.TextField(choices=Status, default=Status.QUEUED)
    attempts = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField()
    not_after = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    provider_id = models.TextField(null=True)
    why = models.TextField(default="")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "dedupe_key"], name="delivery_owed_once"),
            models.UniqueConstraint(fields=["provider_id"], name="delivery_provider_id"),
            models.CheckConstraint(
                condition=models.Q(status__in=["queued", "sent", "failed", "bounced", "dropped"]),
                name="delivery_status",
            ),
            models.CheckConstraint(condition=models.Q(channel__in=["email", "sms"]), name="delivery_channel"),
        ]
        indexes = [
            models.Index(
                "business",
                models.F("urgent").desc(),
                "due_at",
                "id",
                condition=models.Q(status="queued"),
                name="delivery_waiting",
            ),
        ]

    @property
    def about(self) -> Trigger:
        return Trigger(self.trigger)

    @property
    def category(self) -> Category:
        return self.about.category

    @property
    def by(self) -> Channel:
        return Channel(self.channel)

    @property
    def masked(self) -> str:
        """As much of the address as tells which one is meant: a…@example.com, …0142."""
        name, at, domain = self.address.partition("@")
        return f"{name[:1]}…@{domain}" if at else f"…{self.address[-4:]}"


def claim(business_id: UUID, *, now: datetime, lease: timedelta) -> Delivery | None:
    """Take the next one that is due, of several due at once the one written first; nobody else does until `lease` is
    over, and it counts as an attempt. In scope.

    Locked rows are passed over, so a hundred workers take a hundred different ones. Until a provider gives it a name of
    its own it goes by its key, so that a report that comes before the answer finds it (reports.py).
    """
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"business": business_id, "now": now, "until": now + lease})
        row = cursor.fetchone()
    return Delivery.objects.select_related("business__branding", "customer").get(id=row[0]) if row else None


_CLAIM = """
UPDATE notifications_delivery SET due_at = %(until)s, attempts = attempts + 1, provider_id = id::text
WHERE id = (
    SELECT id FROM notifications_delivery
    WHERE business_id = %(business)s AND status = 'queued' AND due_at <= %(now)s
    ORDER BY urgent DESC, due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""


def settle(delivery: Delivery, status: Delivery.Status, *, why: str = "", **fields: object) -> bool:
    """Note how this attempt ended; nothing if its lease ran out and somebody else has it now. In scope."""
    return bool(_mine(delivery).update(status=status, why=why[:200], **fields))


def put_off(delivery: Delivery, until: datetime, *, why: str = "", tried: bool = True) -> bool:
    """Try again at `until`; as `settle`, only while it is ours. Unless it was `tried`, it does not count."""
    return bool(_mine(delivery).update(due_at=until, why=why[:200], attempts=models.F("attempts") - int(not tried)))


def _mine(delivery: Delivery) -> DeliveryQuerySet:
    """The row, while nobody else has taken it since: every lease ends later than the one before."""
    return Delivery.objects.waiting().filter(id=delivery.id, due_at=delivery.due_at)
