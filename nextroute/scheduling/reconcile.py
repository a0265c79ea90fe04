"""Reconcile: make the open routes equal to the visits that are due. The rule: docs/rules/schedule.md."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import SYSTEM
from nextroute.core.days import ONE_DAY
from nextroute.core.verbs import verb
from nextroute.customers.customers import Customer
from nextroute.scheduling import locks, question
from nextroute.tenancy.businesses import Business


@dataclass(frozen=True, slots=True)
class Change:
    """How many stops a reconciliation inserted, moved to another day or route, restored and removed."""

    inserted: int = 0
    moved: int = 0
    restored: int = 0
    removed: int = 0

    def __add__(self, other: "Change") -> "Change":
        return Change(
            self.inserted + other.inserted,
            self.moved + other.moved,
            self.restored + other.restored,
            self.removed + other.removed,
        )

    def __bool__(self) -> bool:
        return self != Change()

    @property
    def counts(self) -> dict[str, int]:
        """Those that are not zero, as the audit trail keeps them."""
        return {name: count for name, count in asdict(self).items() if count}


def reconcile(
    business: Business, from_: date, to: date, *, today: date, customers: Collection[Customer] | None = None
) -> Change:
    """Make the open routes of [`from_`, `to`] (local days) carry exactly the visits that are due.

    For all customers, it generates: routes then exist through `to`. For some, it only brings what was generated up to
    date. Idempotent; a fixed number of statements. The caller holds `locks.schedule_exclusively`, or for some customers
    `locks.schedule_of`. Raises ValueError for days before `today`: the past is a record.
    """
    if from_ < today:
        raise ValueError(f"{from_} is before today, {today}; the past is not reconciled.")
    with transaction.atomic(), scope.business(business.id):
        through = _generated_through(business, to if customers is None else None, today)
        if through is None or from_ > through:
            return Change()
        if customers is None:
            with _no_nested_loops():
                return _reconcile(business, from_, to, through, today, None)
        chosen = [customer.id for customer in customers]
        locks.routes_of(chosen, today)
        with _kept_plan() if len(chosen) == 1 else nullcontext():
            return _reconcile(business, from_, min(to, through), through, today, chosen)


def nightly(business: Business, *, today: date, days: int | None = None, from_: date | None = None) -> Change:
    """Generate from `from_` (default: today) through today + `days` (default: the business's `auto_generate_days`).

    One transaction a day, so that other verbs wait for one day's work at most.
    """
    start = from_ or today
    last = today + timedelta(days=business.auto_generate_days if days is None else days)
    total = Change()
    while start <= last:
        total += _generate(business, start, today)
        start += ONE_DAY
    return total


@verb
def _generate(business: Business, day: date, today: date) -> Change:
    locks.schedule_exclusively(business)
    change = reconcile(business, day, day, today=today)
    if change:
        with scope.business(business.id):
            record(
                Verb.ROUTES_GENERATED,
                actor=SYSTEM,
                business_id=business.id,
                subject="route",
                label=day.isoformat(),
                counts=change.counts,
            )
    return change


def _generated_through(business: Business, to: date | None, today: date) -> date | None:
    """The last day routes are made for, moved on to `to`. The first generation also begins the record of days."""
    rows = Business.objects.filter(id=business.id)
    if to is not None:
        rows.update(
            generated_through=Greatest(F("generated_through"), to),
            closed_through=Coalesce(F("closed_through"), today - ONE_DAY),
        )
    business.refresh_from_db(fields=["generated_through", "closed_through"])
    return business.generated_through


def _reconcile(
    business: Business, from_: date, to: date, through: date, today: date, customers: Collection[UUID] | None
) -> Change:
    moves = question.shifts(business, from_, to, customers)
    # Visits that blackouts send into the window, or drop in it, were due before it; those sent out of it are followed
    # to where they go.
    due_from = min([from_, *(m.due_on for m in moves if m.due_on < from_ <= (m.planned_on or m.met_on))])
    last = max(
        [to, *(m.planned_on for m in moves if m.planned_on and from_ <= m.due_on <= to < m.planned_on <= through)]
    )
    asked = question.parameters(moves, due_from, to, customers)
    with connection.cursor() as cursor:
        cursor.execute(
            question.sql("reconcile", of_some=customers is not None),
            {**asked, "business": business.id, "today": today, "first": from_, "last": last},
        )
        counts = cursor.fetchone()
    assert counts is not None
    return Change(*counts)


@contextmanager
def _no_nested_loops() -> Iterator[None]:
    """Over all customers every join is a hash join; on tables never analysed the planner would guess otherwise.

    The statement is planned for itself: a plan kept for one customer must not serve them all.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SET, ["off", "force_custom_plan"])
        yield
        cursor.execute(_SET, ["on", "auto"])


@contextmanager
def _kept_plan() -> Iterator[None]:
    """For one customer planning takes longer than the answer, and the plan is the same for each of them."""
    with connection.cursor() as cursor:
        cursor.execute(_SET, ["on", "force_generic_plan"])
        yield
        cursor.execute(_SET, ["on", "auto"])


_SET = "SELECT set_config('enable_nestloop', %s, true), set_config('plan_cache_mode', %s, true)"
