"""The rows of customers.csv, read against the business's plans and zones; and what is wrong between rows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from nextroute.customers.importing import Fault, Findings, Notice, Report
from nextroute.customers.importing import rows as of_customers
from nextroute.customers.importing.cells import Reader, day, maybe, one_of, text
from nextroute.customers.importing.findings import LISTED
from nextroute.customers.importing.rows import FILE, stage
from nextroute.customers.importing.sheets import Line, lines
from nextroute.customers.importing.statements import rows
from nextroute.scheduling.calendar import Frequency, MonthWeek, WeekParity
from nextroute.scheduling.importing.plans import Offer
from nextroute.scheduling.importing.zones import Area

TYPES = of_customers.TYPES | {
    "zone_id": "uuid",
    "zone_known": "boolean",
    "plan": "text",
    "plan_id": "uuid",
    "week_parity": "text",
    "month_week": "text",
    "starts_on": "date",
}
READERS: dict[str, Reader] = {
    "plan": text(needed=True),
    "week_parity": maybe(one_of(*WeekParity)),
    "month_week": maybe(one_of(*MonthWeek)),
    "starts_on": day,
}
USED_BY = {
    "week_parity": {Frequency.BIWEEKLY, Frequency.SEASONAL},
    "month_week": {Frequency.MONTHLY, Frequency.QUARTERLY, Frequency.ANNUALLY},
}

PLAN_TWICE = """
SELECT count(*) OVER (), line, plan, first
FROM (
    SELECT line, plan, min(line) OVER (PARTITION BY customer_ref, normalised, plan) AS first FROM import_row
    WHERE customer_ref IS NOT NULL AND normalised IS NOT NULL AND plan IS NOT NULL
) AS r
WHERE line <> first ORDER BY line LIMIT %(listed)s
"""
# The status of a customer is that of their first row; canceled rows need no zone.
NO_ZONE = """
SELECT count(*) OVER (), line, postal_code
FROM (
    SELECT line, postal_code, zone_known, first_value(status) OVER (PARTITION BY customer_ref ORDER BY line) AS status
    FROM import_row
) AS r
WHERE NOT zone_known AND status <> 'canceled' ORDER BY line LIMIT %(listed)s
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """What rows are read against. No `offers` or no `area`: their file has faults, and cells naming them pass."""

    region: str
    offers: Mapping[str, Offer] | None
    area: Area | None
    report: Report
    faults: Findings[Fault]


def read(path: Path, reading: Reading, passed: Callable[[int], None]) -> None:
    """Fill `import_row` with every row of the file; sound or not, so that rows are compared with all others."""
    if not path.exists():
        reading.faults.add(Fault(FILE, expected="this file in the folder"))
        return
    columns = of_customers.readers(reading.region) | READERS
    found = lines(path, reading.faults, required=tuple(columns), passed=passed)
    stage(TYPES, (_staged(line, columns, reading) for line in found))
    _compare(reading)


def _staged(line: Line, columns: Mapping[str, Reader], reading: Reading) -> tuple[Any, ...]:
    values = of_customers.values(line, columns)
    values |= {"zone_id": None, "zone_known": True, "plan_id": None}
    if reading.area and values["postal_code"]:
        values["zone_id"] = reading.area.zone_of(values["postal_code"])
        values["zone_known"] = reading.area.covers(values["postal_code"])
    if reading.offers is not None and values["plan"]:
        _take_up(reading.offers, line, values, reading)
    return tuple(values[column] for column in TYPES)


def _take_up(offers: Mapping[str, Offer], line: Line, values: dict[str, Any], reading: Reading) -> None:
    offer = offers.get(values["plan"])
    if offer is None or not offer.recurring:
        codes = [code for code, offer in offers.items() if offer.recurring] or ["there is none"]
        line.refuse("plan", f"a recurring plan: {_some(codes)}")
        return
    values["plan_id"] = offer.id
    if offer.frequency is None:
        return
    if offer.frequency is Frequency.BIWEEKLY and not line.cells["week_parity"]:
        line.refuse("week_parity", "A, B or every")
    for column, frequencies in USED_BY.items():
        if values[column] and offer.frequency not in frequencies:
            values[column] = None
            said = f"is not used by the plan {values['plan']}, and left out"
            reading.report.warnings.add(Notice(FILE, line.number, column, line.cells[column], said))


def _compare(reading: Reading) -> None:
    twice = rows(PLAN_TWICE, {"listed": LISTED})
    reading.faults.extend(
        (
            Fault(FILE, line, "plan", plan, f"each plan once on a property; line {first} has it")
            for _, line, plan, first in twice
        ),
        twice[0][0] if twice else 0,
    )
    if reading.area:
        expected = f"a postal code of a zone: {_some(reading.area.zones)}"
        unknown = rows(NO_ZONE, {"listed": LISTED})
        reading.faults.extend(
            (Fault(FILE, line, "postal_code", code, expected) for _, line, code in unknown),
            unknown[0][0] if unknown else 0,
        )


def _some(words: Iterable[str]) -> str:
    first = list(islice(words, 13))
    return ", ".join([*first[:12], "…"] if first[12:] else first)
