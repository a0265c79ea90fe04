"""Times away: a customer's holds as people speak of them, each with what continues it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Coalesce

from nextroute.customers.customers import Customer
from nextroute.scheduling import outlook, prices, visits
from nextroute.scheduling.holds import Hold
from nextroute.scheduling.outlook import Outlook


@dataclass(frozen=True, slots=True)
class TimeAway:
    """From `first` through `last` (local days, both included). `hold` is the row it began with; `stands` as long as it
    is not called off."""

    hold: Hold
    first: date
    last: date
    stands: bool

    @property
    def place(self) -> str:
        """The one property it is for; "" for all of them."""
        return str(self.hold.property) if self.hold.property else ""

    def over(self, today: date) -> bool:
        return not self.stands or self.last < today

    def begun(self, today: date) -> bool:
        return self.first <= today


def coming(customer: Customer, today: date) -> list[TimeAway]:
    """Those that are under way or planned, in order. One statement, in the caller's scope."""
    standing = customer.holds.standing()
    roots = standing.filter(end_date__gte=today).values(root=Coalesce("continues", "id"))
    rows = standing.filter(Q(id__in=roots) | Q(continues__in=roots)).select_related("property")
    by_root = groupby(sorted(rows, key=lambda row: (_root(row), row.start_date)), key=_root)
    return sorted((_away(list(parts)) for _, parts in by_root), key=lambda away: away.first)


def find(customer: Customer, key: UUID) -> TimeAway | None:
    """The one with this key, or with a part of this key, also when it is over or called off; none when it is not this
    customer's. One statement."""
    root = customer.holds.filter(id=key).values(root=Coalesce("continues", "id"))
    one = customer.holds.select_related("property").filter(Q(id__in=root) | Q(continues__in=root))
    found = sorted(one, key=lambda part: (part.continues_id is not None, part.start_date))
    if not found:
        return None
    found[0].customer = customer
    return _away([part for part in found if part.lifted_at is None] or found)


def effect(away: TimeAway, *, today: date) -> Outlook:
    """What it takes away from today on, what happens all the same, and what that does to the bill. In the customer's
    scope; five statements at most."""
    hold, customer = away.hold, away.hold.customer
    first = max(today, away.first)
    seen = visits.between(customer, first, max(first, away.last) + outlook.BEYOND, today=today)
    gone = [one for one in seen if one.hold_id == hold.pk and not one.coming]
    still = [one for one in seen if one.coming and one.subscription_id and one.day <= away.last]
    here = [one for one in still if hold.property_id in (None, one.property_id)]
    subscriptions = prices.of_subscriptions({one.subscription_id for one in gone if one.subscription_id})
    lines = prices.lines(gone, subscriptions)
    return Outlook(
        away=lines,
        stays=outlook.stays(here, hold.effective_from),
        money=prices.money(customer, lines, (), subscriptions),
        next_day=next((one.day for one in seen if one.coming and one.day > away.last), None),
    )


def _root(hold: Hold) -> UUID:
    return hold.continues_id or hold.pk


def _away(parts: Sequence[Hold]) -> TimeAway:
    return TimeAway(parts[0], parts[0].start_date, parts[-1].end_date, stands=parts[0].lifted_at is None)
