"""What messages about visits say, read from the schedule as it is when they are sent (notifications/composing.py)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from nextroute.core.days import add_months
from nextroute.core.words import day_long, hours, in_days, span
from nextroute.customers.customers import Customer
from nextroute.notifications.composing import Variables, composes
from nextroute.notifications.deliveries import Delivery
from nextroute.notifications.triggers import Trigger
from nextroute.scheduling import visits
from nextroute.scheduling.calendar import Reason
from nextroute.scheduling.holds import Hold
from nextroute.scheduling.skips import Skip
from nextroute.scheduling.stops import Stop
from nextroute.scheduling.visits import Visit
from nextroute.tenancy.links import Link

SOON, AHEAD = timedelta(weeks=8), 13  # how far the next visit is looked for: most are near, the others within months


def _of_the_day(delivery: Delivery, link: Link, now: datetime) -> Variables | None:
    """Of the day's visits that will happen: a reminder, or that the route is out."""
    day = date.fromisoformat(delivery.facts["day"])
    today = delivery.business.today(now)
    coming = [v for v in visits.between(_customer(delivery), day, day, today=today) if v.coming] if day >= today else []
    if not coming:
        return None
    return {
        "service_date": day_long(day, today),
        "in_days": in_days(day, today),
        "visits": _lines(map(_line, coming)),
        **_see(delivery, link),
    }


composes(Trigger.SERVICE_REMINDER)(_of_the_day)
composes(Trigger.ROUTE_DISPATCHED)(_of_the_day)


@composes(Trigger.SERVICE_COMPLETED)
def _completed(delivery: Delivery, link: Link, now: datetime) -> Variables | None:
    stop = _stop(delivery)
    return _of_stop(delivery, stop, link, now) if stop and stop.status == Stop.Status.COMPLETED else None


@composes(Trigger.SERVICE_SKIPPED)
def _skipped(delivery: Delivery, link: Link, now: datetime) -> Variables | None:
    stop, dropped = _stop(delivery), "reason" in delivery.facts
    if stop is None or (stop.removed_at is None if dropped else stop.status != Stop.Status.SKIPPED):
        return None  # it stands again
    today = delivery.business.today(now)
    return {
        **_of_stop(delivery, stop, link, now),
        "reason": delivery.facts.get("reason") or _why(stop),
        "next_visit": _next_after(_customer(delivery), stop.service_date, today),
    }


@composes(Trigger.VISIT_MOVED)
def _moved(delivery: Delivery, link: Link, now: datetime) -> Variables | None:
    was, day = (date.fromisoformat(delivery.facts[end]) for end in ("from", "to"))
    stops = Stop.objects.filter(id__in=delivery.facts["stops"], service_date=day, removed_at=None)
    today = delivery.business.today(now)
    lines = [_join(_plan(stop), str(stop.property)) for stop in stops.select_related("subscription__plan", "property")]
    if not lines:
        return None  # moved again, or gone
    return {
        "service_date": day_long(day, today),
        "old_date": day_long(was, today),
        "visits": _lines(lines),
        "reason": delivery.facts["reason"],
        **_see(delivery, link),
    }


@composes(Trigger.HOLD_PLACED)
def _held(delivery: Delivery, link: Link, now: datetime) -> Variables | None:
    hold = Hold.objects.filter(id=delivery.facts["hold"], lifted_at=None).first()
    if hold is None:
        return None
    today = delivery.business.today(now)
    days = (hold.start_date, hold.end_date)
    found = visits.between(_customer(delivery), max(today, days[0]), days[1], today=today) if days[1] >= today else []
    skipped = [visit for visit in found if visit.reason is Reason.HOLD and visit.hold == days]
    return {
        "hold_dates": span(*days, today),
        "visits": _lines(_join(day_long(visit.day, today), visit.plan, visit.address) for visit in skipped),
        "next_visit": _next_after(_customer(delivery), days[1], today),
        **_see(delivery, link),
    }


@composes(Trigger.SKIP_PLACED)
def _skip(delivery: Delivery, link: Link, now: datetime) -> Variables | None:
    found = Skip.objects.filter(id=delivery.facts["skip"], undone_at=None)
    skip = found.select_related("subscription__plan", "subscription__property").first()
    if skip is None:
        return None
    day, today = date.fromisoformat(delivery.facts["day"]), delivery.business.today(now)
    return {
        "service_date": day_long(day, today),
        "next_visit": _next_after(_customer(delivery), day, today),
        "plan_name": skip.subscription.plan.name,
        "address": str(skip.subscription.property),
        **_see(delivery, link),
    }


def _stop(delivery: Delivery) -> Stop | None:
    found = Stop.objects.filter(id=delivery.facts["stop"])
    return found.select_related("subscription__plan", "property").first()


def _of_stop(delivery: Delivery, stop: Stop, link: Link, now: datetime) -> Variables:
    return {
        "service_date": day_long(stop.service_date, delivery.business.today(now)),
        "plan_name": _plan(stop),
        "address": str(stop.property),
        **_see(delivery, link),
    }


def _why(stop: Stop) -> str:
    """The office's own words where there are any."""
    words: dict[str | None, str] = {
        Stop.SkipCategory.NO_ACCESS: _("We could not get to your bins."),
        Stop.SkipCategory.WEATHER: _("The weather did not let us."),
    }
    return stop.skip_reason or stop.removed_note or words.get(stop.skip_category, "")


def _next_after(customer: Customer, day: date, today: date) -> str:
    """The next day somebody comes after this one; "" when there is none."""
    found = visits.ahead(customer, max(today, day) + SOON, add_months(today, AHEAD), today=today)
    return next((day_long(visit.day, today) for visit in found if visit.coming and visit.day > day), "")


def _plan(stop: Stop) -> str:
    return stop.plan_name or (stop.subscription.plan.name if stop.subscription else "")


def _line(visit: Visit) -> str:
    """Weekly Bin Cleaning, 8447 W 51st Ave, 8-10 AM."""
    return _join(visit.plan, visit.address, hours(visit.window) if visit.window else "")


def _join(*parts: str) -> str:
    return ", ".join(filter(None, parts))


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines)


def _see(delivery: Delivery, link: Link) -> Variables:
    return {"action_url": link("portal_sign_in", delivery.business, absolute=True)}


def _customer(delivery: Delivery) -> Customer:
    """The one it is for, whose business nothing need ask for again."""
    customer = delivery.customer
    assert isinstance(customer, Customer)
    customer.business = delivery.business
    return customer
