"""A route goes out, comes back, moves or is canceled; from then on rules stay away from it."""

import pytest

from nextroute.core.actors import SYSTEM
from nextroute.core.errors import Refused
from nextroute.customers.models import Customer
from nextroute.scheduling import holds, routes, stops
from nextroute.scheduling.models import MasterRoute, Route, Stop
from nextroute.scheduling.reconcile import Change, reconcile
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON, D, days

TODAY, TUESDAY, THURSDAY = D("2026-06-01"), D("2026-06-02"), D("2026-06-04")


@pytest.fixture
def route(bright: Business, ada: Customer, eve: Customer) -> Route:
    """Tuesday's, with Ada and Eve on it."""
    run(bright)
    return Route.objects.get(date=TUESDAY)


def run(business: Business) -> Change:
    return reconcile(business, TODAY, D("2026-06-10"), today=TODAY)


def dispatch(route: Route) -> Route:
    return routes.dispatch(route=route, actor=SYSTEM, now=NOON)


def move(route: Route, to: str = "2026-06-04") -> Route:
    return routes.move(route=route, to=D(to), reason="Snow", actor=SYSTEM, now=NOON)


def recall(route: Route) -> Route:
    return routes.recall(route=route, actor=SYSTEM, today=TODAY)


def cancel(route: Route) -> int:
    return routes.cancel(route=route, reason="Truck broke down", actor=SYSTEM, now=NOON)


def hold(customer: Customer, first: str = "2026-06-01", last: str = "2026-06-07") -> None:
    holds.place(customer=customer, start_date=D(first), end_date=D(last), actor=SYSTEM, now=NOON)


def first_stop(customer: Customer) -> Stop:
    return customer.stops.select_related("route").get(due_on=TUESDAY)


# Dispatch and recall


def test_a_dispatched_route_says_since_when(route: Route) -> None:
    sent = dispatch(route)
    assert (sent.status, sent.dispatched_at) == ("dispatched", NOON)


def test_a_route_is_dispatched_once(route: Route) -> None:
    dispatch(route)
    with pytest.raises(Refused):
        dispatch(route)


def test_a_hold_is_too_late_for_a_dispatched_route(route: Route, ada: Customer) -> None:
    dispatch(route)
    hold(ada)
    assert days(ada) == ["2026-06-02", "2026-06-09"]


def test_a_recalled_route_is_open_again_and_carries_what_is_due_now(route: Route, ada: Customer, eve: Customer) -> None:
    dispatch(route)
    hold(ada)
    back = recall(route)
    assert (back.status, back.dispatched_at) == ("optimized", None)
    assert days(ada) == ["2026-06-09"], "the hold reaches it now"
    assert days(eve) == ["2026-06-02", "2026-06-09"]


def test_a_route_that_is_recalled_takes_back_what_was_too_late_to_restore(
    bright: Business, route: Route, ada: Customer
) -> None:
    hold(ada)
    dispatch(route)
    ada.holds.update(lifted_at=NOON)
    run(bright)
    assert days(ada) == ["2026-06-09"]
    recall(route)
    assert days(ada) == ["2026-06-02", "2026-06-09"]


def test_only_a_dispatched_route_is_recalled_and_only_while_nothing_on_it_has_started(
    route: Route, ada: Customer
) -> None:
    with pytest.raises(Refused):
        recall(route)
    dispatch(route)
    Stop.objects.filter(id=first_stop(ada).id).update(status="en_route")
    with pytest.raises(Refused):
        recall(route)


# Move


def test_moving_a_route_takes_its_stops_along_and_keeps_the_day_they_were_due(route: Route, ada: Customer) -> None:
    moved = move(route)
    assert (moved.original_date, moved.date, moved.part, moved.reason) == (TUESDAY, THURSDAY, 1, "Snow")
    stop = first_stop(ada)
    assert (stop.due_on, stop.service_date, stop.moved_by) == (TUESDAY, THURSDAY, "system")


def test_a_moved_route_is_the_next_free_part_of_its_new_day(route: Route) -> None:
    assert move(route, "2026-06-09").part == 2


def test_a_moved_routes_stops_stay_where_they_are_put(bright: Business, route: Route, ada: Customer) -> None:
    move(route)
    assert run(bright) == Change()
    assert days(ada) == ["2026-06-04", "2026-06-09"]


def test_a_dispatched_route_that_is_moved_has_to_be_dispatched_again(route: Route) -> None:
    dispatch(route)
    moved = move(route)
    assert (moved.status, moved.dispatched_at) == ("draft", None)


def test_a_stop_removed_before_the_move_does_not_go_along(route: Route, ada: Customer, eve: Customer) -> None:
    hold(ada)
    move(route)
    assert days(ada) == ["2026-06-09"]
    assert days(eve) == ["2026-06-04", "2026-06-09"]


def test_after_a_move_nothing_of_the_old_day_is_made_or_restored(bright: Business, route: Route, ada: Customer) -> None:
    hold(ada)
    move(route)
    ada.holds.update(lifted_at=NOON)
    kim = cast.a_customer(bright, "kim")
    cast.served(kim)
    assert run(bright) == Change(inserted=1), "next Tuesday's of Kim"
    assert days(ada) == days(kim) == ["2026-06-09"]


@pytest.mark.parametrize("to", ["2026-05-31", "2026-06-02"])
def test_a_route_moves_to_another_day_and_not_into_the_past(route: Route, to: str) -> None:
    with pytest.raises(Refused) as refusal:
        move(route, to)
    assert refusal.value.field == "to"


def test_a_route_that_has_started_is_not_moved(route: Route, ada: Customer) -> None:
    dispatch(route)
    stops.complete(stop=first_stop(ada), actor=SYSTEM, now=NOON)
    with pytest.raises(Refused):
        move(route)
    assert first_stop(ada).service_date == TUESDAY


def test_a_route_may_move_past_the_days_routes_are_made_for(bright: Business, route: Route) -> None:
    move(route, "2026-06-30")
    bright.refresh_from_db()
    assert bright.generated_through == D("2026-06-10")


def test_a_visit_that_found_no_place_on_a_day_takes_one_a_moved_route_brings(
    bright: Business, route: Route, ada: Customer
) -> None:
    """Next Tuesday's route is out and Kim's visit of that day is in its record; then this Tuesday's moves there."""
    dispatch(Route.objects.get(date=D("2026-06-09")))
    kim = cast.a_customer(bright, "kim")
    cast.served(kim)
    Route.objects.filter(id=route.id).update(status="canceled")
    run(bright)
    assert days(kim) == []
    Route.objects.filter(id=route.id).update(status="draft")
    move(route, "2026-06-09")
    assert days(kim) == ["2026-06-09"]


# Cancel


def test_canceling_a_route_removes_its_stops_as_the_offices_with_its_words(route: Route, ada: Customer) -> None:
    assert cancel(route) == 2
    stop = first_stop(ada)
    assert (stop.removed_by, stop.removed_reason, stop.removed_note) == ("office", "office", "Truck broke down")
    assert (stop.route and stop.route.status) == "canceled"


def test_a_canceled_routes_visits_are_not_made_again(bright: Business, route: Route, ada: Customer) -> None:
    cancel(route)
    cast.served(cast.a_customer(bright, "kim"))
    assert run(bright) == Change(inserted=1), "next Tuesday's of Kim"
    assert days(ada) == ["2026-06-09"]


def test_canceling_a_route_under_way_keeps_what_was_done(route: Route, ada: Customer, eve: Customer) -> None:
    dispatch(route)
    stops.complete(stop=first_stop(ada), actor=SYSTEM, now=NOON)
    assert cancel(route) == 1
    assert days(ada)[0] == "2026-06-02"
    assert days(eve) == ["2026-06-09"]


def test_a_finished_route_is_not_canceled(route: Route) -> None:
    cancel(route)
    with pytest.raises(Refused):
        cancel(route)
    Route.objects.update(status="completed")
    with pytest.raises(Refused):
        cancel(route)


# Split


def test_no_part_is_added_once_another_part_of_the_day_is_out(bright: Business, ada: Customer, eve: Customer) -> None:
    MasterRoute.objects.update(max_stops=1)
    run(bright)
    dispatch(Route.objects.get(date=TUESDAY, part=1))
    kim = cast.a_customer(bright, "kim")
    cast.served(kim)
    run(bright)
    assert days(kim) == ["2026-06-09"]
    assert Route.objects.filter(date=TUESDAY).count() == 2


def test_a_place_that_comes_free_on_an_open_part_goes_to_a_new_visit_though_another_part_is_out(
    bright: Business, ada: Customer, eve: Customer
) -> None:
    MasterRoute.objects.update(max_stops=1)
    run(bright)
    dispatch(Route.objects.get(date=TUESDAY, part=1))
    (left,) = [c for c in (ada, eve) if (route := first_stop(c).route) and route.part == 2]
    hold(left)
    kim = cast.a_customer(bright, "kim")
    cast.served(kim)
    run(bright)
    assert first_stop(kim).route == Route.objects.get(date=TUESDAY, part=2)
