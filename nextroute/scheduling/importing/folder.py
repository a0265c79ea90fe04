"""The verb: import a folder of CSV files into one business, all of it or nothing."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.customers.importing import Fault, Findings, ImportRefused, Report, customers, properties
from nextroute.customers.importing.rows import FILE as CUSTOMERS
from nextroute.customers.importing.statements import over_whole_sets
from nextroute.identity import importing as of_identity
from nextroute.scheduling.importing import absent, businesses, places, plans, routes, rows, subscriptions, zones
from nextroute.scheduling.importing.plans import Offer
from nextroute.scheduling.importing.rows import Reading
from nextroute.scheduling.importing.zones import Area
from nextroute.scheduling.reconcile import reconcile
from nextroute.tenancy.businesses import Business

log = logging.getLogger(__name__)

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
        business, report.counts["business"] = businesses.settle(folder / businesses.FILE, slug, faults)
        with scope.business(business.id):
            _import(folder, business, today or business.today(now), report, faults, progress)
    log.info("%s imported %s into %s", actor, folder, slug)
    return report


def _import(
    folder: Path, business: Business, today: date, report: Report, faults: Findings[Fault], tell: Progress
) -> None:
    offers = plans.read(folder / plans.FILE, business, report, faults)
    area = zones.read(folder / zones.FILE, business, report, faults)
    course = _Course.through(folder / CUSTOMERS, tell)
    region = business.locale.partition("-")[2]
    rows.read(folder / CUSTOMERS, Reading(region, offers, area, report, faults), course.read)
    _refuse(faults)
    assert offers is not None
    assert area is not None
    _write(business, today, offers, area, report, faults, course)


def _write(
    business: Business,
    today: date,
    offers: dict[str, Offer],
    area: Area,
    report: Report,
    faults: Findings[Fault],
    course: "_Course",
) -> None:
    within: dict[str, Any] = {"business": business.id, "today": today}
    steps: tuple[Callable[[], None], ...] = (
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
    with over_whole_sets():
        for step in steps:
            step()
            course.step()
    if business.generated_through and business.generated_through >= today:
        reconcile(business, today, business.generated_through, today=today)
    course.finish()


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
