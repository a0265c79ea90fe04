"""Small exports for tests of importing: a sound folder, and what a test changes in it."""

import csv
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.db import connection

from nextroute.core import scope
from nextroute.core.actors import SYSTEM
from nextroute.scheduling import importing
from nextroute.scheduling.importing import ImportRefused, Report
from nextroute.tenancy import businesses
from nextroute.tenancy.businesses import Business

SLUG = "bright-bins"
TODAY = date(2026, 7, 10)  # a Friday
NOW = datetime(2026, 7, 10, 18, tzinfo=UTC)  # noon in Denver

BUSINESS = {
    "slug": SLUG, "name": "Bright Bins", "timezone": "America/Denver", "currency": "USD", "locale": "en-US",
    "email": "hello@brightbins.example", "phone": "+13035550142", "address": "", "primary_color": "#0e7490",
    "accent_color": "#f59e0b", "default_tax_rate": "8.25", "payment_terms_days": "15", "working_days": "mon-fri",
}  # fmt: skip
_PLAN = {
    "plan_type": "recurring", "price_cents": "1250", "additional_bin_price_cents": "300", "setup_fee_cents": "0",
    "billing_mode": "per_visit", "visibility": "public", "season_months": "",
}  # fmt: skip
_ROW = {
    "customer_ref": "C1", "first_name": "Ada", "last_name": "Ames", "company": "", "email": "ada@example.com",
    "phone": "303-555-0142", "language": "en", "status": "active", "address1": "8447 West 51st Avenue",
    "address2": "", "city": "Arvada", "state": "CO", "postal_code": "80002", "lat": "39.789865",
    "lng": "-105.092429", "plan": "weekly", "bins": "1", "week_parity": "", "month_week": "",
    "starts_on": "2023-03-10", "gate_code": "", "notes": "",
}  # fmt: skip

type Cells = Mapping[str, str]


def a_plan(code: str = "weekly", **changes: str) -> dict[str, str]:
    return {"code": code, "name": code.title(), "frequency": code} | _PLAN | changes


def a_zone(name: str = "North", zip_codes: str = "80002", day_of_week: str = "monday") -> dict[str, str]:
    return {"name": name, "zip_codes": zip_codes, "day_of_week": day_of_week}


def a_row(**changes: str) -> dict[str, str]:
    """Ada's: weekly at one property in North, active."""
    return _ROW | changes


PLANS = [
    a_plan(),
    a_plan("biweekly", price_cents="1600"),
    a_plan("monthly"),
    a_plan("seasonal", season_months="4-10"),
    a_plan("one-time", frequency="one_time", plan_type="one_time"),
]
ZONES = [a_zone(), a_zone("South", "80003", "tuesday")]


def write(path: Path, rows: Iterable[Cells]) -> None:
    rows = list(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


class Export:
    """A folder that can be changed and imported, again and again."""

    def __init__(self, folder: Path, slug: str = SLUG) -> None:
        self.folder, self.slug = folder, slug
        self.business(slug=slug)
        self.plans(*PLANS)
        self.zones(*ZONES)
        self.rows(a_row())

    def business(self, **changes: str) -> None:
        write(self.folder / "business.csv", [BUSINESS | changes])

    def plans(self, *rows: Cells) -> None:
        write(self.folder / "plans.csv", rows)

    def zones(self, *rows: Cells) -> None:
        write(self.folder / "zones.csv", rows)

    def rows(self, *rows: Cells) -> None:
        write(self.folder / "customers.csv", rows)

    def text(self, file: str, text: str | bytes) -> None:
        (self.folder / file).write_bytes(text if isinstance(text, bytes) else text.encode())

    def drop(self, *files: str) -> None:
        for file in files:
            (self.folder / file).unlink()

    def load(self, today: date | None = TODAY, folder: Path | None = None) -> Report:
        return importing.import_folder(
            folder or self.folder, slug=self.slug, today=today, now=NOW, actor=SYSTEM, progress=lambda _, __: None
        )

    def faults(self, today: date | None = TODAY) -> list[str]:
        """What the import is refused for."""
        try:
            self.load(today)
        except ImportRefused as refused:
            return [str(fault) for fault in refused.faults]
        return []


def found(slug: str = SLUG) -> Business:
    business = businesses.find(slug)
    assert business is not None
    return business


def counts(report: Report) -> dict[str, tuple[int, int, int, int]]:
    """Created, changed, unchanged, ended, by noun."""
    return {noun: (c.created, c.changed, c.unchanged, c.ended) for noun, c in report.counts.items()}


TABLES = (
    "tenancy_business", "tenancy_branding", "customers_customer", "customers_property", "customers_pause",
    "identity_login", "identity_access", "scheduling_plan", "scheduling_zone", "scheduling_subscription",
    "scheduling_masterroute", "scheduling_masterstop", "scheduling_route", "scheduling_stop",
)  # fmt: skip


def contents(slug: str = SLUG) -> dict[str, list[Any]]:
    """Every row of the business, with the transaction that wrote it: equal only when nothing was written."""
    business = businesses.find(slug)
    if business is None:
        return {}
    with scope.business(business.id), connection.cursor() as cursor:
        every = {}
        for table in TABLES:
            cursor.execute(f"SELECT t.ctid::text, t.xmin::text, t.* FROM {table} t ORDER BY t.id")
            every[table] = cursor.fetchall()
    return every
