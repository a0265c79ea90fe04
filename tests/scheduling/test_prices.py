"""What it does to the bill when visits fall away and come back. The worked table is read from docs/rules/holds.md."""

from typing import Any

import pytest

from nextroute.core.money import share
from nextroute.customers.models import Customer
from nextroute.scheduling import blackouts, holds, reconcile
from nextroute.scheduling.calendar import Effect
from nextroute.scheduling.models import Hold, Plan
from nextroute.scheduling.outlook import Outlook
from nextroute.scheduling.prices import Money
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON, D
from tests.doors import SOMEBODY
from tests.worked import Row, Tables

TODAY = D("2026-06-01")
TABLES = Tables("holds.md")
READ_ELSEWHERE = {"Notice"}  # test_notice.py
IN_WORDS = {"Changing a hold"}  # test_hold_changes.py
OF_FREQUENCY: dict[str, dict[str, Any]] = {"biweekly": {"week_parity": "B"}}


def a_served_customer(business: Business, row: Row) -> Customer:
    kim = cast.a_customer(business, "kim")
    zone = cast.a_zone(business)
    prop = cast.a_property(kim, zone, bin_count=int(row["bins"]))
    plan = cast.a_plan(
        business,
        row["frequency"],
        billing_mode=row["billed"],
        price_cents=int(row["price"]),
        additional_bin_price_cents=int(row["each further bin"]),
    )
    cast.a_subscription(prop, plan, **OF_FREQUENCY.get(row["frequency"], {}))
    reconcile.reconcile(business, TODAY, D("2026-06-30"), today=TODAY)
    return kim


def place(customer: Customer, first: str, last: str) -> tuple[Hold, Outlook]:
    return holds.place(customer=customer, start_date=D(first), end_date=D(last), actor=SOMEBODY, now=NOON)


@TABLES.worked("Money")
def test_a_hold_does_to_the_bill_what_the_table_says_and_lifting_it_the_contrary(bright: Business, row: Row) -> None:
    bright.hold_credit = row["hold_credit"]
    kim = a_served_customer(bright, row)
    kim.business = bright
    hold, found = place(kim, *row["away"].split(" – "))
    uncredited = row["credit"] == "nothing comes off"
    credit = 0 if uncredited else int(row["credit"])
    assert found.money == Money(int(row["not billed"]), credit, uncredited=uncredited)
    _, back = holds.lift(hold=hold, actor=SOMEBODY, now=NOON)
    assert back.money == Money(-int(row["not billed"]), -credit)


def test_every_table_is_read_by_a_test() -> None:
    assert TABLES.headings == TABLES.read | READ_ELSEWHERE | IN_WORDS


def test_each_visit_says_its_price_and_one_of_a_flat_plan_none(ada: Customer, bright: Business) -> None:
    here = ada.properties.get()
    flat = cast.a_plan(bright, code="flat", billing_mode=Plan.BillingMode.FLAT, name="Flat")
    cast.a_subscription(here, flat)
    here.bin_count = 2
    here.save()
    Plan.objects.filter(code="weekly").update(additional_bin_price_cents=300)
    reconcile.reconcile(bright, TODAY, D("2026-06-30"), today=TODAY)
    _, found = place(ada, "2026-06-08", "2026-06-10")
    assert {line.visit.plan: line.cents for line in found.away} == {"Weekly Bin Cleaning": 1550, "Flat": None}


def test_a_visit_that_a_holiday_moved_belongs_to_the_month_it_was_due_in(bright: Business) -> None:
    row = {"bins": "1", "billed": "flat", "price": "5000", "each further bin": "0", "frequency": "weekly"}
    kim = a_served_customer(bright, row)
    blackouts.add(business=bright, date=D("2026-06-30"), name="Off", effect=Effect.NEXT_DAY, actor=SOMEBODY, now=NOON)
    _, found = place(kim, "2026-07-01", "2026-07-01")
    assert found.money.credit_cents == 1000  # one of June's five, not of July's four


def test_what_keeps_visits_away_does_not_make_the_others_dearer(bright: Business) -> None:
    row = {"bins": "1", "billed": "flat", "price": "5000", "each further bin": "0", "frequency": "weekly"}
    kim = a_served_customer(bright, row)
    place(kim, "2026-06-08", "2026-06-10")
    blackouts.add(business=bright, date=D("2026-06-16"), name="Off", effect=Effect.SKIP, actor=SOMEBODY, now=NOON)
    assert place(kim, "2026-06-22", "2026-06-24")[1].money.credit_cents == 1000


@pytest.mark.parametrize(
    ("cents", "part", "whole", "answer"),
    [(5000, 2, 5, 2000), (1001, 1, 2, 501), (-1001, 1, 2, -501), (1001, -1, 2, -501), (5000, 0, 5, 0), (5000, 1, 0, 0)],
)
def test_a_share_is_rounded_half_away_from_zero_and_a_share_of_none_is_nothing(
    cents: int, part: int, whole: int, answer: int
) -> None:
    assert share(cents, part, whole) == answer
