"""Reminders: the day before a visit, at the hour the business chose."""

from collections.abc import Iterable
from datetime import date, datetime

from nextroute.core import scope
from nextroute.core.days import ONE_DAY, midnight_in
from nextroute.core.verbs import verb
from nextroute.customers.customers import Customer
from nextroute.notifications.telling import Notice, tell
from nextroute.notifications.triggers import Trigger
from nextroute.scheduling.stops import Stop
from nextroute.tenancy.businesses import Business


def due(business: Business, now: datetime) -> bool:
    """Whether tomorrow's reminders are to be owed now and were not yet."""
    here = business.here(now)
    tomorrow = here.date() + ONE_DAY
    owed = business.reminded_through is not None and business.reminded_through >= tomorrow
    return here.hour >= business.reminder_hour and not owed


@verb
def remind(business: Business, *, now: datetime) -> int:
    """Owe everybody who is served tomorrow their reminder, once it is the business's hour; returns how many.

    One a customer and day. Whether the visit will really happen is asked again when it is sent (letters.py); after the
    midnight that begins the day it is not sent any more. Nothing when it was done already, by whatever worker.
    """
    if not due(business, now):
        return 0
    day = business.today(now) + ONE_DAY
    with scope.business(business.id):
        # The row's lock makes a second worker wait, and then find it done.
        todo = Business.objects.filter(id=business.id).exclude(reminded_through__gte=day)
        if not todo.update(reminded_through=day):
            return 0
        notices = [
            Notice(customer.recipient, {"day": day.isoformat()}, key=f"{day}:{customer.id}")
            for customer in _served(business, day)
        ]
        over = midnight_in(business.timezone, day)
        return tell(Trigger.SERVICE_REMINDER, business.id, notices, now=now, not_after=over)


def _served(business: Business, day: date) -> Iterable[Customer]:
    stops = Stop.objects.filter(business=business, service_date=day, removed_at=None, status=Stop.Status.PENDING)
    return Customer.objects.filter(business=business, id__in=stops.values("customer_id"))
