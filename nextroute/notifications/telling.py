"""Telling: the fourth beat of every verb. It writes rows and wakes the worker; it sends nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from nextroute.core import jobs
from nextroute.notifications import consents
from nextroute.notifications.deliveries import Delivery
from nextroute.notifications.triggers import Channel, Trigger

DELIVER = "deliver"  # the task config/jobs.py defines
URGENT = 10  # its priority when somebody waits


@dataclass(frozen=True, slots=True)
class Recipient:
    """A customer's addresses, "" where there is none; `language` is how they are spoken to."""

    customer_id: UUID | None
    email: str
    phone: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Notice:
    """What one recipient is told. `key`: said once, whatever asks for it again ("" for always)."""

    to: Recipient
    facts: Mapping[str, object] = field(default_factory=dict)
    key: str = ""


def tell(
    trigger: Trigger,
    business_id: UUID,
    notices: Iterable[Notice],
    *,
    now: datetime,
    due_at: datetime | None = None,
    not_after: datetime | None = None,
) -> int:
    """Owe these notices, on every channel the trigger has and the recipient can be reached by; returns the rows.

    In the business's scope and the action's transaction; two statements however many. What people do not want is
    found out when it is sent, for they may change their mind until then.
    """
    given = list(notices)
    consenting = consents.of(business_id, [one.to.phone for one in given]) if Channel.SMS in trigger.channels else set()
    rows = [
        Delivery(
            business_id=business_id,
            customer_id=one.to.customer_id,
            trigger=trigger,
            channel=channel,
            address=address,
            language=one.to.language,
            facts=dict(one.facts),
            urgent=trigger.urgent,
            dedupe_key=f"{trigger}:{channel}:{one.key}" if one.key else None,
            due_at=due_at or now,
            not_after=not_after,
        )
        for one in given
        for channel, address in _addresses(trigger, one.to, consenting)
    ]
    if rows:
        Delivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)
        jobs.wake(DELIVER, business_id, priority=URGENT if trigger.urgent else 0)
    return len(rows)


def _addresses(trigger: Trigger, to: Recipient, consenting: set[str]) -> Sequence[tuple[Channel, str]]:
    by = {Channel.EMAIL: to.email, Channel.SMS: to.phone if to.phone in consenting else ""}
    return [(channel, by[channel]) for channel in trigger.channels if by[channel]]
