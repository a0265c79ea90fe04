"""CalendarEvent: what the subscribers of a customer's feed were told of a visit."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid5

from django.db import models

from nextroute.core.rows import BusinessRow
from nextroute.scheduling.visits import Visit


class Status(models.TextChoices):
    """iCalendar's own words (RFC 5545, 3.8.1.11)."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a calendar shows of a visit on `day` (local): from `starts_at` to `ends_at` (UTC); with none, all day."""

    day: date
    starts_at: datetime | None
    ends_at: datetime | None
    status: str
    summary: str
    location: str
    description: str


class CalendarEvent(BusinessRow):
    """A visit as it was last told, through `feed`: when that is revoked, nobody knows of it any more.

    `sequence` counts the changes told under this `uid`, and never falls. `changed_at` (UTC): when it was told so.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="calendar_events"
    )
    feed = models.ForeignKey(
        "scheduling.CalendarFeed", models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    uid = models.TextField()
    day = models.DateField()
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    status = models.TextField(choices=Status)
    summary = models.TextField()
    location = models.TextField()
    description = models.TextField()
    sequence = models.IntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "uid"], name="calendar_event_uid"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="calendar_event_status"),
            models.CheckConstraint(
                condition=models.Q(starts_at=None, ends_at=None) | models.Q(starts_at__lt=models.F("ends_at")),
                name="calendar_event_hours",
            ),
        ]
        indexes = [models.Index(fields=["customer", "day"], name="calendar_event_of_day")]

    @property
    def shown(self) -> Shown:
        return Shown(self.day, self.starts_at, self.ends_at, self.status, self.summary, self.location, self.description)


def uid(visit: Visit) -> str:
    """The visit's name in every calendar: the same before and after it has a stop, and wherever it moves. An extra has
    one for all its attempts: the event that lost its day goes to the next, instead of a second one beside it.

    No host in it (RFC 7986, 5.3): a portal that moves to another address would make every event anew.
    """
    if visit.extra_id:
        return str(uuid5(visit.extra_id, "extra"))
    assert visit.subscription_id is not None
    return str(uuid5(visit.subscription_id, f"{visit.due_on} {visit.attempt}"))
