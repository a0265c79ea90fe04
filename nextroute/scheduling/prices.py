"""What visits cost, and what it does to the bill when they fall away or come. Cents of the business's currency.

The rule: docs/rules/holds.md. Visits of per-visit plans are billed when they are made, so one that falls away is simply
not paid; a flat plan is paid by the month, and credits its missed visits when the business's `hold_credit` says so.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from nextroute.core.days import first_of_month, last_of_month
from nextroute.core.money import share
from nextroute.customers.customers import Customer
from nextroute.scheduling import question
from nextroute.scheduling.plans import Plan
from nextroute.scheduling.subscriptions import Subscription
from nextroute.scheduling.visits import Visit


@dataclass(frozen=True, slots=True)
class Line:
    """A visit and what it costs; none when its plan is paid by the month."""

    visit: Visit
    cents: int | None


@dataclass(frozen=True, slots=True)
class Money:
    """What a change does to the bill: `less_cents` is not billed (negative: it costs more), `credit_cents` comes off
    the bill of a plan that is paid by the month; `uncredited`: such a visit falls away and nothing comes off."""

    less_cents: int = 0
    credit_cents: int = 0
    uncredited: bool = False


def in_all(plan: Plan, bins: int) -> int:
    """Of a visit, or of a month of a flat plan, with all its bins."""
    return plan.price_cents + plan.additional_bin_price_cents * max(0, bins - 1)


def lines(visits: Iterable[Visit], subscriptions: Mapping[UUID, Subscription]) -> tuple[Line, ...]:
    """Each visit with its price, in order."""
    return tuple(Line(visit, _cents(visit, subscriptions)) for visit in visits)


def _cents(visit: Visit, subscriptions: Mapping[UUID, Subscription]) -> int | None:
    found = subscriptions.get(visit.subscription_id) if visit.subscription_id else None
    return None if found is None or _flat(found) else in_all(found.plan, visit.bins)


def _flat(subscription: Subscription) -> bool:
    return subscription.plan.billing_mode == Plan.BillingMode.FLAT


def money(
    customer: Customer, away: Sequence[Line], coming: Sequence[Line], subscriptions: Mapping[UUID, Subscription]
) -> Money:
    """What it does to the bill that these visits fall away and those come. One statement, if a plan is flat."""
    less = sum(line.cents or 0 for line in away) - sum(line.cents or 0 for line in coming)
    missed = _of_flat(away, subscriptions)
    missed.subtract(_of_flat(coming, subscriptions))
    if not any(missed.values()):
        return Money(less)
    if customer.business.hold_credit == "none":
        return Money(less, uncredited=any(count > 0 for count in missed.values()))
    return Money(less, _credit(customer, missed, subscriptions))


def _of_flat(lines: Sequence[Line], subscriptions: Mapping[UUID, Subscription]) -> "Counter[tuple[UUID, date]]":
    """How many visits of flat plans: by subscription and month, the first of it."""
    return Counter(
        (key, first_of_month(line.visit.due_on))
        for line in lines
        if (key := line.visit.subscription_id) and key in subscriptions and _flat(subscriptions[key])
    )


def _credit(
    customer: Customer, missed: "Counter[tuple[UUID, date]]", subscriptions: Mapping[UUID, Subscription]
) -> int:
    months = {month for _, month in missed}
    scheduled = _scheduled(customer, min(months), last_of_month(max(months)))
    credit = 0
    for (key, month), count in missed.items():
        of = subscriptions[key]
        credit += share(in_all(of.plan, of.property.bin_count), count, scheduled.get((key, month), 0))
    return credit


def _scheduled(customer: Customer, first: date, last: date) -> dict[tuple[UUID, date], int]:
    """The scheduled visits of each subscription and month, also those before it began and after it ends: holds, skips,
    pauses and blackouts ignored."""
    with connection.cursor() as cursor:
        cursor.execute(question.sql("scheduled"), question.parameters([], first, last, [customer.pk]))
        return {(key, month): count for key, month, count in cursor.fetchall()}


def of_subscriptions(keys: Collection[UUID]) -> dict[UUID, Subscription]:
    """The subscriptions with these keys, their plans and properties at hand. One statement."""
    found = Subscription.objects.filter(id__in=list(keys)).select_related("plan", "property")
    return {one.pk: one for one in found}
