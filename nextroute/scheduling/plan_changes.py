"""Plan change: one subscription ends, the next one begins. The rule and its table: docs/rules/requests.md."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import Actor, ActorKind
from nextroute.core.days import ONE_DAY, add_months, first_of_month
from nextroute.core.errors import Refused
from nextroute.core.verbs import verb
from nextroute.customers.customers import Customer
from nextroute.scheduling import day_rules, locks, outlook
from nextroute.scheduling.calendar import DayRule, Frequency
from nextroute.scheduling.master_routes import MasterStop
from nextroute.scheduling.outlook import Outlook
from nextroute.scheduling.plans import Plan
from nextroute.scheduling.subscriptions import Subscription
from nextroute.scheduling.visits import Visit
from nextroute.tenancy import permissions
from nextroute.tenancy.permissions import Action


class PlanChangeRefused(Refused):
    """This plan cannot follow, or the change not be taken back; `field` is plan or first_day."""


def on_offer(customer: Customer) -> list[Plan]:
    """The plans a customer may have, as the business sorts them. One statement, in the caller's scope."""
    shown = Plan.objects.filter(business_id=customer.business_id, plan_type=Plan.Type.RECURRING)
    return list(shown.exclude(visibility=Plan.Visibility.INTERNAL).order_by("sort_order", "name"))


def offers(customer: Customer, subscription: Subscription) -> list[Plan]:
    """Those of them that a customer may change to from a subscription. One statement, in the caller's scope."""
    return [plan for plan in on_offer(customer) if plan.pk != subscription.plan_id]


def first_day(subscription: Subscription, today: date) -> date:
    """The first day (local) of the next billing period, a calendar month; or the subscription's own, if later."""
    return max(add_months(first_of_month(today), 1), subscription.starts_on)


def kept_rule(subscription: Subscription, plan: Plan, first_day: date, weekdays: Collection[int]) -> DayRule:
    """What picks the days of `plan` after `subscription`, from `first_day` (local) on; `weekdays` (ISO) are those on
    which the property is routed. Asks nothing of the database when the subscription's plan is at hand."""
    season = day_rules.season(subscription.season_months, plan.season_months)
    return day_rules.kept(subscription.day_rule(), Frequency(plan.frequency), season, first_day, frozenset(weekdays))


def guard(subscription: Subscription, plan: Plan, first_day: date, *, actor: Actor, today: date) -> None:
    """Raises PlanChangeRefused unless `plan` can follow `subscription` from `first_day` (local) on. One statement."""
    if plan.plan_type != Plan.Type.RECURRING or (_by_customer(actor) and plan.visibility == Plan.Visibility.INTERNAL):
        raise PlanChangeRefused(_("This plan isn’t on offer. Choose another."), field="plan")
    if plan.pk == subscription.plan_id:
        raise PlanChangeRefused(_("You have this plan already. Choose another."), field="plan")
    if _begun(subscription.replaced_by.all()):
        raise PlanChangeRefused(_("Another plan is arranged for this place already."))
    if first_day < max(today, subscription.starts_on):
        raise PlanChangeRefused(_("This day is over. Choose today or a later one."), field="first_day")
    if subscription.ends_on and subscription.ends_on < first_day:
        raise PlanChangeRefused(_("This service ends before another plan could begin."))


@verb
def change(
    *, subscription: Subscription, plan: Plan, first_day: date, actor: Actor, now: datetime
) -> tuple[Subscription, Outlook]:
    """Have `plan` instead from `first_day` (local) on: the subscription ends the day before, the next one starts, with
    the end the old one had. Nobody is told here: whoever asked for it tells.

    Raises PlanChangeRefused, and NotPermitted for a customer whom the business wants to be asked by.
    """
    customer = subscription.customer
    business, today = customer.business, customer.business.today(now)
    permissions.at_once(business, Action.PLAN_CHANGE, actor)
    locks.schedule_of(customer)
    with scope.business(business.id):
        old = _locked(subscription)
        guard(old, plan, first_day, actor=actor, today=today)
        seen = _before(customer, first_day, today)
        new = _next(old, plan, first_day)
        customer.subscriptions.filter(id=old.pk).update(ends_on=first_day - ONE_DAY)
        found = _reconciled(seen, old)
        _record(Verb.PLAN_CHANGED, new, actor, found, {"plan": plan.name, "was": old.plan.name, "first_day": first_day})
        return new, found


@verb
def undo(*, subscription: Subscription, actor: Actor, now: datetime) -> tuple[Subscription, Outlook]:
    """Keep the old plan after all, until the day before the new one begins: `subscription`, the new one, never does,
    and the old one goes on as it had, through the end that the new one has. Returns the old one.

    Raises PlanChangeRefused when it has begun, was taken back already, or something was built on it.
    """
    customer = subscription.customer
    business, today = customer.business, customer.business.today(now)
    permissions.asked(business, Action.PLAN_CHANGE, actor)
    locks.schedule_of(customer)
    with scope.business(business.id):
        new = _locked(subscription)
        old = new.replaces
        _guard_undo(new, old, today)
        assert old is not None
        seen = _before(customer, new.starts_on, today)
        customer.subscriptions.filter(id=new.pk).update(ends_on=new.starts_on - ONE_DAY)
        customer.subscriptions.filter(id=old.pk).update(ends_on=new.ends_on)
        found = _reconciled(seen, new)
        detail = {"plan": new.plan.name, "was": old.plan.name, "first_day": new.starts_on}
        _record(Verb.PLAN_CHANGE_UNDONE, new, actor, found, detail)
        old.ends_on = new.ends_on
        return old, found


def _by_customer(actor: Actor) -> bool:
    return actor.kind is ActorKind.CUSTOMER


def _locked(subscription: Subscription) -> Subscription:
    """As it is now, under the customer's lock."""
    return Subscription.objects.select_related("plan", "property", "replaces__plan").get(id=subscription.pk)


def _begun(found: QuerySet[Subscription]) -> bool:
    """Whether one of these has a day at all: one that was taken back has none."""
    return found.filter(Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))).exists()


def _guard_undo(new: Subscription, old: Subscription | None, today: date) -> None:
    if old is None or (new.ends_on and new.ends_on < new.starts_on):
        raise PlanChangeRefused(_("This change of plan is taken back already."))
    if new.starts_on <= today:
        raise PlanChangeRefused(_("The new plan has begun, so it can’t be taken back here."))
    if _begun(new.replaced_by.all()):
        raise PlanChangeRefused(_("Yet another plan follows this one. Take that back first."))


def _next(old: Subscription, plan: Plan, first_day: date) -> Subscription:
    rule = kept_rule(old, plan, first_day, _weekdays(old))
    own_season = rule.season and rule.season != frozenset(plan.season_months or ())
    return Subscription.objects.create(
        business_id=old.business_id,
        customer_id=old.customer_id,
        property_id=old.property_id,
        plan=plan,
        starts_on=first_day,
        ends_on=old.ends_on,
        week_parity=rule.week_parity,
        month_week=rule.month_week,
        anchor_month=rule.anchor_month,
        season_months=sorted(rule.season) if own_season else None,
        first_visit_on=old.first_visit_on if old.first_visit_on and old.first_visit_on >= first_day else None,
        replaces=old,
    )


def _weekdays(subscription: Subscription) -> frozenset[int]:
    """Those on which its property is routed."""
    places = MasterStop.objects.filter(
        property_id=subscription.property_id, status=MasterStop.Status.APPROVED, master_route__active=True
    )
    return frozenset(places.values_list("weekday", flat=True))


def _before(customer: Customer, first_day: date, today: date) -> outlook.Before:
    """The routes there are, and eight weeks more: what comes after goes on in the same way. A night may have made more
    routes since the business was read."""
    customer.business.refresh_from_db(fields=["generated_through"])
    through = customer.business.generated_through or today
    return outlook.before(customer, first_day, max(through, first_day), today=today)


def _reconciled(seen: outlook.Before, ended: Subscription) -> Outlook:
    """The routes follow; what that changed. `ended`: whose visits were to fall away."""

    def meant(visit: Visit) -> bool:
        return visit.subscription_id == ended.pk and seen.first <= visit.due_on

    return seen.compare(seen.reconcile(), seen.first - ONE_DAY, meant)


def _record(verb: Verb, new: Subscription, actor: Actor, found: Outlook, detail: Mapping[str, object]) -> None:
    record(
        verb,
        actor=actor,
        business_id=new.business_id,
        subject=new,
        label=new.starts_on.isoformat(),
        customer_id=new.customer_id,
        counts=found.change.counts,
        detail=detail,
    )
