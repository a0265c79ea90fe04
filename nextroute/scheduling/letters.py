"""What messages about visits say, read from the schedule as it is when they are sent (notifications/composing.py)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Q
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
from nextroute.scheduling.stops import WITH_PLAN, Stop
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


@composes(Trigger.EXTRA_DROPPED)
def _extra_dropped(delivery: Delivery, link: Link, now: datetime) -> Variables | None:
    stop = _stop(delivery)
    extra = stop and stop.extra
    if not (stop and extra and extra.waits() and extra.day == stop.due_on):
        return None  # it has another day by now, or is not wanted any more
    return {**_of_stop(delivery, stop, link, now), "reason": delivery.facts["reason"]}


@composes(Trigger.VISIT_MOVED)
def _moved(delivery: Delivery, link: Link, now: datetime) -> Variables | None:
    was, day = (date.fromisoformat(delivery.facts[end]) for end in ("from", "to"))
    stops = Stop.objects.filter(id__in=delivery.facts["stops"], service_date=day, removed_at=None)
    today = delivery.business.today(now)
    lines = [_join(stop.plan_told(), str(stop.property)) for stop in stops.select_related(*WITH_PLAN, "property")]
    if not lines:
        return None  # moved again, or gone
    return {
        "service_date": day_long(day, today),
        "old_date": day_long(was, today),
        "visits": _lines(lines),
        "reason": delivery.facts["reason"],
        **_see(delivery, link),
    }


def _held(delivery: Delivery, link: Link, now: datetime) -> Variables | None:
    """Also when it has been called off since: what was arranged is confirmed, and so is that it no longer is."""
    customer, today = _customer(delivery), delivery.business.today(now)
    standing = _standing(delivery.facts["hold"])
    if standing and standing.end_date >= today:
        return {**_of_hold(standing, customer, today), **_see(delivery, link)}
    hold = customer.holds.filter(id=delivery.facts["hold"]).first()
    if hold is None:
        return None
    over = {"visits": "", "staying": "", "next_visit": ""}
    return {"hold_dates": span(hold.start_date, hold.end_date, today), **over, **_see(delivery, link)}


composes(Trigger.HOLD_PLACED)(_held)
composes(Trigger.HOLD_CHANGED)(_held)


@composes(Trigger.HOLD_LIFTED)
def _lifted(delivery: Delivery, link: Link, now: datetime) -> Variables | None:
    hold, customer, today = _hold(delivery.facts["hold"]), _customer(delivery), delivery.business.today(now)
    if hold is None:
        return None
    last = date.fromisoformat(delivery.facts["last"])
    back = _back(hold, last, customer, today)
    return {
        "hold_dates": span(hold.start_date, last, today),
        "visits": back,
        "next_visit": "" if back else _next_after(customer, today, today),
        **_see(delivery, link),
    }


def _skip_of(delivery: Delivery, link: Link, now: datetime) -> Variables | None:
    """Of one that was placed, whatever became of it since, or of one that was taken back."""
    undone = delivery.about is Trigger.SKIP_UNDONE
    found = Skip.objects.filter(id=delivery.facts["skip"])
    skip = found.select_related("subscription__plan", "subscription__property").first()
    if skip is None:
        return None
    day, today = date.fromisoformat(delivery.facts["day"]), delivery.business.today(now)
    later = {} if undone else {"next_visit": _next_after(_customer(delivery), day, today)}
    return {
        "service_date": day_long(day, today),
        "plan_name": skip.subscription.plan.name,
        "address": str(skip.subscription.property),
        **later,
        **_see(delivery, link),
    }


composes(Trigger.SKIP_PLACED)(_skip_of)
composes(Trigger.SKIP_UNDONE)(_skip_of)


@composes(Trigger.OFFICE_SCHEDULE)
def _for_the_office(delivery: Delivery, link: Link, now: datetime) -> Variables | None:
    """What a customer did, as it was done: also when they have thought better of it since."""
    customer = Customer.objects.get(id=delivery.facts["customer"])
    customer.business = delivery.business
    what = _of_skip_done if "skip" in delivery.facts else _of_hold_done
    told = what(delivery.facts, customer, delivery.business.today(now))
    return {"customer_name": str(customer), **told, "action_url": link("dashboard_home", absolute=True)}


def _of_skip_done(facts: Mapping[str, str], customer: Customer, today: date) -> dict[str, str]:
    skip = customer.skips.select_related("subscription__plan", "subscription__property").get(id=facts["skip"])
    day = {"day": day_long(date.fromisoformat(facts["day"]), today)}
    visit = _join(skip.subscription.plan.name, str(skip.subscription.property))
    if facts["about"] == Trigger.SKIP_UNDONE:
        return {"what": _("wants the visit on %(day)s after all") % day, "back": visit}
    return {"what": _("does without the visit on %(day)s") % day, "visits": visit, "notes": skip.notes}


def _of_hold_done(facts: Mapping[str, str], customer: Customer, today: date) -> dict[str, str]:
    hold = customer.holds.get(id=facts["hold"])
    if facts["about"] == Trigger.HOLD_LIFTED:
        last = date.fromisoformat(facts["last"])
        days = {"days": span(hold.start_date, last, today)}
        return {"what": _("is back, and had been away %(days)s") % days, "back": _back(hold, last, customer, today)}
    standing = _standing(facts["hold"])
    if standing is None or standing.end_date < today:
        return {"what": _("was going to be away %(days)s") % {"days": span(hold.start_date, hold.end_date, today)}}
    told = _of_hold(standing, customer, today)
    return {**told, "what": _("is away %(days)s") % {"days": told["hold_dates"]}, "notes": hold.notes}


def _hold(key: str) -> Hold | None:
    return Hold.objects.filter(id=key).first()


def _standing(key: str) -> Hold | None:
    """The hold as one with what continues it; none when it is lifted."""
    parts = list(Hold.objects.standing().filter(Q(id=key) | Q(continues=key)).order_by("start_date"))
    if parts:
        parts[0].end_date = parts[-1].end_date
    return parts[0] if parts else None


def _of_hold(hold: Hold, customer: Customer, today: date) -> dict[str, str]:
    """Its days, what falls away and what does not, and when we come next."""
    found = [one for one in _between(customer, hold.start_date, hold.end_date, today) if _of(hold, one)]
    return {
        "hold_dates": span(hold.start_date, hold.end_date, today),
        "visits": _days([one for one in found if one.reason is Reason.HOLD], today),
        "staying": _days([one for one in found if one.coming], today),
        "next_visit": _next_after(customer, hold.end_date, today),
    }


def _back(hold: Hold, last: date, customer: Customer, today: date) -> str:
    """The visits there are again of those it took off."""
    found = _between(customer, hold.effective_from, last, today)
    return _days([one for one in found if one.coming and _of(hold, one)], today)


def _between(customer: Customer, first: date, last: date, today: date) -> Sequence[Visit]:
    first = max(today, first)
    return visits.between(customer, first, last, today=today) if first <= last else []


def _of(hold: Hold, visit: Visit) -> bool:
    return visit.extra_id is None and hold.property_id in (None, visit.property_id)


def _days(found: Iterable[Visit], today: date) -> str:
    return _lines(_join(day_long(visit.day, today), visit.plan, visit.address) for visit in found)


def _stop(delivery: Delivery) -> Stop | None:
    found = Stop.objects.filter(id=delivery.facts["stop"])
    return found.select_related(*WITH_PLAN, "property").first()


def _of_stop(delivery: Delivery, stop: Stop, link: Link, now: datetime) -> Variables:
    return {
        "service_date": day_long(stop.service_date, delivery.business.today(now)),
        "plan_name": stop.plan_told(),
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
