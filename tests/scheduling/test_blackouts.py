"""A blackout takes its day's visits away or elsewhere, at once and back again, where routes are still open."""

import pytest
from django.db import connection, transaction

from nextroute.core.actors import SYSTEM
from nextroute.core.errors import Refused
from nextroute.core.scope import NOWHERE, current
from nextroute.customers.models import Customer
from nextroute.scheduling import blackouts, reconcile, routes
from nextroute.scheduling.blackouts import BlackoutExists
from nextroute.scheduling.calendar import Effect
from nextroute.scheduling.models import BlackoutDate, Route, Zone
from nextroute.scheduling.reconcile import Change
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON, D, days, inside, noon

MONDAY = "2026-06-01"


def generate(business: Business, to: str = "2026-06-30", today: str = MONDAY) -> Change:
    return reconcile.reconcile(business, D(today), D(to), today=D(today))


def add(
    business: Business, day: str, effect: Effect, *, zone: Zone | None = None, today: str = MONDAY
) -> tuple[BlackoutDate, Change]:
    return blackouts.add(
        business=business, date=D(day), name="Holiday", effect=effect, zone=zone, actor=SYSTEM, now=noon(D(today))
    )


def remove(made: BlackoutDate, today: str = MONDAY) -> Change:
    return blackouts.remove(blackout=made, actor=SYSTEM, now=noon(D(today)))


@pytest.mark.parametrize(
    ("effect", "then"),
    [
        (Effect.SKIP, ["2026-06-02", "2026-06-16"]),
        (Effect.NEXT_DAY, ["2026-06-02", "2026-06-10", "2026-06-16"]),
        (Effect.SHIFT_WEEK, ["2026-06-02", "2026-06-10", "2026-06-16"]),
    ],
)
def test_a_day_off_takes_effect_at_once_and_taking_it_back_does_too(
    bright: Business, ada: Customer, effect: Effect, then: list[str]
) -> None:
    generate(bright, "2026-06-16")
    before = days(ada)
    made, change = add(bright, "2026-06-09", effect)
    assert change
    assert days(ada) == then
    assert remove(made)
    assert days(ada) == before
    assert not BlackoutDate.objects.exists()


def test_a_visit_that_falls_away_keeps_the_reason(bright: Business, ada: Customer) -> None:
    generate(bright)
    add(bright, "2026-06-09", Effect.SKIP)
    stop = ada.stops.get(due_on=D("2026-06-09"))
    assert (stop.removed_by, stop.removed_reason) == ("reconcile", "holiday")


def test_dispatched_routes_keep_their_day(bright: Business, ada: Customer) -> None:
    generate(bright, "2026-06-09")
    routes.dispatch(route=Route.objects.get(date=D("2026-06-02")), actor=SYSTEM, now=NOON)
    add(bright, "2026-06-02", Effect.NEXT_DAY)
    assert days(ada) == ["2026-06-02", "2026-06-09"]


def test_a_day_off_past_the_generated_days_waits_for_them(bright: Business, ada: Customer) -> None:
    generate(bright, "2026-06-09")
    assert add(bright, "2026-06-16", Effect.NEXT_DAY)[1] == Change()
    generate(bright)
    assert days(ada)[2] == "2026-06-17"


def test_before_the_first_generation_there_is_nothing_to_change(bright: Business, ada: Customer) -> None:
    assert add(bright, "2026-06-09", Effect.SKIP)[1] == Change()


def test_a_visit_sent_past_the_generated_days_comes_when_they_are_generated(bright: Business, ada: Customer) -> None:
    generate(bright, "2026-06-09")
    add(bright, "2026-06-09", Effect.NEXT_DAY)
    assert days(ada) == ["2026-06-02"]
    generate(bright, "2026-06-10", today="2026-06-10")
    assert days(ada) == ["2026-06-02", "2026-06-10"]


def test_a_second_day_off_finds_visits_that_the_first_sent_there_from_weeks_before(
    bright: Business, ada: Customer
) -> None:
    """Closed over the year's end, each day to the next working day; then the first day back falls away, too."""
    generate(bright, "2027-01-15", today="2026-12-21")
    for n in (22, 23, 24, 25, 28, 29, 30, 31):
        add(bright, f"2026-12-{n}", Effect.NEXT_DAY, today="2026-12-21")
    add(bright, "2027-01-01", Effect.NEXT_DAY, today="2026-12-21")
    assert days(ada) == ["2027-01-04", "2027-01-04", "2027-01-05", "2027-01-12"]
    back, _ = add(bright, "2027-01-04", Effect.SKIP, today="2026-12-21")
    assert days(ada) == ["2027-01-05", "2027-01-05", "2027-01-05", "2027-01-12"]
    remove(back, today="2026-12-21")
    assert days(ada) == ["2027-01-04", "2027-01-04", "2027-01-05", "2027-01-12"]


def test_a_visit_that_was_due_before_today_falls_away_on_the_day_it_was_sent_to(
    bright: Business, ada: Customer
) -> None:
    generate(bright, "2026-06-09")
    add(bright, "2026-06-02", Effect.SHIFT_WEEK)
    assert days(ada) == ["2026-06-03", "2026-06-09"]
    add(bright, "2026-06-03", Effect.SKIP, today="2026-06-03")
    assert days(ada) == ["2026-06-09"]


def test_a_day_off_of_one_zone_leaves_the_others(bright: Business, ada: Customer) -> None:
    south = cast.a_zone(bright, "South")
    kim = cast.a_customer(bright, "kim")
    cast.served(kim, zone=south)
    generate(bright, "2026-06-02")
    add(bright, "2026-06-02", Effect.SKIP, zone=south)
    assert (days(ada), days(kim)) == (["2026-06-02"], [])


def test_there_is_one_day_off_for_each_date_and_zone_and_one_for_all(bright: Business) -> None:
    north = cast.a_zone(bright)
    for zone in (None, north):
        add(bright, "2026-06-09", Effect.SKIP, zone=zone)
        with pytest.raises(BlackoutExists) as refusal:
            add(bright, "2026-06-09", Effect.NEXT_DAY, zone=zone)
        assert refusal.value.field == "date"
    assert BlackoutDate.objects.count() == 2


def test_a_day_gone_by_is_neither_taken_off_nor_given_back(bright: Business) -> None:
    with pytest.raises(Refused):
        add(bright, "2026-05-31", Effect.SKIP)
    made, _ = add(bright, "2026-06-01", Effect.SKIP)
    with pytest.raises(Refused):
        remove(made, today="2026-06-02")
    assert remove(made) == Change()


def test_both_open_the_transaction_and_the_scope_they_need(committed: None) -> None:
    business = cast.a_business()
    add(business, "2026-06-09", Effect.SKIP)
    with inside(business):
        made = BlackoutDate.objects.get()
    remove(made)
    assert current() == NOWHERE
    assert not connection.in_atomic_block
    with transaction.atomic(), inside(business):
        assert not BlackoutDate.objects.exists()
