"""The audit trail: whether the sealer keeps up with a business in which much happens, and what verifying takes."""

import time
from collections.abc import Callable
from functools import partial
from statistics import median
from threading import Event, Thread

from django.db import connection, connections, transaction

from bench import clusters, seeding, web, workers
from bench.report import Report
from nextroute.audit.models import Unsealed
from nextroute.audit.verifying import verify
from nextroute.core import scope
from nextroute.tenancy.businesses import Business

A_SECOND, SECONDS, A_TRANSACTION = 1_000, 60, 50
BUDGET_BEHIND = 10_000  # entries: two turns of the job, which comes every five seconds

WRITE = """
INSERT INTO audit_entry (business_id, actor_kind, verb, subject_type, changed, counts)
SELECT %s, 'system', 'stop.completed', 'stop', '{}', '{}' FROM generate_series(1, %s)
"""


def measure(report: Report) -> None:
    with clusters.fresh("trail") as addresses:
        business = seeding.seed(addresses, 10)
        report.head(f"Sealing: {A_SECOND:,} entries a second for {SECONDS} s, one worker")
        with workers.working(addresses, smtp_port=web.free_port()):
            workers.until(lambda: _waiting(business) == 0, seconds=30)  # it has begun, and sealed what there was
            behind = _watched(business, partial(_write, business))
            drained = workers.until(lambda: _waiting(business) == 0, seconds=60)
        report.at_most("entries waiting, at most", max(behind), BUDGET_BEHIND, f"{max(behind):,}", "")
        report.say("entries waiting, median", f"{median(behind):,.0f}")
        report.say("all sealed after the last one", f"{drained:.1f} s")
        begun = time.perf_counter()
        verdict = verify(business.id)
        report.say(f"verifying {verdict.sealed:,} seals", f"{time.perf_counter() - begun:.1f} s")
        if verdict.findings:
            raise RuntimeError(str(verdict.findings[:3]))


def _write(business: Business) -> None:
    begun = time.monotonic()
    for n in range(A_SECOND * SECONDS // A_TRANSACTION):
        with transaction.atomic(), scope.business(business.id), connection.cursor() as cursor:
            cursor.execute(WRITE, [business.id, A_TRANSACTION])
        time.sleep(max(0.0, begun + (n + 1) * A_TRANSACTION / A_SECOND - time.monotonic()))


def _watched(business: Business, work: Callable[[], None]) -> list[int]:
    """How many wait, asked every half second while `work` is done."""
    over, seen = Event(), [0]

    def watch() -> None:
        while not over.wait(0.5):
            seen.append(_waiting(business))
        connections.close_all()

    watcher = Thread(target=watch)
    watcher.start()
    work()
    over.set()
    watcher.join()
    return seen


def _waiting(business: Business) -> int:
    with transaction.atomic(), scope.business(business.id):
        return Unsealed.objects.count()
