"""Stop: one planned visit."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext as _

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.errors import Refused
from nextroute.core.rows import BusinessRow, same_business
from nextroute.core.verbs import verb
from nextroute.scheduling import locks, messages
from nextroute.scheduling.calendar import Reason

if TYPE_CHECKING:
    from nextroute.scheduling.plans import Plan


# What to select along with stops whose plans are to be named.
WITH_PLAN = ("subscription__plan", "extra__plan")


class Stop(BusinessRow):
    """One planned visit, of a subscription or of an extra. `due_on` is the day the rule gave (an extra: the day it was
    ordered for) and never changes; `service_date` is the day it is driven.

    `reconcile` owns pending stops of origin `rule`, attempt 1, that no person moved; a removed stop stays as a row with
    who removed it and why. Completing copies price (cents), bins and tax rate (percent) onto it.
    """

    class Origin(models.TextChoices):
        RULE = "rule"
        OFFICE = "office"

    class Status(models.TextChoices):
        PENDING = "pending"
        EN_ROUTE = "en_route"
        ARRIVED = "arrived"
        IN_PROGRESS = "in_progress"
        COMPLETED = "completed"
        SKIPPED = "skipped"

    class SkipCategory(models.TextChoices):
        NO_ACCESS = "no_access"
        WEATHER = "weather"
        OPERATIONAL = "operational"
        CUSTOMER_REQUEST = "customer_request"

    class RemovedBy(models.TextChoices):
        RECONCILE = "reconcile"
        OFFICE = "office"
        CLOSE = "close"

    DONE = (Status.COMPLETED, Status.SKIPPED)

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="stops"
    )
    property = models.ForeignKey(
        "customers.Property", models.PROTECT, db_constraint=False, db_index=False, related_name="stops"
    )
    subscription = models.ForeignKey(
        "scheduling.Subscription",
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="stops",
    )
    extra = models.ForeignKey(
        "scheduling.Extra",
        models.PROTECT,
        null=True,
        blank=True,
        db_constraint=False,
        db_index=False,
        related_name="stops",
    )
    route = models.ForeignKey(
        "scheduling.Route", models.PROTECT, null=True, blank=True, db_constraint=False, related_name="stops"
    )
    sequence = models.IntegerField(default=0)
    origin = models.TextField(choices=Origin, default=Origin.RULE, db_default=Origin.RULE)
    attempt = models.SmallIntegerField(default=1, db_default=1)
    due_on = models.DateField()
    service_date = models.DateField()
    status = models.TextField(choices=Status, default=Status.PENDING, db_default=Status.PENDING)
    completed_at = models.DateTimeField(null=True, blank=True)
    skip_category = models.TextField(choices=SkipCategory, null=True, blank=True)
    skip_reason = models.TextField(blank=True, default="", db_default="")
    moved_by = models.TextField(null=True, blank=True, help_text="the person who moved it; none: rules may")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.TextField(choices=RemovedBy, null=True, blank=True)
    removed_reason = models.TextField(choices=[(r.value, r.value) for r in Reason], null=True, blank=True)
    removed_note = models.TextField(
        blank=True, default="", db_default="", help_text="the holiday's name, the office's words"
    )

    plan_name = models.TextField(blank=True, default="", db_default="")
    price_cents = models.BigIntegerField(null=True, blank=True)
    bins = models.SmallIntegerField(null=True, blank=True)
    additional_bin_price_cents = models.BigIntegerField(null=True, blank=True)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)

    class Meta:
        constraints = [
            same_business("customer", name="stop_in_business"),
            models.UniqueConstraint(fields=["subscription", "due_on", "attempt"], name="stop_attempt"),
            models.UniqueConstraint(
                fields=["extra", "attempt"], condition=models.Q(extra__isnull=False), name="stop_of_extra"
            ),
            models.CheckConstraint(
                condition=models.Q(subscription__isnull=False) | models.Q(extra__isnull=False), name="stop_of_one"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=["pending", "en_route", "arrived", "in_progress", "completed", "skipped"]
                ),
                name="stop_status",
            ),
            models.CheckConstraint(
                condition=models.Q(removed_at=None, removed_by=None, removed_reason=None, route__isnull=False)
                | models.Q(removed_at__isnull=False, removed_by__isnull=False, removed_reason__isnull=False),
                name="stop_removed",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="completed")
                | models.Q(
                    completed_at__isnull=False,
                    price_cents__isnull=False,
                    bins__isnull=False,
                    additional_bin_price_cents__isnull=False,
                    tax_rate__isnull=False,
                ),
                name="stop_completed",
            ),
            models.CheckConstraint(
                condition=models.Q(skip_category=None) ^ models.Q(status="skipped"), name="stop_skipped"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "service_date"], name="stop_of_customer"),
            models.Index(fields=["business", "due_on"], name="stop_of_due_day"),
        ]

    def serves_plan(self) -> "Plan":
        """What is done there: its extra's, or its subscription's."""
        serves = self.extra or self.subscription
        assert serves is not None  # stop_of_one
        return serves.plan

    def plan_told(self) -> str:
        """The name of what is done there; once it is done, the name it had then."""
        return self.plan_name or self.serves_plan().name


@verb
def complete(*, stop: Stop, actor: Actor, now: datetime) -> Stop:
    """The visit was made: the stop keeps what it cost then (cents, percent), whatever plans become later.

    Raises Refused when its route has not been dispatched, or the stop is done or removed.
    """
    with scope.business(stop.business_id):
        locked = _under_way(stop)
        plan, business = locked.serves_plan(), locked.business
        locked.status, locked.completed_at = Stop.Status.COMPLETED, now
        locked.plan_name, locked.bins = plan.name, locked.property.bin_count
        locked.price_cents, locked.additional_bin_price_cents = plan.price_cents, plan.additional_bin_price_cents
        if locked.extra:  # agreed on when it was ordered, all bins in
            locked.price_cents, locked.additional_bin_price_cents = locked.extra.price_cents, 0
        locked.tax_rate = business.default_tax_rate if plan.tax_rate is None else plan.tax_rate
        return _done(locked, Verb.STOP_COMPLETED, actor, now)


@verb
def skip(*, stop: Stop, category: Stop.SkipCategory, reason: str, actor: Actor, now: datetime) -> Stop:
    """The visit was not made, for a category and a reason the customer reads. Raises Refused as `complete` does."""
    with scope.business(stop.business_id):
        locked = _under_way(stop)
        locked.status, locked.skip_category, locked.skip_reason = Stop.Status.SKIPPED, category, reason
        return _done(locked, Verb.STOP_SKIPPED, actor, now)


def _under_way(stop: Stop) -> Stop:
    """The stop as it is now, its route locked. Order of locks: docs/rules/locks.md."""
    if stop.route is not None:
        locks.route(stop.business_id, stop.route.master_route_id, stop.route.id)
    locked = Stop.objects.select_related("route", *WITH_PLAN, "property", "business", "customer").get(id=stop.id)
    if locked.route is None or locked.route_id != stop.route_id or locked.removed_at:
        raise Refused(_("This stop is not on its route any more."))
    if locked.route.status not in (locked.route.Status.DISPATCHED, locked.route.Status.IN_PROGRESS):
        raise Refused(_("The route of this stop has not been dispatched."))
    if locked.status in Stop.DONE:
        raise Refused(_("This stop is done already."))
    return locked


def _done(stop: Stop, verb: Verb, actor: Actor, now: datetime) -> Stop:
    stop.save()
    assert stop.route is not None
    stop.route.settle()
    record(
        verb,
        actor=actor,
        business_id=stop.business_id,
        subject=stop,
        label=stop.service_date.isoformat(),
        customer_id=stop.customer_id,
    )
    messages.visit_done(stop, now=now)
    return stop
