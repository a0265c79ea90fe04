"""Hold: days a customer is away and wants no service. The rule: docs/rules/holds.md."""

from collections.abc import Callable
from datetime import date, datetime

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import Value
from django.db.models.functions import Coalesce

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.days import ONE_DAY
from nextroute.core.rows import BusinessRow, DateRange, same_business
from nextroute.core.verbs import verb
from nextroute.customers.customers import Customer
from nextroute.customers.properties import Property
from nextroute.scheduling import hold_limits, locks, messages, notice, outlook
from nextroute.scheduling.outlook import Outlook
from nextroute.scheduling.reconcile import Change
from nextroute.scheduling.visits import Visit
from nextroute.tenancy import permissions
from nextroute.tenancy.permissions import Action

NO_PROPERTY = Value("00000000-0000-0000-0000-000000000000", models.UUIDField())


class HoldQuerySet(models.QuerySet["Hold"]):
    def standing(self) -> "HoldQuerySet":
        """Those that were not lifted."""
        return self.filter(lifted_at=None)


class Hold(BusinessRow):
    """A vacation hold from `start_date` through `end_date`, local days, both included; for one property or all.

    `effective_from` is the first of its days that could still be stopped when it was placed. One that was extended is
    continued by further rows, which name it in `continues`. A lifted hold stays.
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

    objects = HoldQuerySet.as_manager()

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
) -> tuple[Hold, Outlook]:
    """Pause service from `start_date` through `end_date`, both included (local dates), of one property or all.

    Visits inside the notice, and those on dispatched routes, stay. Raises HoldRefused (a field and a sentence) when the
    days break the business's limits, are past, overlap another hold of the same scope or leave none to stop; and
    NotPermitted when the business wants to be asked.
    """
    business, today = customer.business, customer.business.today(now)
    permissions.at_once(business, Action.HOLD, actor)
    locks.schedule_of(customer)
    first_free = notice.first_day(business, Action.HOLD, actor, now)
    hold_limits.guard(
        customer, start_date, end_date, property.pk if property else None, today=today, first_free=first_free
    )
    seen = outlook.before(customer, start_date, end_date, today=today)
    with scope.business(customer.business_id):
        hold = customer.holds.create(
            business_id=customer.business_id,
            property=property,
            start_date=start_date,
            end_date=end_date,
            effective_from=max(start_date, first_free),
            notes=notes,
            placed_at=now,
        )
        followed = seen.reconcile()
        _record(Verb.HOLD_PLACED, hold, (start_date, end_date), actor, followed)
        messages.hold_placed(hold, actor=actor, now=now)
    return hold, seen.compare(followed, end_date, _meant(hold, start_date, end_date), first_free)


@verb
def change(*, hold: Hold, start_date: date, end_date: date, actor: Actor, now: datetime) -> tuple[Hold, Outlook]:
    """Be away from `start_date` through `end_date` (local dates) instead. Visits of days that are free again come back
    at once, without notice; days that are added have theirs. Once no day is left of one that has begun, it is lifted.

    Raises HoldRefused as `place` does, when the hold is over or lifted, and for another start once it has begun; and
    NotPermitted as `place` does for more days, as `lift` does for fewer.
    """
    customer, today = hold.customer, hold.customer.business.today(now)
    permissions.asked(customer.business, Action.HOLD, actor)
    locks.schedule_of(customer)
    parts = _parts(hold)
    first, last = hold_limits.standing(parts, today)
    hold_limits.guard_change(parts, start_date, end_date, today=today)
    if first <= today and end_date < max(today, parts[0].effective_from):
        return lift(hold=hold, actor=actor, now=now)
    first_free = notice.first_day(customer.business, Action.HOLD, actor, now)
    _guard_longer(parts, start_date, end_date, actor, today=today, first_free=first_free)
    seen = outlook.before(customer, min(first, start_date), max(last, end_date), today=today)
    with scope.business(customer.business_id):
        _start_on(parts[0], start_date, first_free)
        if end_date > last:
            _extend(parts[0], last + ONE_DAY, end_date, first_free, now)
        else:
            _end_on(parts, end_date, now)
        followed = seen.reconcile()
        _record(Verb.HOLD_CHANGED, parts[0], (start_date, end_date), actor, followed)
        messages.hold_changed(parts[0], actor=actor, now=now)
    return parts[0], seen.compare(followed, end_date, _meant(hold, start_date, end_date), first_free)


@verb
def lift(*, hold: Hold, actor: Actor, now: datetime) -> tuple[Hold, Outlook]:
    """Be back: what is left of the hold, from today on, is lifted; its visits come back at once where routes are open.

    Raises HoldRefused when it is over or lifted already, NotPermitted for a customer where holds are off.
    """
    customer, today = hold.customer, hold.customer.business.today(now)
    permissions.asked(customer.business, Action.HOLD, actor)
    locks.schedule_of(customer)
    parts = _parts(hold)
    first, last = hold_limits.standing(parts, today)
    seen = outlook.before(customer, first, last, today=today)
    with scope.business(customer.business_id):
        _end_on(parts, today - ONE_DAY, now)
        followed = seen.reconcile()
        _record(Verb.HOLD_LIFTED, parts[0], (first, last), actor, followed)
        messages.hold_lifted(parts[0], last, actor=actor, now=now)
    return parts[0], seen.compare(followed, today - ONE_DAY)


def _parts(hold: Hold) -> list[Hold]:
    """The hold as it stands now, and what continues it, in order. Under the customer's lock."""
    root = hold.continues_id or hold.pk
    one = models.Q(id=root) | models.Q(continues=root)
    return list(hold.customer.holds.standing().filter(one).order_by("start_date"))


def _guard_longer(
    parts: list[Hold], start_date: date, end_date: date, actor: Actor, *, today: date, first_free: date
) -> None:
    """More days, and those of a hold that has not begun, are guarded as a new one's; who is back before the shortest
    time away is over, is back."""
    one, first, last = parts[0], parts[0].start_date, parts[-1].end_date
    longer, business = start_date < first or end_date > last, one.customer.business
    if longer:
        permissions.at_once(business, Action.HOLD, actor)
    if longer or first > today:
        hold_limits.guard(
            one.customer,
            start_date,
            end_date,
            one.property_id,
            today=min(first, today),
            first_free=_effective_from(one, start_date, first_free),
            without=[part.pk for part in parts],
        )


def _effective_from(part: Hold, start_date: date, first_free: date) -> date:
    """Days that are added have their notice; those it was placed for in time stay off."""
    return max(start_date, min(part.effective_from, first_free))


def _start_on(part: Hold, start_date: date, first_free: date) -> None:
    if start_date != part.start_date:
        part.effective_from = _effective_from(part, start_date, first_free)
        part.start_date = start_date
        part.save(update_fields=["start_date", "effective_from"])


def _extend(part: Hold, start_date: date, end_date: date, first_free: date, now: datetime) -> None:
    if (effective_from := max(start_date, first_free)) > end_date:
        raise hold_limits.too_late("end_date", first_free)
    Hold.objects.create(
        business_id=part.business_id,
        customer_id=part.customer_id,
        property_id=part.property_id,
        start_date=start_date,
        end_date=end_date,
        effective_from=effective_from,
        continues_id=part.continues_id or part.pk,
        placed_at=now,
    )


def _end_on(parts: list[Hold], end_date: date, now: datetime) -> None:
    """What comes after `end_date` is lifted: parts that have taken nothing off by then go whole."""
    for part in parts:
        if part.effective_from > end_date:
            part.lifted_at = now
        else:
            part.end_date = min(part.end_date, end_date)
    Hold.objects.bulk_update(parts, ["end_date", "lifted_at"])


def _meant(hold: Hold, first: date, last: date) -> Callable[[Visit], bool]:
    """Which visits it is to take away, now that it is for these days."""

    def meant(visit: Visit) -> bool:
        here = hold.property_id in (None, visit.property_id)
        return here and visit.extra_id is None and first <= visit.day <= last

    return meant


def _record(verb: Verb, hold: Hold, days: tuple[date, date], actor: Actor, change: Change) -> None:
    record(
        verb,
        actor=actor,
        business_id=hold.business_id,
        subject=hold,
        customer_id=hold.customer_id,
        counts=change.counts,
        detail={"start_date": days[0], "end_date": days[1], "property": hold.property_id},
    )
