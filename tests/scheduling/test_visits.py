"""What a customer is told of the days to come: scheduled, expected, or not served and why."""

from datetime import date, time
from typing import Any

import pytest

from nextroute.core import scope
from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer, Pause
from nextroute.scheduling import blackouts, holds, reconcile, routes, skips, stops, visits
from nextroute.scheduling.calendar import Effect
from nextroute.scheduling.models import MasterRoute, Route, Stop
from nextroute.scheduling.visits import State, Visit
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON, D

TODAY, TUESDAY = D("2026-06-01"), D("2026-06-02")


@pytest.fixture(autouse=True)
def _generated(bright: Business, ada: Customer) -> None:
    """Routes are made for three Tuesdays."""
    generate(bright)
    ada.business.refresh_from_db()


def generate(business: Business, to: str = "2026-06-16") -> None:
    reconcile.reconcile(business, TODAY, D(to), today=TODAY)


def told(customer: Customer, first: str = "2026-06-01", last: str = "2026-06-30", today: str = "") -> list[Visit]:
    return visits.between(customer, D(first), D(last), today=D(today) if today else D(first))


def states(customer: Customer, first: str = "2026-06-01", last: str = "2026-06-30") -> dict[str, str]:
    """State by day, with the reason of one that is off."""
    return {f"{v.day:%m-%d}": f"{v.state} {v.reason or ''}".strip() for v in told(customer, first, last)}


def on(customer: Customer, day: str) -> Visit:
    """The one visit on the day."""
    (found,) = [visit for visit in told(customer) if visit.day == D(day)]
    return found


def hold(customer: Customer, first: str, last: str) -> None:
    holds.place(customer=customer, start_date=D(first), end_date=D(last), actor=SYSTEM, now=NOON)


def blackout(business: Business, day: str, effect: Effect) -> None:
    blackouts.add(business=business, date=D(day), name="Labor Day", effect=effect, actor=SYSTEM, now=NOON)


def route_on(day: date) -> Route:
    return Route.objects.get(date=day)


# To come


def test_visits_are_scheduled_while_routes_are_made_and_expected_after(ada: Customer) -> None:
    assert states(ada) == {
        "06-02": "scheduled",
        "06-09": "scheduled",
        "06-16": "scheduled",
        "06-23": "expected",
        "06-30": "expected",
    }
    assert all(visit.coming for visit in told(ada))


def test_a_visit_says_what_when_and_where(bright: Business, ada: Customer) -> None:
    ada.properties.update(address2="Unit 4", bin_count=2, bin_location="Behind the garage")
    ada.master_stops.update(arrives_from=time(8), arrives_to=time(10, 30))
    for day in ("2026-06-02", "2026-06-23"):
        visit = on(ada, day)
        assert (visit.plan, visit.address) == ("Weekly Bin Cleaning", "8447 West 51st Avenue, Unit 4")
        assert (visit.bins, visit.bin_location) == (2, "Behind the garage")
        assert visit.window == (time(8), time(10, 30))
        assert visit.due_on == visit.day
        assert visit.moved_from is None


@pytest.mark.parametrize(
    ("status", "state"),
    [("en_route", State.ON_THE_WAY), ("arrived", State.ARRIVED), ("in_progress", State.IN_PROGRESS)],
)
def test_a_stop_under_way_says_so(ada: Customer, status: str, state: State) -> None:
    ada.stops.filter(due_on=TUESDAY).update(status=status)
    assert on(ada, "2026-06-02").state is state
    assert on(ada, "2026-06-02").coming


def test_a_visit_that_was_made_stays_on_its_day(ada: Customer) -> None:
    routes.dispatch(route=route_on(TUESDAY), actor=SYSTEM, now=NOON)
    stops.complete(stop=ada.stops.get(due_on=TUESDAY), actor=SYSTEM, now=NOON)
    assert on(ada, "2026-06-02").state is State.DONE
    assert not on(ada, "2026-06-02").coming


def test_a_stop_of_yesterday_that_nobody_touched_is_not_confirmed_yet(ada: Customer) -> None:
    (visit,) = told(ada, "2026-06-02", "2026-06-02", today="2026-06-03")
    assert visit.state is State.UNCONFIRMED


# Moved


def test_a_visit_a_blackout_moved_says_from_where(bright: Business, ada: Customer) -> None:
    blackout(bright, "2026-06-09", Effect.NEXT_DAY)
    blackout(bright, "2026-06-23", Effect.NEXT_DAY)
    for day, was, state in (
        ("2026-06-10", "2026-06-09", State.SCHEDULED),
        ("2026-06-24", "2026-06-23", State.EXPECTED),
    ):
        visit = on(ada, day)
        assert (visit.moved_from, visit.due_on, visit.state) == (D(was), D(was), state)
    assert "06-09" not in states(ada)


def test_a_visit_the_office_moved_says_from_where_and_leaves_no_trace_there(ada: Customer) -> None:
    routes.move(route=route_on(TUESDAY), to=D("2026-06-04"), reason="Snow", actor=SYSTEM, now=NOON)
    assert on(ada, "2026-06-04").moved_from == TUESDAY
    assert "06-02" not in states(ada)


def test_a_visit_moved_out_of_the_days_asked_for_is_not_in_them(ada: Customer) -> None:
    routes.move(route=route_on(TUESDAY), to=D("2026-06-19"), reason="Snow", actor=SYSTEM, now=NOON)
    assert states(ada, last="2026-06-10") == {"06-09": "scheduled"}
    assert states(ada, first="2026-06-17", last="2026-06-20") == {"06-19": "scheduled"}


def test_a_visit_sent_past_the_days_routes_are_made_for_is_expected_there(bright: Business, ada: Customer) -> None:
    blackout(bright, "2026-06-16", Effect.NEXT_DAY)
    visit = on(ada, "2026-06-17")
    assert (visit.state, visit.moved_from) == (State.EXPECTED, D("2026-06-16"))
    assert "06-16" not in states(ada)


# Off


def test_each_reason_is_told_before_and_after_routes_are_made(bright: Business, ada: Customer) -> None:
    subscription = ada.subscriptions.get()
    blackout(bright, "2026-06-02", Effect.SKIP)
    hold(ada, "2026-06-08", "2026-06-10")
    skips.place(subscription=subscription, due_on=D("2026-06-16"), actor=SYSTEM, now=NOON, notes="Party")
    Pause.objects.create(business=bright, customer=ada, first_day=D("2026-06-22"), last_day=D("2026-06-24"))
    Customer.objects.filter(id=ada.id).update(canceled_on=D("2026-06-30"))
    expected = {
        "06-02": "off holiday",
        "06-09": "off hold",
        "06-16": "off skip",
        "06-23": "off paused",
        "06-30": "off canceled",
    }
    assert states(ada) == expected
    generate(bright, "2026-06-30")
    ada.business.refresh_from_db()
    assert states(ada) == expected
    assert not any(visit.coming for visit in told(ada))


def test_the_first_reason_that_holds_is_the_one_told(bright: Business, ada: Customer) -> None:
    hold(ada, "2026-06-01", "2026-06-03")
    assert states(ada)["06-02"] == "off hold"
    blackout(bright, "2026-06-02", Effect.SKIP)
    assert states(ada)["06-02"] == "off holiday"


def test_what_is_off_says_more_the_holidays_name_the_holds_days_the_skips_words(
    bright: Business, ada: Customer
) -> None:
    blackout(bright, "2026-06-02", Effect.SKIP)
    hold(ada, "2026-06-08", "2026-06-10")
    skips.place(subscription=ada.subscriptions.get(), due_on=D("2026-06-16"), actor=SYSTEM, now=NOON, notes="Party")
    assert on(ada, "2026-06-02").note == "Labor Day"
    assert on(ada, "2026-06-09").hold == (D("2026-06-08"), D("2026-06-10"))
    assert on(ada, "2026-06-16").note == "Party"


def test_a_visit_that_is_off_says_when_its_property_is_served_next(ada: Customer) -> None:
    hold(ada, "2026-06-01", "2026-06-10")
    assert [visit.resumes_on for visit in told(ada)] == [D("2026-06-16"), D("2026-06-16"), None, None, None]


def test_it_resumes_at_the_same_property(bright: Business, ada: Customer) -> None:
    here = ada.properties.get()
    assert here.zone
    there = cast.a_property(ada, here.zone, "3120 Teller Street")
    cast.a_subscription(there, cast.a_plan(bright))
    generate(bright)
    holds.place(customer=ada, start_date=TUESDAY, end_date=D("2026-06-10"), property=there, actor=SYSTEM, now=NOON)
    (off, _) = [visit for visit in told(ada) if visit.state is State.OFF]
    assert (off.property_id, off.resumes_on) == (there.id, D("2026-06-16"))


def test_the_offices_words_for_a_canceled_route_are_told(ada: Customer) -> None:
    routes.cancel(route=route_on(TUESDAY), reason="Truck broke down", actor=SYSTEM, now=NOON)
    visit = on(ada, "2026-06-02")
    assert (visit.state, visit.reason, visit.note) == (State.OFF, "office", "Truck broke down")


def test_a_visit_moved_and_then_canceled_is_off_on_the_day_it_had_been_promised(ada: Customer) -> None:
    routes.move(route=route_on(TUESDAY), to=D("2026-06-04"), reason="Snow", actor=SYSTEM, now=NOON)
    routes.cancel(route=route_on(D("2026-06-04")), reason="More snow", actor=SYSTEM, now=NOON)
    assert states(ada, last="2026-06-07") == {"06-04": "off office"}


def test_a_visit_that_found_no_place_is_off_by_the_office(bright: Business, ada: Customer, eve: Customer) -> None:
    MasterRoute.objects.update(max_stops=1)
    routes.dispatch(route=route_on(TUESDAY), actor=SYSTEM, now=NOON)
    generate(bright)
    eve.business.refresh_from_db()
    assert states(eve)["06-02"] == "off office"


def test_a_visit_on_the_truck_comes_though_a_hold_covers_it(ada: Customer) -> None:
    routes.dispatch(route=route_on(TUESDAY), actor=SYSTEM, now=NOON)
    hold(ada, "2026-06-01", "2026-06-03")
    visit = on(ada, "2026-06-02")
    assert (visit.state, visit.coming) == (State.SCHEDULED, True)


def test_a_visit_no_rule_gives_any_more_is_not_told_of(bright: Business, ada: Customer) -> None:
    ada.subscriptions.update(ends_on=D("2026-06-08"))
    generate(bright)
    assert states(ada) == {"06-02": "scheduled"}


# Twice


def test_a_visit_that_was_not_made_and_is_repeated_is_told_twice(ada: Customer) -> None:
    routes.dispatch(route=route_on(TUESDAY), actor=SYSTEM, now=NOON)
    first = ada.stops.get(due_on=TUESDAY)
    stops.skip(stop=first, category=Stop.SkipCategory.NO_ACCESS, reason="The gate was locked", actor=SYSTEM, now=NOON)
    again = route_on(D("2026-06-09"))
    Stop.objects.create(
        business_id=ada.business_id,
        customer=ada,
        property_id=first.property_id,
        subscription_id=first.subscription_id,
        route=again,
        due_on=TUESDAY,
        service_date=D("2026-06-05"),
        attempt=2,
        origin="office",
    )
    of_tuesday = [visit for visit in told(ada) if visit.due_on == TUESDAY]
    assert [(v.day, v.state, v.note) for v in of_tuesday] == [
        (TUESDAY, State.SKIPPED, "The gate was locked"),
        (D("2026-06-05"), State.SCHEDULED, ""),
    ]


# For whom, and at what cost


def test_each_customer_is_told_of_their_own(bright: Business, ada: Customer, eve: Customer) -> None:
    generate(bright)
    before = told(ada)
    hold(eve, "2026-06-01", "2026-06-30")
    assert told(ada) == before


def test_the_customers_own_scope_shows_the_same(bright: Business, ada: Customer, eve: Customer) -> None:
    blackout(bright, "2026-06-02", Effect.NEXT_DAY)
    hold(ada, "2026-06-08", "2026-06-10")
    everything = told(ada)
    with scope.customer(bright.id, ada.id):
        assert told(ada) == everything
    with scope.customer(bright.id, eve.id):
        assert told(ada) == [], "asking for another's finds nothing"


def test_three_statements_at_most_however_many_visits(ada: Customer, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(3):
        assert len(told(ada, last="2026-06-07")) == 1
    with django_assert_max_num_queries(3):
        assert len(told(ada, last="2027-06-30")) == 57


# Finding one


def test_a_visit_to_come_is_found_by_the_day_it_was_due_wherever_it_is_driven(bright: Business, ada: Customer) -> None:
    subscription = ada.subscriptions.get()
    blackout(bright, "2026-06-09", Effect.NEXT_DAY)
    found = visits.find(ada, subscription, D("2026-06-09"), today=TODAY)
    assert found
    assert found.day == D("2026-06-10")
    assert visits.find(ada, subscription, D("2026-06-10"), today=TODAY) is None


def test_a_visit_due_before_today_and_moved_to_a_day_to_come_is_found(bright: Business, ada: Customer) -> None:
    blackout(bright, "2026-06-02", Effect.NEXT_DAY)
    found = visits.find(ada, ada.subscriptions.get(), TUESDAY, today=D("2026-06-03"))
    assert found
    assert found.day == D("2026-06-03")
