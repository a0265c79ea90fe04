"""The demo, and with it import, generation, dispatch and close, tells the truth about both operators' exports."""

import csv
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

from nextroute.config.embedded_postgres import running
from nextroute.scheduling.calendar import (
    Blackout,
    DayRule,
    Effect,
    Frequency,
    MonthWeek,
    Span,
    Terms,
    WeekParity,
    due,
    season_months,
)
from tests.journeys.conftest import Demo

DATA = Path(__file__).resolve().parents[2] / "demo"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
OPERATORS = [("arvada", "bright-bins"), ("manchester", "silk-city-cans")]

type Connection = psycopg.Connection[Any]


def rows(folder: str, file: str) -> list[dict[str, str]]:
    with (DATA / folder / f"{file}.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def database(demo: Demo) -> Iterator[Connection]:
    """The demo's own database, as nextroute_app."""
    addresses = running(demo.var / "postgres")
    assert addresses
    with psycopg.connect(addresses.app) as connection:
        yield connection


def enter(database: Connection, slug: str) -> tuple[Any, ...]:
    """Be in the business's scope; its today and the last day generated."""
    database.execute("SELECT set_config('nextroute.presented_key', %s, true)", [slug])
    found = database.execute("SELECT id, timezone, generated_through FROM tenancy_business").fetchone()
    assert found
    database.execute("SELECT set_config('nextroute.business_id', %s, true)", [str(found[0])])
    return datetime.now(UTC).astimezone(ZoneInfo(found[1])).date(), found[2]


@pytest.mark.parametrize(("folder", "slug"), OPERATORS)
def test_every_row_of_the_export_has_exactly_the_stops_the_rules_give(
    database: Connection, folder: str, slug: str
) -> None:
    today, through = enter(database, slug)
    assert through == today + timedelta(days=7)
    imported_on = today - timedelta(weeks=8)
    zones = {zone: row for row in rows(folder, "zones") for zone in row["zip_codes"].split(",")}
    plans = {row["code"]: row for row in rows(folder, "plans")}
    blackouts = [
        Blackout(day, Effect(effect))
        for day, effect in database.execute("SELECT date, effect FROM scheduling_blackoutdate WHERE zone_id IS NULL")
    ]
    holds = held(database)
    skips = database.execute(
        """SELECT c.ref, p.address1, s.due_on FROM scheduling_skip s JOIN customers_customer c ON c.id = s.customer_id
           JOIN scheduling_subscription su ON su.id = s.subscription_id
           JOIN customers_property p ON p.id = su.property_id WHERE s.undone_at IS NULL"""
    ).fetchall()
    expected: Counter[tuple[str, str, str, date, date]] = Counter()
    for row in rows(folder, "customers"):
        ref, address = row["customer_ref"], row["address1"]
        terms = replace(
            terms_of(row, plans[row["plan"]], zones[row["postal_code"]]["day_of_week"], imported_on),
            holds=holds.get(ref, ()),
            skips=frozenset(day for of, at, day in skips if (of, at) == (ref, address)),
        )
        for visit in due(terms, blackouts, frozenset({1, 2, 3, 4, 5}), today, through):
            if visit.reason is None:
                expected[(ref, address, plans[row["plan"]]["name"], visit.due_on, visit.day)] += 1
    found = Counter(
        database.execute(
            """SELECT c.ref, p.address1, pl.name, s.due_on, s.service_date FROM scheduling_stop s
               JOIN customers_customer c ON c.id = s.customer_id JOIN customers_property p ON p.id = s.property_id
               JOIN scheduling_subscription su ON su.id = s.subscription_id
               JOIN scheduling_plan pl ON pl.id = su.plan_id
               WHERE s.removed_at IS NULL AND s.service_date >= %s""",
            [today],
        ).fetchall()
    )
    assert found == expected
    assert found.total() > 60


def terms_of(row: dict[str, str], plan: dict[str, str], weekday: str, imported_on: date) -> Terms:
    """The row as an operator reads it, in the calendar's words."""
    starts_on = date.fromisoformat(row["starts_on"])
    rule = DayRule(
        frequency=Frequency(plan["frequency"]),
        week_parity=WeekParity(row["week_parity"]) if row["week_parity"] else None,
        month_week=MonthWeek(row["month_week"]) if row["month_week"] else None,
        anchor_month=starts_on.month,
        season=season_months(plan["season_months"]) if plan["season_months"] else frozenset(),
    )
    return Terms(
        rule=rule,
        weekdays=frozenset({WEEKDAYS.index(weekday) + 1}),
        starts_on=starts_on,
        pending=row["status"] == "pending",
        pauses=(Span(imported_on),) if row["status"] == "paused" else (),
        canceled_on=imported_on if row["status"] == "canceled" else None,
    )


def held(database: Connection) -> dict[str, tuple[Span, ...]]:
    """The days each customer is away, by ref."""
    found: dict[str, tuple[Span, ...]] = {}
    for ref, first, last in database.execute(
        """SELECT c.ref, h.effective_from, h.end_date FROM scheduling_hold h
           JOIN customers_customer c ON c.id = h.customer_id WHERE h.lifted_at IS NULL"""
    ):
        found[ref] = (*found.get(ref, ()), Span(first, last))
    return found


@pytest.mark.parametrize(("folder", "slug"), OPERATORS)
def test_the_past_eight_weeks_are_a_record_without_gaps(database: Connection, folder: str, slug: str) -> None:
    today, _ = enter(database, slug)
    first, last, done, pending = database.execute(  # type: ignore[misc]
        """SELECT min(service_date), max(service_date), count(*) FILTER (WHERE status = 'completed'),
                  count(*) FILTER (WHERE status = 'pending' AND removed_at IS NULL)
           FROM scheduling_stop WHERE service_date < %s""",
        [today],
    ).fetchone()
    assert today - timedelta(weeks=8) <= first <= today - timedelta(weeks=7)
    assert last >= today - timedelta(days=7)
    assert done > 500
    assert pending == 0


def test_a_second_start_says_that_one_is_running_and_leaves_it_alone(demo: Demo) -> None:
    second = demo.command()
    _, said = second.communicate(timeout=30)
    assert second.returncode == 1
    assert "taken" in said
    other = Demo(demo.var, port=0).command()
    _, said = other.communicate(timeout=30)
    assert other.returncode == 1
    assert "already running" in said
    assert "Traceback" not in said


def test_a_killed_database_comes_back_and_the_portal_says_sorry_meanwhile(demo: Demo) -> None:
    addresses = running(demo.var / "postgres")
    assert addresses
    pid = int((demo.var / "postgres" / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    answers = set()
    deadline = time.monotonic() + 60
    while demo.status("/healthz") != 200:
        answers.add(demo.status("/portal/at/bright-bins/"))
        assert time.monotonic() < deadline, "the database did not come back"
        time.sleep(0.1)
    assert answers <= {200, 503}
    assert demo.status("/portal/at/bright-bins/") == 200


def test_ctrl_c_stops_everything_and_the_next_start_goes_on_from_there(demo: Demo) -> None:
    assert demo.process
    pid = demo.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    before = demo.sign_ins
    assert children
    assert demo.stop() == 0
    assert not running(demo.var / "postgres")
    assert not any(Path(f"/proc/{child}").exists() for child in children)
    demo.start()
    assert demo.sign_ins == before
