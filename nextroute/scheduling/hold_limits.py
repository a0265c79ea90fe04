"""What a hold may be: its days, how many, and how many a year. Guards of holds.py; the rule: docs/rules/holds.md."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from nextroute.core.days import ONE_DAY, each_day
from nextroute.core.errors import Refused
from nextroute.core.words import day_long, span
from nextroute.customers.customers import Customer
from nextroute.tenancy.businesses import Business

if TYPE_CHECKING:
    from nextroute.scheduling.holds import Hold


FURTHEST = timedelta(days=730)
OVER = gettext_lazy("This day is over. Choose today or a later one.")
BEFORE_YOU_LEAVE = gettext_lazy("That is before you leave. Choose the day visits should start again.")


class HoldRefused(Refused):
    """These days cannot be held; `field` is start_date or end_date."""


def guard(
    customer: Customer,
    start_date: date,
    end_date: date,
    property_id: UUID | None,
    *,
    today: date,
    first_free: date | None = None,
    without: Collection[UUID] = (),
) -> None:
    """Raises HoldRefused unless these days (local) can be held. `first_free`: the first that can still be stopped,
    where that matters; `without`: holds that make way. Under the customer's lock; one statement at most."""
    if start_date < today:
        raise HoldRefused(str(OVER), field="start_date")
    if start_date > today + FURTHEST:
        raise HoldRefused(_("That is too far ahead. Choose a day within the next two years."), field="start_date")
    if end_date < start_date:
        raise HoldRefused(str(BEFORE_YOU_LEAVE), field="end_date")
    if first_free and end_date < first_free:
        raise too_late("end_date", first_free)
    _of_length(customer.business, (end_date - start_date).days + 1)
    others = [one for one in customer.holds.standing() if one.pk not in without]
    _overlap(others, start_date, end_date, property_id, today)
    _in_the_year(customer.business, others, start_date, end_date)


def too_late(field: str, first_free: date) -> HoldRefused:
    """No day remains that could still be stopped."""
    day = day_long(first_free, first_free)
    return HoldRefused(
        _("It’s too late to stop these visits. The first day we can still stop is %s.") % day, field=field
    )


def standing(parts: "Sequence[Hold]", today: date) -> tuple[date, date]:
    """The first and the last day of a hold with what continues it. Raises HoldRefused when it is over or lifted."""
    if not parts or parts[-1].end_date < today:
        raise HoldRefused(_("This time away is over, or was called off already."))
    return parts[0].start_date, parts[-1].end_date


def guard_change(parts: "Sequence[Hold]", start_date: date, end_date: date, *, today: date) -> None:
    """Raises HoldRefused for the days it has, for another start once it has begun, and for an end that is over."""
    first = parts[0].start_date
    if (start_date, end_date) == (first, parts[-1].end_date):
        days = {"days": span(start_date, end_date, today)}
        raise HoldRefused(_("These are the days you have: %(days)s. Choose others.") % days, field="end_date")
    if start_date != first and first <= today:
        raise HoldRefused(_("You’re away already, so the first day stays as it is."), field="start_date")
    if start_date != first and start_date > parts[0].end_date:
        raise HoldRefused(
            _("That is a new time away. Call this one off, and tell us the new days."), field="start_date"
        )
    if start_date != first and start_date < today:
        raise HoldRefused(str(OVER), field="start_date")
    if end_date < today - ONE_DAY:
        raise HoldRefused(str(OVER), field="end_date")


def _of_length(business: Business, days: int) -> None:
    if days < business.hold_min_days:
        least = business.hold_min_days
        sentence = ngettext("Time away is at least %(n)s day.", "Time away is at least %(n)s days.", least)
        raise HoldRefused(sentence % {"n": least}, field="end_date")
    if days > business.hold_max_days:
        most = business.hold_max_days
        sentence = ngettext(
            "That is longer than %(n)s day, the longest we can hold. Call us for more.",
            "That is longer than %(n)s days, the longest we can hold. Call us for more.",
            most,
        )
        raise HoldRefused(sentence % {"n": most}, field="end_date")


def _overlap(others: "Iterable[Hold]", start_date: date, end_date: date, property_id: UUID | None, today: date) -> None:
    for one in others:
        if one.property_id == property_id and one.start_date <= end_date and start_date <= one.end_date:
            days = {"days": span(one.start_date, one.end_date, today)}
            raise HoldRefused(
                _("You’re away %(days)s already. Change that, or choose other days.") % days, field="start_date"
            )


def _in_the_year(business: Business, others: "Iterable[Hold]", start_date: date, end_date: date) -> None:
    most = business.hold_days_per_year
    if most is None:
        return
    held = {day for one in others for day in each_day(one.start_date, one.end_date)}
    days = held | set(each_day(start_date, end_date))
    for year in range(start_date.year, end_date.year + 1):
        if (count := sum(day.year == year for day in days)) > most:
            left = {"most": most, "over": count - most, "year": year}
            sentence = _("You can be away %(most)s days a year. In %(year)s this is %(over)s too many.")
            raise HoldRefused(sentence % left, field="end_date")
