"""plans.csv: what is sold, known by its code."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from uuid import UUID

from nextroute.customers.importing import Counts, Fault, Findings, Notice, Report
from nextroute.customers.importing.cells import Reader, maybe, one_of, text, whole
from nextroute.customers.importing.sheets import Line, lines
from nextroute.scheduling.calendar import Frequency, season_months
from nextroute.scheduling.plans import Plan
from nextroute.tenancy.businesses import Business

FILE = "plans.csv"
_CENTS = 10**12


def _season(cell: str) -> list[int]:
    try:
        return sorted(season_months(cell))
    except ValueError:
        raise ValueError("months, such as 4-10, 11-3 or 4,6,8") from None


def _percent(cell: str) -> Decimal:
    try:
        rate = Decimal(cell)
    except InvalidOperation:
        rate = Decimal(-1)
    if not (rate.is_finite() and 0 <= rate <= 100 and rate == round(rate, 3)):
        raise ValueError("percent from 0 to 100, with at most three decimals")
    return rate


READERS: dict[str, Reader] = {
    "code": text(needed=True),
    "name": text(needed=True),
    "plan_type": one_of(*Plan.Type.values),
    "frequency": one_of(*Frequency),
    "price_cents": whole(0, _CENTS),
    "additional_bin_price_cents": whole(0, _CENTS, otherwise=0),
    "setup_fee_cents": whole(0, _CENTS, otherwise=0),
    "billing_mode": one_of(*Plan.BillingMode.values, otherwise=Plan.BillingMode.PER_VISIT),
    "visibility": one_of(*Plan.Visibility.values, otherwise=Plan.Visibility.PUBLIC),
    "season_months": maybe(_season),
}
FURTHER: dict[str, Reader] = {
    "description": text(10_000),
    "tax_rate": maybe(_percent),
    "sort_order": whole(-(10**6), 10**6, otherwise=0),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """What rows of customers.csv need to know of a plan; `id` and `frequency` are none when its own row has a fault.

    `altered_at` is the line that changes whom the plan suits: its type or its frequency.
    """

    id: UUID | None
    frequency: Frequency | None
    recurring: bool
    altered_at: int | None = None


def read(path: Path, business: Business, report: Report, faults: Findings[Fault]) -> dict[str, Offer] | None:
    """Create and change the plans; every plan of the business by its code. None when the file could not be read."""
    plans = {plan.code: plan for plan in Plan.objects.filter(business=business).order_by("sort_order", "id")}
    counts = report.counts["plans"] = Counts()
    offers = {code: _offer(plan) for code, plan in plans.items()}
    if not path.exists():
        counts.unchanged = len(plans)
        if not plans:
            faults.add(Fault(FILE, expected="this file in the folder, as the business has no plans yet"))
        return offers or None
    seen: dict[str, int] = {}
    before = faults.total
    for line in lines(path, faults, required=tuple(READERS), optional=tuple(FURTHER)):
        values = _values(line, seen, report)
        code = line.cells["code"]
        if line.sound:
            offers[code] = _write(plans.get(code), business, values, line, counts)
        else:
            offers[code] = Offer(None, None, recurring=True)
    for code in [code for code in plans if code not in seen]:
        report.absent.add(f"plan {code}")
    if not offers and faults.total == before:
        faults.add(Fault(FILE, expected="a plan below the header"))
    return offers or None


def _offer(plan: Plan, altered_at: int | None = None) -> Offer:
    recurring = plan.plan_type == Plan.Type.RECURRING
    return Offer(plan.id, Frequency(plan.frequency), recurring, altered_at)


def _values(line: Line, seen: dict[str, int], report: Report) -> dict[str, Any]:
    columns = READERS | {column: reader for column, reader in FURTHER.items() if column in line.cells}
    values = {column: line.read(column, reader) for column, reader in columns.items()}
    first = seen.setdefault(line.cells["code"], line.number)
    if first != line.number:
        line.refuse("code", f"each code once; line {first} has it")
    plan_type, frequency = values["plan_type"], values["frequency"]
    if plan_type and frequency and (plan_type == "recurring") == (frequency == "one_time"):
        line.refuse("frequency", "one_time for a plan that is not recurring, and no other frequency")
    if values["frequency"] == "seasonal" and not line.cells["season_months"]:
        line.refuse("season_months", "months, such as 4-10, 11-3 or 4,6,8")
    if values["frequency"] != "seasonal" and values["season_months"]:
        report.warnings.add(_unused(line, "season_months"))
        values["season_months"] = None
    values.setdefault("sort_order", len(seen))  # plans are offered in the order of the file
    return values


def _unused(line: Line, column: str) -> Notice:
    return Notice(line.file, line.number, column, line.cells[column], "is not used by this frequency, and left out")


def _write(plan: Plan | None, business: Business, values: Mapping[str, Any], line: Line, counts: Counts) -> Offer:
    if plan is None:
        counts.created += 1
        return _offer(Plan.objects.create(business=business, **values))
    changed = [name for name, value in values.items() if getattr(plan, name) != value]
    if not changed:
        counts.unchanged += 1
        return _offer(plan)
    for name in changed:
        setattr(plan, name, values[name])
    plan.save(update_fields=changed)
    counts.changed += 1
    return _offer(plan, line.number if {"plan_type", "frequency"} & set(changed) else None)
