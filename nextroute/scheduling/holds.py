"""Hold: days a customer is away and wants no service."""

from datetime import date, datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.errors import Refused
from nextroute.core.rows import BusinessRow, DateRange, same_business
from nextroute.core.verbs import verb
from nextroute.customers.customers import Customer
from nextroute.customers.properties import Property
from nextroute.scheduling import locks, messages
from nextroute.scheduling.reconcile import Change, reconcile

NO_PROPERTY = Value("00000000-0000-0000-0000-000000000000", models.UUIDField())


class Hold(BusinessRow):
    """A vacation hold from `start_date` through `end_date`, local days, both included; for one property or all.

    `effective_from` is the first of its days that could still be stopped when it was placed. A lifted hold stays.
    """

    customer = models.ForeignKey("customers.Customer", models.PROTECT, db_constraint=False, related_name="holds")
    property = models.ForeignKey(
        "customers.Property",
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="holds",
    )
    start_date = models.DateField()
    end_date = models.DateField()
    effective_from = models.DateField()
    continues = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, db_constraint=False, db_index=False, related_name="further"
    )
    notes = models.TextField(blank=True, default="")
    placed_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            same_business("customer", name="hold_of_customer"),
            models.CheckConstraint(
                condition=models.Q(start_date__lte=models.F("effective_from"))
                & models.Q(effective_from__lte=models.F("end_date")),
                name="hold_days",
            ),
            ExclusionConstraint(
                name="hold_no_overlap",
                expressions=[
                    ("customer", RangeOperators.EQUAL),
                    (Coalesce("property", NO_PROPERTY), RangeOperators.EQUAL),
                    (DateRange("start_date", "end_date", RangeBoundary(inclusive_upper=True)), RangeOperators.OVERLAPS),
                ],
                condition=models.Q(lifted_at=None),
            ),
        ]


class HoldRefused(Refused):
    """These days cannot be held; `field` is start_date or end_date."""


@verb
def place(
    *,
    customer: Customer,
    start_date: date,
    end_date: date,
    actor: Actor,
    now: datetime,
    property: Property | None = None,
    notes: str = "",
) -> tuple[Hold, Change]:
    """Pause service from `start_date` through `end_date`, both included (local dates), of one property or all.

    Visits on dispatched routes stay. Raises HoldRefused when the days break the business's limits, are past, or overlap
    another hold of the same scope.
    """
    today = customer.business.today(now)
    locks.schedule_of(customer)
    _guard(customer, start_date, end_date, property, today)
    with scope.business(customer.business_id):
        hold = customer.holds.create(
            business_id=customer.business_id,
            property=property,
            start_date=start_date,
            end_date=end_date,
            effective_from=start_date,
            notes=notes,
            placed_at=now,
        )
        change = reconcile(customer.business, start_date, end_date, today=today, customers=[customer])
        record(
            Verb.HOLD_PLACED,
            actor=actor,
            business_id=customer.business_id,
            subject=hold,
            customer_id=customer.id,
            counts=change.counts,
            detail={"start_date": start_date, "end_date": end_date, "property": property and property.id},
        )
        messages.hold_placed(hold, now=now)
        return hold, change


def _guard(customer: Customer, start_date: date, end_date: date, property: Property | None, today: date) -> None:
    business, length = customer.business, (end_date - start_date).days + 1
    if start_date < today:
        raise HoldRefused(_("Choose today or a later day."), field="start_date")
    if end_date < start_date:
        raise HoldRefused(_("The last day away cannot be before the first."), field="end_date")
    if not business.hold_min_days <= length <= business.hold_max_days:
        limits = {"least": business.hold_min_days, "most": business.hold_max_days}
        sentence = _("A hold lasts from %(least)s to %(most)s days.") % limits
        raise HoldRefused(sentence, field="end_date")
    same_scope = customer.holds.filter(property=property, lifted_at=None)
    if same_scope.filter(start_date__lte=end_date, end_date__gte=start_date).exists():
        raise HoldRefused(_("Some of these days are on hold already."), field="start_date")
