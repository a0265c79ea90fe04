"""Skip: one visit a customer does not want."""

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
from nextroute.scheduling import locks, messages, visits
from nextroute.scheduling.reconcile import Change, reconcile
from nextroute.scheduling.subscriptions import Subscription


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


@verb
def place(
    *,
    subscription: Subscription,
    due_on: date,
    actor: Actor,
    now: datetime,
    notes: str = "",
) -> tuple[Skip, Change]:
    """Do without the visit due on `due_on` (local).

    Raises Refused when no such visit is still to come, and when it comes all the same: its route is out, or the office
    moved it.
    """
    customer = subscription.customer
    today = customer.business.today(now)
    locks.schedule_of(customer)
    coming = visits.find(customer, subscription, due_on, today=today)
    if coming is None:
        raise Refused(_("There is no visit on this day to skip."), field="due_on")
    with scope.business(customer.business_id):
        skip = customer.skips.create(
            business_id=customer.business_id, subscription=subscription, due_on=due_on, notes=notes, placed_at=now
        )
        change = reconcile(customer.business, coming.day, coming.day, today=today, customers=[customer])
        if coming.state is not visits.State.EXPECTED and not change.removed:
            raise Refused(_("It is too late to skip this visit here. Please call the office."), field="due_on")
        record(
            Verb.SKIP_PLACED,
            actor=actor,
            business_id=customer.business_id,
            subject=skip,
            customer_id=customer.id,
            counts=change.counts,
            detail={"due_on": due_on, "service_date": coming.day},
        )
        messages.skip_placed(skip, coming.day, now=now)
        return skip, change
