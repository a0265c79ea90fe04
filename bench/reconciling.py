"""Reconcile: cold, again with nothing to change, over a week and four, and on tables the planner knows nothing of."""

from collections.abc import Callable
from datetime import timedelta
from statistics import median

from django.db import connection, transaction

from bench import clusters, cpu, seeding
from bench.report import Report
from nextroute.config.embedded_postgres import Addresses
from nextroute.scheduling import locks
from nextroute.scheduling.reconcile import Change, nightly, reconcile
from nextroute.tenancy.businesses import Business

NAME = "reconcile"
REPEATS = 3
FULL = 100_000  # customers; the budgets are for so many


def measure(report: Report, size: int) -> None:
    report.head(f"Reconcile, {size:,} active customers")
    with clusters.fresh(NAME) as addresses:
        business = seeding.seed(addresses, size)
        clusters.analyse(addresses)
        _machine(report)
        _week(report, addresses, business, size)
        _four_weeks(report, addresses, business, size)
    with clusters.fresh(NAME, clusters.NEVER_ANALYSED) as addresses:
        business = seeding.seed(addresses, size)
        report.head("The same on tables never analysed")
        _week(report, addresses, business, size, repeats=1)
        _four_weeks(report, addresses, business, size, repeats=1)


def _week(report: Report, addresses: Addresses, business: Business, size: int, *, repeats: int = REPEATS) -> None:
    within = _Budget(report, size)
    cold = [_timed(lambda: _days(business, 7), before=lambda: _empty(addresses)) for _ in range(repeats)]
    within.say("7 days, cold", cold, 7)
    within.say("7 days, nothing to change", [_timed(lambda: _days(business, 7)) for _ in range(REPEATS)], 1)


def _four_weeks(report: Report, addresses: Addresses, business: Business, size: int, *, repeats: int = REPEATS) -> None:
    within = _Budget(report, size)
    _empty(addresses)
    within.say("7 days, cold, a transaction a day", [_timed(lambda: _nights(business, 7))])
    within.say("7 days, nothing to change, a transaction a day", [_timed(lambda: _nights(business, 7))])
    within.say("the 21 days after them, cold", [_timed(lambda: _days(business, 28))])
    within.say("28 days, nothing to change", [_timed(lambda: _days(business, 28)) for _ in range(repeats)], 4)
    within.say("28 days, nothing to change, a transaction a day", [_timed(lambda: _nights(business, 28))])


class _Budget:
    """Says figures, and holds their median to a budget when the size is the full one."""

    def __init__(self, report: Report, size: int) -> None:
        self._report, self._full = report, size >= FULL

    def say(self, what: str, runs: list[tuple[cpu.Spent, Change]], most: float | None = None) -> None:
        walls = [spent.wall for spent, _ in runs]
        busy = median(spent.cpu[0] for spent, _ in runs)
        measured = f"{cpu.spread(walls)} s, CPU {busy:.2f} s"
        what = f"{what}: {_words(runs[-1][1])}"
        met = median(walls) <= most if most and self._full else None
        self._report.say(what, measured, f"<= {most:g} s" if most else "", met=met)


def _words(change: Change) -> str:
    return f"{change.inserted:,} visits added" if change else "no change"


def _timed(work: Callable[[], Change], before: Callable[[], None] = lambda: None) -> tuple[cpu.Spent, Change]:
    """What one run took and did; CPU is the database's."""
    before()
    changes: list[Change] = []
    spent = cpu.of(lambda: changes.append(work()), clusters.postmaster(NAME))
    return spent, changes[0]


def _days(business: Business, count: int) -> Change:
    """In one transaction, its commit included."""
    first = seeding.MONDAY
    with transaction.atomic():
        locks.schedule_exclusively(business)
        return reconcile(business, first, first + timedelta(days=count - 1), today=first)


def _nights(business: Business, count: int) -> Change:
    """As the nightly job does it."""
    return nightly(business, today=seeding.MONDAY, days=count - 1)


def _empty(addresses: Addresses) -> None:
    with clusters.owner(addresses) as owner:
        owner.execute("TRUNCATE scheduling_stop, scheduling_route")
        owner.execute("UPDATE tenancy_business SET generated_through = NULL, closed_through = NULL")


def _machine(report: Report) -> None:
    """A fixed piece of work, so that figures of two days or two machines can be compared."""

    def work() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT sum(hashtext(i::text)) FROM generate_series(1, 3000000) AS i")

    runs = [cpu.of(work, clusters.postmaster(NAME)) for _ in range(REPEATS)]
    busy = median(run.cpu[0] for run in runs)
    report.say("the machine: 3 million hashes in SQL", f"{cpu.spread(run.wall for run in runs)} s, CPU {busy:.2f} s")
