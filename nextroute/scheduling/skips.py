"""Skip: one visit a customer does not want. The rule: docs/rules/holds.md."""

from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext as _

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.errors import Refused
from nextroute.core.rows import BusinessRow
from nextroute.core.verbs import verb
from nextroute.customers.customers import Customer
from nextroute.scheduling import locks, messages, notice, outlook, question, visits
from nextroute.scheduling.calendar import Reason
from nextroute.scheduling.outlook import Outlook
from nextroute.scheduling.reconcile import Change
from nextroute.scheduling.subscriptions import Subscription
from nextroute.scheduling.visits import Visit
from nextroute.tenancy import permissions
from nextroute.tenancy.permissions import Action


class Skip(BusinessRow):
    """The visit of `subscription` due on `due_on` (local day) is not wanted; one taken back stays as a row."""

    customer = models.ForeignKey("customers.Customer", models.PROTECT, db_constraint=False, related_name="skips")
    subscription = models.ForeignKey(
        "scheduling.Subscription", models.PROTECT, db_constraint=False, db_index=False, related_name="skips"
    )
    due_on = models.DateField()
    notes = models.TextField(blank=True, default="")
    placed_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscription", "due_on"], condition=models.Q(undone_at=None), name="skip_once"
            ),
        ]


class SkipRefused(Refused):
    """This visit cannot be skipped, or not be brought back."""


@verb
def place(
    *,
    subscription: Subscription,
    due_on: date,
    actor: Actor,
    now: datetime,
    notes: str = "",
) -> tuple[Skip, Outlook]:
    """Do without the visit due on `due_on` (local).

    Raises SkipRefused when no such visit is still to come, when its notice is over, and when it comes all the same: its
    route is out, or the office moved it; and NotPermitted when the business wants to be asked.
    """
    customer = subscription.customer
    today = customer.business.today(now)
    permissions.at_once(customer.business, Action.SKIP, actor)
    locks.schedule_of(customer)
    coming = visits.find(customer, subscription, due_on, today=today)
    if coming is None:
        raise SkipRefused(_("There is no visit on this day to skip."), field="due_on")
    _in_time(customer, coming.day, actor, now)
    seen = outlook.before(customer, coming.day, coming.day, today=today)
    with scope.business(customer.business_id):
        skip = customer.skips.create(
            business_id=customer.business_id, subscription=subscription, due_on=due_on, notes=notes, placed_at=now
        )
        followed = seen.reconcile()
        _record(Verb.SKIP_PLACED, skip, coming.day, actor, followed)
        messages.skip_placed(skip, coming.day, actor=actor, now=now)
    found = seen.compare(followed, coming.day)
    if not any(_is_of(skip, line.visit) for line in found.away):
        raise SkipRefused(_("This visit is already on the truck, so it can’t be skipped here."), field="due_on")
    return skip, found


@verb
def undo(*, skip: Skip, actor: Actor, now: datetime) -> tuple[Skip, Outlook]:
    """Have the visit after all, until its notice is over.

    Raises SkipRefused when it was brought back already, when it is too late, and when its route cannot take it.
    """
    customer = skip.customer
    today = customer.business.today(now)
    permissions.asked(customer.business, Action.SKIP, actor)
    locks.schedule_of(customer)
    standing = customer.skips.filter(id=skip.pk, undone_at=None).first()
    if standing is None:
        raise SkipRefused(_("This visit is not skipped any more."), field="due_on")
    skipped = _visit_of(standing, today)
    day = skipped.day if skipped else standing.due_on
    _in_time(customer, day, actor, now)
    seen = outlook.before(customer, day, day, today=today)
    with scope.business(customer.business_id):
        standing.undone_at = now
        standing.save(update_fields=["undone_at"])
        followed = seen.reconcile()
        _record(Verb.SKIP_UNDONE, standing, day, actor, followed)
        messages.skip_undone(standing, day, actor=actor, now=now)
    after = _visit_of(standing, today)
    if after and after.reason is Reason.OFFICE:
        raise SkipRefused(_("Our route for this day is settled, so this visit can’t come back here."), field="due_on")
    return standing, seen.compare(followed, day)


def _in_time(customer: Customer, day: date, actor: Actor, now: datetime) -> None:
    if day < notice.first_day(customer.business, Action.SKIP, actor, now):
        raise SkipRefused(_("It’s too late to change this visit here."), field="due_on")


def _visit_of(skip: Skip, today: date) -> Visit | None:
    """The visit it is about, whatever keeps it away; none when no rule gives it any more. Two statements."""
    from_ = max(today, skip.due_on)
    found = visits.between(skip.customer, from_, from_ + question.REACH, today=today)
    return next((one for one in found if _is_of(skip, one)), None)


def _is_of(skip: Skip, visit: Visit) -> bool:
    return (visit.subscription_id, visit.due_on) == (skip.subscription_id, skip.due_on)


def _record(verb: Verb, skip: Skip, day: date, actor: Actor, change: Change) -> None:
    record(
        verb,
        actor=actor,
        business_id=skip.business_id,
        subject=skip,
        customer_id=skip.customer_id,
        counts=change.counts,
        detail={"due_on": skip.due_on, "service_date": day},
    )
