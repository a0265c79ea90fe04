"""Ending: the last day of some of a customer's services, or of all. The rule: docs/rules/requests.md."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import Actor, ActorKind
from nextroute.core.days import ONE_DAY
from nextroute.core.errors import Refused
from nextroute.core.verbs import verb
from nextroute.core.words import day_long
from nextroute.customers.customers import Customer
from nextroute.scheduling import locks, outlook
from nextroute.scheduling.outlook import Outlook
from nextroute.scheduling.subscriptions import Subscription
from nextroute.scheduling.visits import Visit
from nextroute.tenancy import permissions
from nextroute.tenancy.businesses import Business
from nextroute.tenancy.permissions import Action


class EndRefused(Refused):
    """These services cannot end then, or not go on; `field` is subscriptions or last_day."""


def earliest(business: Business, actor: Actor, today: date) -> date:
    """The first day (local) that can be a last one: today for staff, after the business's notice for a customer."""
    by_customer = actor.kind is ActorKind.CUSTOMER
    return today + timedelta(days=business.cancellation_notice_days if by_customer else 0)


def guard(
    customer: Customer, subscriptions: Collection[Subscription], last_day: date, *, actor: Actor, today: date
) -> list[Subscription]:
    """Those that a last day (local) ends: the chosen ones, and what is arranged to follow them. Raises EndRefused when
    it is too soon, or they all end by then. One statement, in the business's scope."""
    if last_day < (first := earliest(customer.business, actor, today)):
        sentence = _("That is too soon. The earliest last day is %s.") % day_long(first, today)
        raise EndRefused(sentence, field="last_day")
    concerned = [one for one in _with_next(customer, {one.pk for one in subscriptions}) if _goes_on(one, last_day)]
    if not concerned:
        raise EndRefused(_("None of these services goes on after this day."), field="subscriptions")
    return concerned


@verb
def end(
    *, customer: Customer, subscriptions: Collection[Subscription], last_day: date, actor: Actor, now: datetime
) -> tuple[dict[UUID, date | None], Outlook]:
    """Serve these subscriptions through `last_day` (local) and no more; what is arranged to follow them, too. One that
    starts later never begins; one that ends earlier stays as it is. Returns the former ends by subscription. Nobody is
    told here: whoever asked for it tells.

    Raises EndRefused, and NotPermitted for a customer whom the business wants to be asked by.
    """
    business, today = customer.business, customer.business.today(now)
    permissions.at_once(business, Action.CANCELLATION, actor)
    locks.schedule_of(customer)
    with scope.business(business.id):
        concerned = guard(customer, subscriptions, last_day, actor=actor, today=today)
        former = {one.pk: one.ends_on for one in concerned}
        seen = _before(customer, last_day + ONE_DAY, today)
        _end(concerned, last_day)
        found = _reconciled(seen, former)
        _record(Verb.SERVICE_ENDED, customer, last_day, len(former), actor, found)
        return former, found


@verb
def resume(
    *, customer: Customer, former: Mapping[UUID, date | None], last_day: date, actor: Actor, now: datetime
) -> tuple[Sequence[Subscription], Outlook]:
    """Go on after all, until the last day: subscriptions that `end` gave `last_day` (local) get their `former` ends
    back. Returns them.

    Raises EndRefused when it is over, and when one of them was changed since.
    """
    business, today = customer.business, customer.business.today(now)
    permissions.asked(business, Action.CANCELLATION, actor)
    locks.schedule_of(customer)
    with scope.business(business.id):
        ended = list(customer.subscriptions.filter(id__in=former))
        _guard_resume(ended, len(former), last_day, today)
        seen = _before(customer, last_day + ONE_DAY, today)
        for one in ended:
            one.ends_on = former[one.pk]
        Subscription.objects.bulk_update(ended, ["ends_on"])
        found = _reconciled(seen, ())
        _record(Verb.SERVICE_RESUMED, customer, last_day, len(ended), actor, found)
        return ended, found


def _with_next(customer: Customer, keys: set[UUID]) -> list[Subscription]:
    """The customer's subscriptions with these keys, and those that replace them, however often. By their first day, so
    that what follows comes after what it replaces."""
    found = []
    for one in customer.subscriptions.order_by("starts_on", "id"):
        if one.pk in keys or one.replaces_id in keys:
            keys = keys | {one.pk}
            found.append(one)
    return found


def _goes_on(one: Subscription, last_day: date) -> bool:
    """Whether it has a day after this one: one that was taken back, or ends by then, has none."""
    return one.ends_on is None or one.ends_on > max(last_day, one.starts_on - ONE_DAY)


def _last_of(one: Subscription, last_day: date) -> date:
    return max(last_day, one.starts_on - ONE_DAY)


def _end(concerned: Collection[Subscription], last_day: date) -> None:
    for one in concerned:
        one.ends_on = _last_of(one, last_day)
    Subscription.objects.bulk_update(concerned, ["ends_on"])


def _guard_resume(ended: Sequence[Subscription], asked: int, last_day: date, today: date) -> None:
    if last_day < today:
        raise EndRefused(_("This service has ended already. Please call us to begin again."))
    # Another plan since, or another end: giving the former one back would undo that, or serve a place twice.
    if len(ended) != asked or any(one.ends_on != _last_of(one, last_day) for one in ended):
        raise EndRefused(_("This service was changed since, so its end can’t be taken back here. Please call us."))


def _before(customer: Customer, first: date, today: date) -> outlook.Before:
    """The routes there are, and eight weeks more: what comes after goes on in the same way. A night may have made more
    routes since the business was read."""
    customer.business.refresh_from_db(fields=["generated_through"])
    through = customer.business.generated_through or today
    return outlook.before(customer, first, max(through, first), today=today)


def _reconciled(seen: outlook.Before, ended: Collection[UUID]) -> Outlook:
    """The routes follow; what that changed. `ended`: whose visits were to fall away."""

    def meant(visit: Visit) -> bool:
        return visit.subscription_id in ended and seen.first <= visit.due_on

    return seen.compare(seen.reconcile(), seen.first - ONE_DAY, meant)


def _record(verb: Verb, customer: Customer, last_day: date, subscriptions: int, actor: Actor, found: Outlook) -> None:
    record(
        verb,
        actor=actor,
        business_id=customer.business_id,
        subject=customer,
        customer_id=customer.pk,
        counts={"subscriptions": subscriptions, **found.change.counts},
        detail={"last_day": last_day},
    )
