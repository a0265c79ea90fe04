"""The verb: import a folder of CSV files into one business, all of it or nothing."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.customers.importing import Fault, Findings, ImportRefused, Report, customers, properties
from nextroute.customers.importing.rows import FILE as CUSTOMERS
from nextroute.customers.importing.statements import over_whole_sets
from nextroute.identity import importing as of_identity
from nextroute.scheduling.importing import absent, businesses, places, plans, routes, rows, subscriptions, zones
from nextroute.scheduling.importing.rows import Reading
from nextroute.scheduling.importing.zones import Area
from nextroute.scheduling.reconcile import reconcile
from nextroute.tenancy.businesses import Business

type Progress = Callable[[int, int], None]
_FILES = (businesses.FILE, plans.FILE, zones.FILE, CUSTOMERS)
_STEPS = 11  # of writing


def import_folder(
    folder: Path, *, slug: str, today: date | None, now: datetime, actor: Actor, progress: Progress
) -> Report:
    """Make the business with this slug what the files in `folder` say.

    `today` is the local day on which changes take effect; none: the business's own at `now`. `progress` is told how
    much is done of how much. Raises ImportRefused with the faults of all files, and has then changed nothing.
    """
    faults, report = Findings[Fault](), Report(slug)
    if not folder.is_dir():
        faults.add(Fault(str(folder), expected="a folder"))
        raise ImportRefused(faults)
    with transaction.atomic():
        business, report.counts["business"] = businesses.settle(folder / businesses.FILE, slug, faults, actor)
        with scope.business(business.id):
            _import(folder, business, today or business.today(now), report, faults, progress)
            record(
                Verb.CUSTOMERS_IMPORTED,
                actor=actor,
                business_id=business.id,
                subject="customer",
                counts={
                    f"{noun} {what}": count
                    for noun, counts in report.counts.items()
                    for what, count in asdict(counts).items()
                    if count and what != "unchanged"
                },
            )
    return report


def _import(
    folder: Path, business: Business, today: date, report: Report, faults: Findings[Fault], tell: Progress
) -> None:
    reading = Reading(
        region=business.locale.partition("-")[2],
        offers=plans.read(folder / plans.FILE, business, report, faults),
        area=zones.read(folder / zones.FILE, business, report, faults),
        report=report,
        faults=faults,
    )
    course = _Course.through(folder / CUSTOMERS, tell)
    rows.read(folder / CUSTOMERS, reading, course.read)
    _refuse(faults)
    with over_whole_sets():
        for step in _steps(reading, {"business": business.id, "today": today}):
            step()
            course.step()
    if report.changed_anything and business.generated_through and business.generated_through >= today:
        reconcile(business, today, business.generated_through, today=today)
    course.finish()


def _steps(reading: Reading, within: dict[str, Any]) -> Sequence[Callable[[], None]]:
    """Writing what was read, in order; each is some statements over all rows."""
    report, faults, offers, area = reading.report, reading.faults, reading.offers or {}, reading.area or Area()
    return (
        lambda: customers.find(within),
        lambda: customers.write(report, within),
        lambda: properties.find(within),
        lambda: properties.write(report, within),
        lambda: of_identity.give_access(report, within),
        lambda: subscriptions.write(report, within),
        lambda: subscriptions.check_plans(offers, faults, within),
        lambda: _refuse(faults),
        lambda: routes.write(area.moved, report, within),
        lambda: places.write(report, within),
        lambda: absent.report_on(report, within),
    )


def _refuse(faults: Findings[Fault]) -> None:
    if faults.total:
        faults.listed.sort(key=lambda fault: (_FILES.index(fault.file), fault.line or 0))
        raise ImportRefused(faults)


@dataclass(slots=True)
class _Course:
    """How far an import is: half of it is reading customers.csv, each step of writing an equal part of the rest."""

    tell: Progress
    size: int
    done: int = 0
    told: int = 0

    @classmethod
    def through(cls, path: Path, tell: Progress) -> "_Course":
        return cls(tell, path.stat().st_size if path.exists() else 0)

    def read(self, size: int) -> None:
        self._on(size)

    def step(self) -> None:
        self._on(self.size // _STEPS)

    def finish(self) -> None:
        self._on(2 * self.size - self.done)

    def _on(self, size: int) -> None:
        self.done += size
        if self.done - self.told >= self.size // 100 or self.done == 2 * self.size:
            self.told = self.done
            self.tell(self.done, 2 * self.size)
