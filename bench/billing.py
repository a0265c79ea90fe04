"""A month's invoices: drafted from the visits on record, drafted again, sent to everybody."""

import resource
from datetime import UTC, datetime, timedelta

from bench import clusters, cpu, seeding
from bench.report import Report
from nextroute.billing import invoices, run
from nextroute.core.actors import SYSTEM
from nextroute.tenancy.businesses import Business

NAME = "bill"
FULL = 100_000  # customers; the budget is for so many
MOST = 40.0  # seconds
MONTH = seeding.MONDAY.replace(month=5, day=1)
NOW = datetime.combine(seeding.MONDAY, datetime.min.time(), UTC) + timedelta(hours=18)


def measure(report: Report, size: int, weeks: int) -> None:
    report.head(f"A month's invoices, {size:,} active customers")
    with clusters.fresh(NAME) as addresses:
        business = seeding.seed(addresses, size)
        stops = seeding.live_through(addresses, business, weeks, today=seeding.MONDAY)
        seeding.left_unbilled(addresses, business, MONTH)
        clusters.analyse(addresses)
        held = _held()
        first = _say(report, f"drafted beside {stops:,} stops on record", business, most=MOST if size >= FULL else None)
        report.say("what that was", f"{first.invoices:,} invoices, {first.lines:,} lines, {first.visits:,} visits")
        _say(report, "again, nothing to change", business)
        spent = cpu.of(
            lambda: invoices.send_all(business=business, period_first=MONTH, actor=SYSTEM, now=NOW), _server()
        )
        report.say("sent, a message owed to each", f"{spent.wall:.1f} s, CPU {spent.cpu[0]:.1f} s")
        report.say("memory this process took for all that", f"{_held() - held} MiB")


def _say(report: Report, what: str, business: Business, *, most: float | None = None) -> run.Drafted:
    done: list[run.Drafted] = []
    spent = cpu.of(lambda: done.append(run.bill(business, now=NOW, month=MONTH)[0]), _server())
    within = None if most is None else spent.wall <= most
    report.say(what, f"{spent.wall:.1f} s, CPU {spent.cpu[0]:.1f} s", f"<= {MOST:g} s", met=within)
    return done[0]


def _server() -> int:
    return clusters.postmaster(NAME)


def _held() -> int:
    """The most this process has held so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
