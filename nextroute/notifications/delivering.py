"""Delivering: what the worker does with the outbox. docs/decisions/0005-outbox.md.

For each message: take it (one transaction), put it into words (another), send it outside of any, note the outcome (a
third). Killed in between, it is taken again when the lease is over, and goes out with the same Message-ID.
"""

import logging
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import translation

from nextroute.core import jobs, scope, words
from nextroute.notifications import bounces, consents, deliveries, email, preferences, quiet, sms, wordings
from nextroute.notifications.composing import compose
from nextroute.notifications.deliveries import BACK_OFF, MOST_ATTEMPTS, Delivery
from nextroute.notifications.messages import Message
from nextroute.notifications.outcomes import NotNow, Undeliverable
from nextroute.notifications.telling import DELIVER
from nextroute.notifications.triggers import Category, Channel
from nextroute.tenancy.links import Link

TURN = timedelta(seconds=20)
log = logging.getLogger(__name__)
type Clock = Callable[[], datetime]
Status = Delivery.Status


def sweep(*, now: datetime) -> int:
    """Wake the delivering of every business with something due; returns how many businesses."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT business_id FROM notifications_due_businesses(%s) AS business_id", [now])
        due = [business_id for (business_id,) in cursor.fetchall()]
    for business_id in due:
        jobs.defer(DELIVER, business_id)
    return len(due)


def deliver(business_id: UUID, *, link: Link, clock: Clock) -> int:
    """Send what of the business's is due, one after the other; returns how many were tried.

    After a TURN it goes to the end of the queue, so that nobody's night of reminders holds up another's sign-in.
    Raises OperationalError or InterfaceError when the database goes away; what was under way waits for its lease.
    """
    now, tried = clock(), 0
    over = now + TURN
    _drop_what_is_too_late(business_id, now)
    with email.post_office() as mailer:
        while delivery := _take(business_id, clock()):
            with translation.override(words.speech(delivery.language, delivery.business.locale)):
                _attempt(delivery, mailer, link, clock)
            tried += 1
            if clock() >= over:
                jobs.defer(DELIVER, business_id)
                break
    return tried


def _drop_what_is_too_late(business_id: UUID, now: datetime) -> None:
    """All at once: after a long absence it may be much, and whoever waits at the door should not wait for it."""
    with transaction.atomic(), scope.business(business_id):
        Delivery.objects.waiting().filter(not_after__lt=now, due_at__lte=now).update(
            status=Status.DROPPED, why="too late"
        )


def _take(business_id: UUID, now: datetime) -> Delivery | None:
    with transaction.atomic(), scope.business(business_id):
        return deliveries.claim(business_id, now=now, lease=timedelta(seconds=settings.DELIVERY_LEASE))


def _attempt(delivery: Delivery, mailer: Any, link: Link, clock: Clock) -> None:
    """One attempt, however it ends: but for a database that is away, the next message has its turn."""
    try:
        if delivery.attempts > MOST_ATTEMPTS:
            raise Undeliverable("whoever sent it never came back")
        message = _write(delivery, link, clock())
        if message is not None:
            provider_id = _send(delivery, message, mailer, link, clock)
            _settle(delivery, Status.SENT, provider_id=provider_id, sent_at=clock())
    except Undeliverable as never:
        _settle(delivery, Status.FAILED, why=str(never))
    except NotNow as later:
        _retry(delivery, clock(), str(later))
    except (OperationalError, InterfaceError):
        raise
    except Exception as fault:
        # Where it happened, not what it said: that may name people.
        where = "".join(traceback.format_tb(fault.__traceback__))
        log.error("A %s was not sent: %s\n%s", delivery.trigger, type(fault).__name__, where)
        _retry(delivery, clock(), type(fault).__name__)


def _send(delivery: Delivery, message: Message, mailer: Any, link: Link, clock: Clock) -> str:
    if delivery.by is Channel.EMAIL:
        return email.send(mailer, delivery, message)
    return sms.send(delivery, message, link=link, now=clock())


def _write(delivery: Delivery, link: Link, now: datetime) -> Message | None:
    """The message; None when there is nothing to send now, which is noted."""
    with transaction.atomic(), scope.business(delivery.business_id):
        if why := _needless(delivery, now):
            deliveries.settle(delivery, Status.DROPPED, why=why)
            return None
        if until := quiet.until(delivery, now):
            _postpone(delivery, until)
            return None
        variables = compose(delivery, link, now)
        if variables is None:
            deliveries.settle(delivery, Status.DROPPED, why="nothing left to say")
            return None
        return wordings.write(delivery, variables)


def _postpone(delivery: Delivery, until: datetime) -> None:
    """Over the quiet hours, unless it is of no use after them."""
    if delivery.not_after and until > delivery.not_after:
        deliveries.settle(delivery, Status.DROPPED, why="too late")
    else:
        deliveries.put_off(delivery, until, why="quiet hours", tried=False)


def _needless(delivery: Delivery, now: datetime) -> str:
    """Why this message should not be sent at all, or ""."""
    if delivery.not_after and now > delivery.not_after:
        return "too late"
    if delivery.by is Channel.SMS:
        if why := sms.hindrance(delivery.business):
            return why
        if not consents.of(delivery.business_id, [delivery.address]):
            return "no consent"
    if delivery.category is Category.SECURITY:
        return ""
    if preferences.unwanted(delivery):
        return "not wanted"
    return "bounced before" if bounces.stands(delivery.business_id, delivery.address) else ""


def _retry(delivery: Delivery, now: datetime, why: str) -> None:
    """Come back later; after the last time, give up."""
    if delivery.attempts >= MOST_ATTEMPTS:
        _settle(delivery, Status.FAILED, why=why)
        return
    with transaction.atomic(), scope.business(delivery.business_id):
        deliveries.put_off(delivery, now + BACK_OFF[delivery.attempts - 1], why=why)


def _settle(delivery: Delivery, status: Status, **fields: Any) -> None:
    with transaction.atomic(), scope.business(delivery.business_id):
        deliveries.settle(delivery, status, **fields)
