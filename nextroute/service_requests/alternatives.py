"""What could help somebody who is about to cancel: matched to the reason, and never in the way."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from nextroute.customers.customers import Customer
from nextroute.scheduling import plan_changes, prices
from nextroute.scheduling.calendar import Frequency, WeekParity
from nextroute.scheduling.plans import Plan
from nextroute.scheduling.subscriptions import Subscription
from nextroute.service_requests.kinds import Leaving
from nextroute.tenancy import permissions
from nextroute.tenancy.permissions import Action, Mode


@dataclass(frozen=True, slots=True)
class Offer:
    """Another plan for a subscription, and what it costs with all bins: cents of a visit; of a flat plan, a month."""

    subscription: Subscription
    plan: Plan
    cents: int


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Whether a hold would do, and the plans that would."""

    hold: bool = False
    offers: tuple[Offer, ...] = ()


NONE = Alternatives()


def alternatives(topic: str, customer: Customer, subscriptions: Collection[Subscription]) -> Alternatives:
    """What could help for one reason (a Leaving); see `by_reason`."""
    return by_reason(customer, subscriptions).get(Leaving(topic), NONE)


def by_reason(customer: Customer, subscriptions: Collection[Subscription]) -> dict[Leaving, Alternatives]:
    """Away: a hold. Too often: plans with fewer visits. Price: plans that cost less a year. What the business does not
    take from its customers is left out. One statement in the caller's scope, the subscriptions' plans and properties at
    hand."""
    helpful = {Leaving.AWAY: Alternatives(hold=_taken(customer, Action.HOLD))}
    if _taken(customer, Action.PLAN_CHANGE):
        plans = plan_changes.on_offer(customer)
        for topic, better in ((Leaving.TOO_OFTEN, _fewer), (Leaving.PRICE, _cheaper)):
            helpful[topic] = Alternatives(offers=tuple(_offers(plans, subscriptions, better)))
    return helpful


def _taken(customer: Customer, action: Action) -> bool:
    return permissions.mode(customer.business, action) is not Mode.OFF


def _offers(
    plans: Collection[Plan], subscriptions: Collection[Subscription], better: Callable[[Subscription, Plan], bool]
) -> Iterator[Offer]:
    for one in subscriptions:
        bins = one.property.bin_count
        found = (plan for plan in plans if plan.pk != one.plan_id and better(one, plan))
        yield from (Offer(one, plan, prices.in_all(plan, bins)) for plan in found)


def _fewer(subscription: Subscription, plan: Plan) -> bool:
    return _visits(plan, subscription) < _visits(subscription.plan, subscription)


def _cheaper(subscription: Subscription, plan: Plan) -> bool:
    return _a_year(plan, subscription) < _a_year(subscription.plan, subscription)


def _a_year(plan: Plan, subscription: Subscription) -> float:
    """Cents a year, near enough to compare plans by; never shown."""
    times = 12 if plan.billing_mode == Plan.BillingMode.FLAT else _visits(plan, subscription)
    return prices.in_all(plan, subscription.property.bin_count) * times


_A_YEAR = {
    Frequency.WEEKLY: 52,
    Frequency.BIWEEKLY: 26,
    Frequency.MONTHLY: 12,
    Frequency.QUARTERLY: 4,
    Frequency.ANNUALLY: 1,
}


def _visits(plan: Plan, subscription: Subscription) -> float:
    """Visits a year, near enough to compare plans by; never shown. A season keeps the subscription's weeks."""
    frequency = Frequency(plan.frequency)
    if frequency is not Frequency.SEASONAL:
        return _A_YEAR[frequency]
    second = subscription.week_parity in (WeekParity.A, WeekParity.B)
    return len(plan.season_months or ()) * 52 / 12 / (2 if second else 1)
