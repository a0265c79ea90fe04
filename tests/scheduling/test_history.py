"""The past is read from rows: what was made, what was not and why, newest first, each row on one page."""

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from operator import itemgetter
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nextroute.core import scope
from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from nextroute.scheduling import closing, history, holds, photos, question, reconcile
from nextroute.scheduling.history import After, Past, PastVisit
from nextroute.scheduling.models import Hold, MasterRoute, Photo, Plan, Stop, Subscription, Zone
from nextroute.scheduling.visits import State
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON, D, a_stop, not_made
from tests.doors import statements

TODAY = D("2026-06-10")


@pytest.fixture
def weekly(ada: Customer) -> Subscription:
    return Subscription.objects.get(customer=ada)


def past(customer: Customer, rows: int = 25, **asked: Any) -> Past:
    return history.of(customer, today=TODAY, rows=rows, **asked)


def only(customer: Customer) -> PastVisit:
    (visit,) = past(customer).visits
    return visit


def days(found: Past) -> list[str]:
    return [f"{visit.day}" for visit in found.visits]


# What a row says


def test_a_visit_that_was_made_says_what_where_and_when_in_the_businesss_time(weekly: Subscription) -> None:
    a_stop(weekly, "2026-06-09", completed_at=datetime.fromisoformat("2026-06-09T15:42:30Z"))
    visit = only(weekly.customer)
    assert (visit.state, visit.day, visit.done_at) == (State.DONE, D("2026-06-09"), time(9, 42, 30))
    assert (visit.plan, visit.address) == ("Weekly", "8447 West 51st Avenue")
    assert visit.moved_from is None


@pytest.mark.parametrize(("at", "told"), [("2026-06-10T05:59:00Z", time(23, 59)), ("2026-06-10T06:00:00Z", None)])
def test_the_time_is_told_only_where_it_was_on_the_visits_own_day(
    weekly: Subscription, at: str, told: time | None
) -> None:
    """The office confirms a visit of yesterday: when it was made, nobody wrote down."""
    a_stop(weekly, "2026-06-09", completed_at=datetime.fromisoformat(at))
    assert only(weekly.customer).done_at == told


def test_a_plans_name_is_the_one_it_had_then(weekly: Subscription) -> None:
    a_stop(weekly, "2026-06-09", plan_name="Weekly, as it was")
    a_stop(weekly, "2026-06-02", status="skipped", skip_category="weather")
    Plan.objects.update(name="Gold")
    assert [visit.plan for visit in past(weekly.customer).visits] == ["Weekly, as it was", "Gold"]


def test_a_visit_that_was_not_made_says_why(weekly: Subscription) -> None:
    a_stop(weekly, "2026-06-09", status="skipped", skip_category="no_access", skip_reason="The gate was locked")
    visit = only(weekly.customer)
    assert (visit.state, visit.category, visit.note) == (State.SKIPPED, "no_access", "The gate was locked")
    assert (visit.reason, visit.done_at) == (None, None)


@pytest.mark.parametrize("reason", ["holiday", "hold", "skip", "paused", "canceled", "office"])
def test_a_day_not_served_has_its_reason_and_the_words_to_it(weekly: Subscription, reason: str) -> None:
    not_made(weekly, "2026-06-09", reason, removed_note="Founders’ Day")
    visit = only(weekly.customer)
    assert (visit.state, visit.reason, visit.note) == (State.OFF, reason, "Founders’ Day")


def test_what_the_office_took_off_is_part_of_the_past_and_what_no_rule_gives_any_more_is_not(
    weekly: Subscription,
) -> None:
    not_made(weekly, "2026-06-09", "office", by="office")
    not_made(weekly, "2026-06-02", "hold", by="reconcile")
    assert days(past(weekly.customer)) == ["2026-06-09"]


@pytest.mark.parametrize("status", ["pending", "en_route", "arrived", "in_progress"])
def test_what_nobody_confirmed_is_not_said_to_be_made(weekly: Subscription, status: str) -> None:
    a_stop(weekly, "2026-06-09", status=status)
    assert only(weekly.customer).state is State.UNCONFIRMED


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, True),
        ({"status": "skipped", "skip_category": "weather"}, True),
        ({"status": "pending"}, False),
        ({"status": "in_progress"}, False),
    ],
)
def test_of_today_only_what_is_done_is_past(weekly: Subscription, changes: dict[str, str], told: bool) -> None:
    a_stop(weekly, "2026-06-10", **changes)
    assert bool(past(weekly.customer).visits) is told


def test_what_is_off_today_is_the_schedules_to_tell_and_so_is_tomorrow(weekly: Subscription) -> None:
    not_made(weekly, "2026-06-10", "office", by="office")
    a_stop(weekly, "2026-06-11")
    assert past(weekly.customer).visits == []


def test_a_visit_driven_on_another_day_stands_there_and_says_from_where_it_came(weekly: Subscription) -> None:
    a_stop(weekly, "2026-06-09", due_on=D("2026-06-08"))
    not_made(weekly, "2026-06-03", "hold", due_on=D("2026-06-02"))
    moved, off = past(weekly.customer).visits
    assert (moved.day, moved.moved_from) == (D("2026-06-09"), D("2026-06-08"))
    assert (off.day, off.moved_from) == (D("2026-06-03"), None), "nobody came on either"


@pytest.mark.parametrize(("mode", "per_visit"), [("per_visit", True), ("flat", False)])
def test_whether_a_visit_is_paid_for_by_itself_is_known(weekly: Subscription, mode: str, per_visit: bool) -> None:
    Plan.objects.update(billing_mode=mode)
    a_stop(weekly, "2026-06-09", status="skipped", skip_category="weather")
    assert only(weekly.customer).per_visit is per_visit


def test_the_photo_from_before_comes_first(weekly: Subscription, folder: Path) -> None:
    stop = a_stop(weekly, "2026-06-09")
    a_stop(weekly, "2026-06-02")
    taken = [
        photos.add(stop=stop, kind=kind, content=cast.a_picture(colour=colour), actor=SYSTEM, now=NOON)
        for kind, colour in ((Photo.Kind.AFTER, "white"), (Photo.Kind.BEFORE, "brown"))
    ]
    pictured, bare = past(weekly.customer).visits
    assert [(picture.id, picture.kind) for picture in pictured.photos] == [
        (taken[1].pk, "before"),
        (taken[0].pk, "after"),
    ]
    assert bare.photos == []


def test_the_record_says_held_for_the_days_that_were_and_keeps_the_visits_that_came_back(
    bright: Business, ada: Customer
) -> None:
    monday = D("2026-06-01")
    reconcile.reconcile(bright, monday, TODAY, today=monday)
    hold, _ = holds.place(customer=ada, start_date=monday, end_date=D("2026-06-20"), actor=SYSTEM, now=NOON)
    holds.change(hold=hold, start_date=monday, end_date=D("2026-06-15"), actor=SYSTEM, now=NOON)
    holds.lift(hold=hold, actor=SYSTEM, now=NOON + timedelta(days=3))
    closing.close(bright, today=TODAY, now=NOON)
    told = [("2026-06-09", State.UNCONFIRMED, None), ("2026-06-02", State.OFF, "hold")]
    assert [(f"{v.day}", v.state, v.reason) for v in past(ada).visits] == told


def test_later_changes_of_rules_rewrite_nothing(bright: Business, ada: Customer) -> None:
    """From the first generation through the close, as it is lived."""
    monday = D("2026-06-01")
    reconcile.reconcile(bright, monday, TODAY, today=monday)
    holds.place(customer=ada, start_date=monday, end_date=D("2026-06-05"), actor=SYSTEM, now=NOON)
    closing.close(bright, today=TODAY, now=NOON)
    told = [("2026-06-09", State.UNCONFIRMED, None), ("2026-06-02", State.OFF, "hold")]
    assert [(f"{v.day}", v.state, v.reason) for v in past(ada).visits] == told
    Hold.objects.update(lifted_at=NOON)
    MasterRoute.objects.update(active=False)
    Subscription.objects.update(ends_on=D("2026-01-31"))
    reconcile.reconcile(bright, TODAY, TODAY, today=TODAY)
    assert [(f"{v.day}", v.state, v.reason) for v in past(ada).visits] == told


# Whose


def test_nobody_elses_past_is_told(weekly: Subscription, eve: Customer) -> None:
    a_stop(Subscription.objects.get(customer=eve), "2026-06-09")
    assert past(weekly.customer).visits == []
    assert list(past(weekly.customer).places) == [weekly.property_id]


def test_one_property_may_be_asked_for_alone(ada: Customer, weekly: Subscription) -> None:
    cabin = cast.a_property(ada, Zone.objects.get(), "1 Cabin Road")
    a_stop(weekly, "2026-06-09")
    a_stop(cast.a_subscription(cabin, cast.a_plan(ada.business)), "2026-06-02")
    found = past(ada, property_id=cabin.pk)
    assert (days(found), found.came) == (["2026-06-02"], 1)
    assert found.places == {weekly.property_id: "8447 West 51st Avenue", cabin.pk: "1 Cabin Road"}
    assert past(ada).came == 2


def test_who_has_no_past_has_their_places_all_the_same(ada: Customer, weekly: Subscription) -> None:
    found = past(ada)
    assert (found.visits, found.further, found.came, found.missed) == ([], None, 0, 0)
    assert found.places == {weekly.property_id: "8447 West 51st Avenue"}


def test_who_has_no_property_has_nothing(bright: Business) -> None:
    assert past(cast.a_customer(bright, "kim")) == Past([], None, 0, 0, {})


# This year


def test_this_year_is_counted_and_no_other(weekly: Subscription) -> None:
    for day in ("2025-12-31", "2026-01-01", "2026-06-09", "2026-06-10"):
        a_stop(weekly, day)
    assert past(weekly.customer).came == 3


def test_missed_is_what_fell_away_on_our_side(weekly: Subscription) -> None:
    for at, category in enumerate(Stop.SkipCategory.values, start=1):
        a_stop(weekly, f"2026-05-0{at}", status="skipped", skip_category=category)
    for at, reason in enumerate(["holiday", "hold", "skip", "paused", "canceled", "office"], start=1):
        not_made(weekly, f"2026-04-0{at}", reason)
    not_made(weekly, "2026-03-03", "hold", by="reconcile")
    a_stop(weekly, "2026-03-10", status="pending")
    found = past(weekly.customer)
    assert (found.came, found.missed) == (0, 4), "no access, weather, operational, and what the office took off"


# Pages


def walk(customer: Customer, rows: int, **asked: Any) -> Iterator[Past]:
    found = past(customer, rows, **asked)
    yield found
    while found.further:
        found = past(customer, rows, after=found.further, **asked)
        yield found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(made=[(1, UUID(int=n * 5 % 7)) for n in range(7)], rows=3)
@given(
    made=st.lists(st.tuples(st.integers(0, 5), st.uuids()), max_size=30, unique_by=itemgetter(1)),
    rows=st.integers(1, 9),
)
def test_every_row_stands_on_exactly_one_page_however_many_share_a_day(
    made: list[tuple[int, UUID]], rows: int, weekly: Subscription
) -> None:
    """`made`: visits, how many days before today each was made and its key, which is in no order."""
    with transaction.atomic():
        for attempt, (age, key) in enumerate(made):
            a_stop(weekly, f"{TODAY - timedelta(days=age)}", id=key, attempt=attempt)
        pages = list(walk(weekly.customer, rows))
        told = [(visit.day, visit.id) for page in pages for visit in page.visits]
        assert told == sorted(Stop.objects.values_list("service_date", "id"), reverse=True)
        assert [len(page.visits) for page in pages[:-1]] == [rows] * (len(pages) - 1)
        assert pages[-1].visits or not made
        transaction.set_rollback(True)


def test_a_visit_made_while_somebody_reads_on_moves_no_row_to_another_page(weekly: Subscription) -> None:
    for day in ("2026-06-02", "2026-05-26", "2026-05-19"):
        a_stop(weekly, day)
    first = past(weekly.customer, 2)
    a_stop(weekly, "2026-06-09")
    assert first.further
    assert days(past(weekly.customer, 2, after=first.further)) == ["2026-05-19"]


def test_pages_of_one_property_have_only_its_rows(ada: Customer, weekly: Subscription) -> None:
    cabin = cast.a_subscription(cast.a_property(ada, Zone.objects.get(), "1 Cabin Road"), cast.a_plan(ada.business))
    for age in range(1, 8):
        a_stop(weekly, f"{TODAY - timedelta(days=age)}")
        a_stop(cabin, f"{TODAY - timedelta(days=age)}")
    pages = list(walk(ada, 3, property_id=cabin.property_id))
    assert [len(page.visits) for page in pages] == [3, 3, 1]
    assert {visit.property_id for page in pages for visit in page.visits} == {cabin.property_id}


def test_a_page_is_one_statement_however_long_the_past(ada: Customer, weekly: Subscription, folder: Path) -> None:
    counts = []
    for at in range(3):
        with statements() as sent:
            past(ada)
        counts.append(len(sent))
        for age in range(1, 20):
            stop = a_stop(weekly, f"{TODAY - timedelta(days=20 * at + age)}")
            photos.add(stop=stop, kind=Photo.Kind.AFTER, content=cast.a_picture((8, 8)), actor=SYSTEM, now=NOON)
    assert counts == [1, 1, 1]


# Plans


@pytest.fixture
def crowd(committed: None, owner: psycopg.Connection[Any]) -> tuple[Business, Customer]:
    """Ada, of two properties, with 5,000 visits at one of them, among 300 customers with 30 each; analysed."""
    bright = cast.a_business()
    with cast.inside(bright):
        cast.served(cast.a_customer(bright, "ada"))
        for n in range(300):
            cast.served(cast.a_customer(bright, f"c{n}"))
        ada = Customer.objects.select_related("business").get(ref="ada")
        cast.a_property(ada, Zone.objects.get(), "1 Cabin Road")
    owner.execute(
        """INSERT INTO scheduling_stop (business_id, customer_id, property_id, subscription_id, sequence, due_on,
               service_date, attempt, removed_at, removed_by, removed_reason)
           SELECT s.business_id, s.customer_id, s.property_id, s.id, 0, day, day, n, now(), 'close', 'hold'
           FROM scheduling_subscription s
           CROSS JOIN LATERAL generate_series(1, CASE WHEN s.customer_id = %s THEN 5000 ELSE 30 END) AS n
           CROSS JOIN LATERAL (SELECT %s::date - n / 2 AS day) AS d""",
        [ada.pk, TODAY],
    )
    owner.execute("ANALYZE")
    return bright, ada


NAMES = {
    "customer": "uuid", "property": "uuid", "today": "date", "new_year": "date", "after_day": "date",
    "after_id": "uuid", "rows": "int",
}  # fmt: skip


def explained(business: Business, customer: Customer, after: After) -> list[dict[str, Any]]:
    """The scans of scheduling_stop, as the statement runs for a customer: with the one plan made for anybody."""
    text = question.sql("history")
    for at, name in enumerate(NAMES, start=1):
        text = text.replace(f"%({name})s", f"${at}")
    asked = (customer.pk, None, TODAY, D("2026-01-01"), after.day, after.id, 26)
    literals = ", ".join("NULL" if value is None else f"'{value}'" for value in asked)
    with transaction.atomic(), scope.customer(business.pk, customer.pk), connection.cursor() as cursor:
        cursor.execute(f"PREPARE history ({', '.join(NAMES.values())}) AS {text}")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE history ({literals})")
        ((found,),) = cursor.fetchall()
        cursor.execute("DEALLOCATE history")
    plan = json.loads(found) if isinstance(found, str) else found
    return [node for node in nodes(plan[0]["Plan"]) if node.get("Relation Name") == "scheduling_stop"]


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


@pytest.mark.parametrize("day", [TODAY + timedelta(days=1), D("2021-06-10")])
def test_the_index_of_a_customers_days_leads_to_the_page_and_to_this_year_alone(
    crowd: tuple[Business, Customer], day: date
) -> None:
    """A page deep in the past costs what the first one does; the sentence about this year reads this year."""
    scans = explained(*crowd, After(day, UUID(int=0)))
    assert [scan["Index Name"] for scan in scans] == ["stop_of_customer"] * 2
    read = sorted(scan["Actual Rows"] + scan.get("Rows Removed by Filter", 0) for scan in scans)
    assert read[0] <= 30, "the page: its rows, and the few more of its last day"
    assert read[1] <= 2 * 161, "two visits a day since New Year"
    assert [scan["Actual Loops"] for scan in scans] == [1, 1]
