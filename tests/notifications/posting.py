"""A mailer that does as it is told, and short words for owing somebody a message and having it sent."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from nextroute.config import links
from nextroute.customers.models import Customer
from nextroute.notifications import delivering, telling
from nextroute.notifications.models import Delivery
from nextroute.notifications.telling import Notice, Recipient
from nextroute.notifications.triggers import Channel, Trigger
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.doors import Clock


class Killed(BaseException):
    """The worker's process ends here."""


class Outbox:
    """The keys of what was handed over, in order. `answers` are done instead of taking the next ones, one each."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.mails: list[EmailMessage] = []
        self.answers: list[BaseException | None] = []
        self.opened = self.closed = 0

    def take(self, mail: EmailMessage) -> None:
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, BaseException):
            raise answer
        self.mails.append(mail)
        self.sent.append(key_of(mail))


class Mailer(BaseEmailBackend):
    def __init__(self, *, outbox: Outbox, **options: Any) -> None:
        super().__init__(**options)
        self.outbox = outbox

    def open(self) -> None:
        self.outbox.opened += 1

    def close(self) -> None:
        self.outbox.closed += 1

    def send_messages(self, messages: list[EmailMessage]) -> int:  # type: ignore[override]
        for message in messages:
            self.outbox.take(message)
        return len(messages)


def key_of(mail: EmailMessage) -> str:
    """The delivery's, from the Message-ID."""
    return str(mail.extra_headers["Message-ID"]).strip("<>").partition("@")[0]


def owe(
    business: Business,
    trigger: Trigger = Trigger.SERVICE_REMINDER,
    *,
    address: str = "ada@example.com",
    customer: Customer | None = None,
    now: datetime = cast.NOON,
    **options: Any,
) -> Delivery:
    """A mail that is due."""
    to = Recipient(customer.pk if customer else None, address)
    before = set(Delivery.objects.values_list("id", flat=True))
    telling.tell(trigger, business.pk, [Notice(to)], now=now, **options)
    return Delivery.objects.exclude(id__in=before).get(channel=Channel.EMAIL)


def deliver(business: Business, clock: Clock | Callable[[], datetime]) -> int:
    """What the worker does when it is woken for the business."""
    tell = clock if not isinstance(clock, Clock) else lambda: clock.now
    return delivering.deliver(business.pk, link=links.to, clock=tell)


def work_it_off(business: Business, clock: Clock, *, most: int = 40) -> None:
    """Be woken until nothing waits any more, each time when the next is due; a worker that is killed is followed by
    another."""
    for _ in range(most):
        waiting = Delivery.objects.waiting().order_by("due_at").first()
        if waiting is None:
            return
        clock.now = max(clock.now, waiting.due_at)
        try:
            deliver(business, clock)
        except Killed:
            continue
    raise AssertionError("There is no end to it.")
