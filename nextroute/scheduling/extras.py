"""Extra: one visit outside every frequency, ordered for a day. The rule: docs/rules/extras.md."""

from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext as _

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import Actor, ActorKind
from nextroute.core.errors import Refused
from nextroute.core.rows import BusinessRow, same_business
from nextroute.core.verbs import verb
from nextroute.customers.customers import Customer
from nextroute.customers.properties import Property
from nextroute.scheduling import extra_places, locks, notice
from nextroute.scheduling.plans import Plan
from nextroute.scheduling.stops import Stop
from nextroute.tenancy.permissions import Action, at_once


class Extra(BusinessRow):
    """One visit of `property` on `day` (local), of a one-time or add-on plan, for `price_cents` in all.

    Its visit is a stop of that day's route. When the business loses the day (a blackout, a canceled route) it is
    `dropped`, and waits for another; one that is not wanted any more is called off. Both stay as rows.
    """

    customer = models.ForeignKey("customers.Customer", models.PROTECT, db_constraint=False, related_name="extras")
    property = models.ForeignKey(
        "customers.Property", models.PROTECT, db_constraint=False, db_index=False, related_name="extras"
    )
    plan = models.ForeignKey("scheduling.Plan", models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    day = models.DateField()
    price_cents = models.BigIntegerField()
    notes = models.TextField(blank=True, default="")
    ordered_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_note = models.TextField(blank=True, default="", help_text="the holiday's name, the office's words")
    called_off_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            same_business("customer", name="extra_of_customer"),
            models.CheckConstraint(condition=models.Q(price_cents__gte=0), name="extra_price"),
            models.UniqueConstraint(
                fields=["property", "plan", "day"],
                condition=models.Q(dropped_at=None, called_off_at=None),
                name="extra_once",
            ),
        ]

    def waits(self) -> bool:
        """Whether it lost its day and is to have another."""
        return self.dropped_at is not None and self.called_off_at is None

    def standing(self) -> Stop | None:
        """Its stop, done or to come; none while it waits for another day, or is called off."""
        return self.stops.select_related("route").filter(removed_at=None).first()


def days(customer: Customer, property: Property, plan: Plan, *, first: date, last: date) -> list[date]:
    """The local days of [`first`, `last`] for which this extra can be ordered: the zone is served, a route has room.

    The customer's own hold does not matter. Notice is the order's to ask. A fixed number of statements; it looks as
    the business, whoever asks.
    """
    if plan.plan_type == Plan.Type.RECURRING:
        return []
    with scope.business(customer.business_id):
        return [place.day for place in extra_places.of(customer.business, property, plan, first, last)]


@verb
def order(
    *,
    customer: Customer,
    property: Property,
    plan: Plan,
    day: date,
    price_cents: int,
    actor: Actor,
    now: datetime,
    notes: str = "",
) -> Extra:
    """One more visit of `property` on `day` (local), for `price_cents` in all: at once on that day's open route, which
    is made when it is not there yet. Nobody is told here: whoever asked for it tells.

    Raises Refused (`field` plan or day), NotPermitted for a customer whom the business wants to be asked by.
    """
    at_once(customer.business, Action.EXTRA, actor)
    if plan.plan_type == Plan.Type.RECURRING or (_by_customer(actor) and plan.visibility == Plan.Visibility.INTERNAL):
        raise Refused(_("This service cannot be ordered for a single day."), field="plan")
    _guard_notice(customer, day, actor, now)
    locks.schedule_of(customer)
    with scope.business(customer.business_id):
        locks.rides_of(property.id, day)
        place = extra_places.on(customer.business, property, plan, day)
        extra = customer.extras.create(
            business_id=customer.business_id,
            property=property,
            plan=plan,
            day=day,
            price_cents=price_cents,
            notes=notes,
            ordered_at=now,
        )
        extra_places.put(extra, place, attempt=1)
        _record(Verb.EXTRA_ORDERED, extra, actor)
        return extra


@verb
def call_off(*, extra: Extra, actor: Actor, now: datetime) -> Extra:
    """The customer does not want it any more. Raises Refused when it is done, its route is out, or it is too late."""
    with scope.business(extra.business_id):
        locked = _locked(extra)
        if stop := _to_come(locked):
            _guard_notice(locked.customer, stop.service_date, actor, now)
            extra_places.take_off(stop, now)
        locked.called_off_at = now
        locked.save(update_fields=["called_off_at"])
        _record(Verb.EXTRA_CALLED_OFF, locked, actor)
        return locked


@verb
def reschedule(*, extra: Extra, day: date, actor: Actor, now: datetime) -> Extra:
    """Another `day` (local) for one that lost its own, or that is to come on another: a new stop, the next attempt.

    Raises Refused (`field` day when that day does not do) as `order` and `call_off` do.
    """
    with scope.business(extra.business_id):
        at_once(extra.business, Action.EXTRA, actor)
        locked = _locked(extra, day)
        _guard_notice(locked.customer, day, actor, now)
        stop = _to_come(locked)
        place = extra_places.on(locked.customer.business, locked.property, locked.plan, day)
        if stop:
            _guard_notice(locked.customer, stop.service_date, actor, now)
            extra_places.take_off(stop, now)
        locked.day, locked.dropped_at, locked.dropped_note = day, None, ""
        locked.save(update_fields=["day", "dropped_at", "dropped_note"])
        extra_places.put(locked, place, attempt=locked.stops.count() + 1)
        _record(Verb.EXTRA_RESCHEDULED, locked, actor)
        return locked


def _by_customer(actor: Actor) -> bool:
    return actor.kind is ActorKind.CUSTOMER


def _guard_notice(customer: Customer, day: date, actor: Actor, now: datetime) -> None:
    if day >= notice.first_day(customer.business, Action.EXTRA, actor, now):
        return
    if _by_customer(actor):
        raise Refused(_("It is too late for this day here. Please call us."), field="day")
    raise Refused(_("Choose today or a later day."), field="day")


def _locked(extra: Extra, day: date | None = None) -> Extra:
    """The extra as it is now, with the routes it is on and, for another day, those it may ride then. Raises Refused
    when it was called off."""
    locks.schedule_of(extra.customer)
    locked = Extra.objects.select_related("customer__business", "property", "plan").get(id=extra.id)
    if locked.called_off_at:
        raise Refused(_("This was called off already."))
    stop = locked.standing()
    locks.rides_of(locked.property_id, day, leaving=stop.route_id if stop else None)
    return locked


def _to_come(extra: Extra) -> Stop | None:
    """Its stop on an open route; none while it waits for a day. Raises Refused when it cannot be changed any more."""
    stop = extra.standing()
    if stop is None:
        return None
    assert stop.route is not None
    if stop.status in Stop.DONE:
        raise Refused(_("This visit is over already."))
    if stop.route.status not in stop.route.OPEN or stop.status != Stop.Status.PENDING:
        raise Refused(_("Our route is out already. Please call us."))
    return stop


def _record(verb: Verb, extra: Extra, actor: Actor) -> None:
    record(
        verb,
        actor=actor,
        business_id=extra.business_id,
        subject=extra,
        label=extra.day.isoformat(),
        customer_id=extra.customer_id,
        detail={"day": extra.day, "plan": extra.plan.name},
    )
