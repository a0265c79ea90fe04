"""Holds: what it costs to rehearse one, and to place and lift it, as a customer in the portal does."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from django.db import connection, transaction
from django.db.models import Count

from bench import clusters, cpu, seeding
from bench.report import Report
from nextroute.core import scope
from nextroute.core.actors import Actor, ActorKind
from nextroute.customers.models import Customer
from nextroute.scheduling import holds, outlook
from nextroute.scheduling.models import Hold
from nextroute.scheduling.reconcile import nightly
from nextroute.tenancy.businesses import Business

NAME = "holds"
SIZE = 1_000  # customers: 100,000 past stops when there are 100 weeks
AHEAD = 28  # days for which routes are made
ROUNDS, ASKED = 5, 50
BUDGET_CPU = 20
NOW = datetime.combine(seeding.MONDAY, datetime.min.time(), UTC) + timedelta(hours=18)
FIRST = seeding.MONDAY + timedelta(days=3)  # outside the notice
LENGTHS = {"1 visit": 7, "50 visits": 350}
SOMEBODY = Actor(ActorKind.CUSTOMER)


def measure(report: Report, weeks: int) -> None:
    with clusters.fresh(NAME) as addresses:
        business = seeding.seed(addresses, SIZE)
        stops = seeding.live_through(addresses, business, weeks, today=seeding.MONDAY)
        clusters.analyse(addresses)
        nightly(business, today=seeding.MONDAY, days=AHEAD)
        clusters.analyse(addresses)
        report.head(f"Holds, beside {stops:,} past stops; one property served weekly, as the customer")
        asking = _customers(business)
        for what, days in LENGTHS.items():
            _say(report, what, asking, days)


def _customers(business: Business) -> Sequence[Customer]:
    """Some who have one property served weekly, and no hold."""
    with transaction.atomic(), scope.business(business.pk):
        Business.objects.filter(pk=business.pk).update(hold_max_days=366)
        served = Customer.objects.filter(canceled_on=None, pauses=None, holds=None).exclude(activated_on=None)
        single = served.annotate(places=Count("properties")).filter(places=1)
        weekly = single.filter(subscriptions__plan__frequency="weekly").order_by("ref")
        return list(weekly.select_related("business")[: ASKED + 1])


def _say(report: Report, what: str, asking: Sequence[Customer], days: int) -> None:
    """Each step for all of them in turn; the median of some rounds, after one to warm up."""
    rounds = [_round(asking, days) for _ in range(ROUNDS + 1)][1:]
    for at, step in enumerate(("rehearsed", "placed", "lifted")):
        steps = [each[at] for each in rounds]
        parts = f"{median(one.own for one in steps):.1f} + {median(one.database for one in steps):.1f}"
        busy = [one.own + one.database for one in steps]
        measured = f"{cpu.spread(busy, '{:.1f}')} ms, {parts}; {steps[0].statements} statements"
        report.at_most(f"{what}, {step}: CPU", median(busy), BUDGET_CPU, measured, "")


@dataclass(frozen=True, slots=True)
class _Step:
    """CPU milliseconds each, of the application and of the database, and the statements of the last."""

    own: float
    database: float
    statements: int


def _round(asking: Sequence[Customer], days: int) -> list[_Step]:
    placed: dict[Customer, Hold] = {}

    def rehearse(customer: Customer) -> None:
        outlook.rehearse(holds.place, **_asked(customer, days))

    def place(customer: Customer) -> None:
        placed[customer] = holds.place(**_asked(customer, days))[0]

    def lift(customer: Customer) -> None:
        holds.lift(hold=placed[customer], actor=SOMEBODY, now=NOW)

    return [_step(work, asking) for work in (rehearse, place, lift)]


def _step(work: Callable[[Customer], None], asking: Sequence[Customer]) -> _Step:
    """In a transaction and the customer's scope each, as a request is."""

    def request(customer: Customer) -> None:
        with transaction.atomic(), scope.customer(customer.business_id, customer.pk):
            work(customer)

    own = cpu.own()
    spent = cpu.of(lambda: list(map(request, asking[:-1])), clusters.postmaster(NAME))
    own, many = cpu.own() - own, len(asking) - 1
    with _counted() as sent:
        request(asking[-1])
    return _Step(1000 * own / many, 1000 * spent.cpu[0] / many, len(sent))


def _asked(customer: Customer, days: int) -> dict[str, Any]:
    last = FIRST + timedelta(days=days - 1)
    return {"customer": customer, "start_date": FIRST, "end_date": last, "actor": SOMEBODY, "now": NOW}


@contextmanager
def _counted() -> Iterator[list[str]]:
    """The statements of the block but what begins and ends transactions."""
    sent: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            sent.append(sql)
        return execute(sql, *more)

    with connection.execute_wrapper(note):
        yield sent
