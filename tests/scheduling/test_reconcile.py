"""Reconcile makes open routes equal to what is due, and never undoes what a person did."""

from typing import Any

import pytest

from nextroute.customers.models import Customer, Pause
from nextroute.scheduling.models import BlackoutDate, Hold, MasterRoute, Route, Skip, Stop
from nextroute.scheduling.reconcile import Change, reconcile
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON, D, days


def run(
    business: Business, from_: str = "2026-06-01", to: str = "2026-06-30", today: str = "2026-06-01", **more: Any
) -> Change:
    return reconcile(business, D(from_), D(to), today=D(today), **more)


def test_every_due_visit_gets_a_stop_and_a_second_run_changes_nothing(bright: Business, ada: Customer) -> None:
    assert run(bright) == Change(inserted=5)
    assert days(ada) == ["2026-06-02", "2026-06-09", "2026-06-16", "2026-06-23", "2026-06-30"]
    assert run(bright) == Change()


def test_the_past_is_not_reconciled(bright: Business) -> None:
    with pytest.raises(ValueError):
        run(bright, from_="2026-05-31")


def test_a_pending_customer_has_no_visits(bright: Business, ada: Customer) -> None:
    Customer.objects.update(activated_on=None)
    assert run(bright) == Change()


def hold(customer: Customer, first: str, last: str, **more: Any) -> Hold:
    return Hold.objects.create(
        business_id=customer.business_id,
        customer=customer,
        start_date=D(first),
        end_date=D(last),
        effective_from=D(more.pop("effective_from", first)),
        placed_at=NOON,
        **more,
    )


def test_holds_skips_pauses_and_cancellation_take_visits_away_and_give_them_back(
    bright: Business, ada: Customer
) -> None:
    subscription = ada.subscriptions.get()
    run(bright)
    away = hold(ada, "2026-06-08", "2026-06-10")
    skip = Skip.objects.create(
        business=bright, customer=ada, subscription=subscription, due_on=D("2026-06-16"), placed_at=NOON
    )
    pause = Pause.objects.create(business=bright, customer=ada, first_day=D("2026-06-22"), last_day=D("2026-06-23"))
    Customer.objects.update(canceled_on=D("2026-06-30"))
    assert run(bright, customers=[ada]) == Change(removed=4)
    assert days(ada) == ["2026-06-02"]
    reasons = Stop.objects.exclude(removed_at=None).order_by("due_on").values_list("removed_by", "removed_reason")
    assert list(reasons) == [("reconcile", r) for r in ("hold", "skip", "paused", "canceled")]

    Hold.objects.filter(id=away.id).update(lifted_at=NOON)
    Skip.objects.filter(id=skip.id).update(undone_at=NOON)
    pause.delete()
    Customer.objects.update(canceled_on=None)
    assert run(bright, customers=[ada]) == Change(restored=4)
    assert len(days(ada)) == 5


def test_a_hold_of_one_property_leaves_the_others(bright: Business, ada: Customer) -> None:
    here = ada.properties.get()
    assert here.zone
    there = cast.a_property(ada, here.zone, "3120 Teller Street")
    cast.a_subscription(there, cast.a_plan(bright))
    hold(ada, "2026-06-01", "2026-06-30", property=there)
    assert run(bright) == Change(inserted=5)
    assert set(ada.stops.values_list("property", flat=True)) == {here.id}


def test_one_customers_reconciliation_generates_nothing_past_the_last_generated_day(
    bright: Business, ada: Customer
) -> None:
    run(bright, to="2026-06-09")
    assert run(bright, to="2026-08-30", customers=[ada]) == Change()
    assert days(ada) == ["2026-06-02", "2026-06-09"]


def test_dispatched_routes_are_never_touched(bright: Business, ada: Customer) -> None:
    run(bright)
    Route.objects.filter(date=D("2026-06-02")).update(status="dispatched")
    hold(ada, "2026-06-01", "2026-06-30")
    assert run(bright) == Change(removed=4)
    assert days(ada) == ["2026-06-02"]


def test_nothing_is_restored_and_no_part_is_made_once_a_part_was_dispatched(
    bright: Business, ada: Customer, eve: Customer
) -> None:
    MasterRoute.objects.update(max_stops=1)
    away = hold(ada, "2026-06-01", "2026-06-03")
    run(bright, to="2026-06-02")
    Route.objects.filter(date=D("2026-06-02")).update(status="dispatched")
    Hold.objects.filter(id=away.id).update(lifted_at=NOON)
    assert run(bright, to="2026-06-02") == Change()
    assert days(ada) == []


def test_routes_split_at_max_stops_and_a_placed_stop_never_changes_part(bright: Business, ada: Customer) -> None:
    MasterRoute.objects.update(max_stops=2)
    zone = ada.properties.get().zone
    assert zone
    others = [cast.a_customer(bright, f"c{n}") for n in range(4)]
    for other in others:
        cast.served(other, zone=zone)
    run(bright, to="2026-06-02")

    def parts() -> dict[str, int]:
        return dict(Stop.objects.filter(removed_at=None).values_list("customer__ref", "route__part"))

    before = parts()
    assert sorted(before.values()) == [1, 1, 2, 2, 3]
    hold(ada, "2026-06-01", "2026-06-03")
    run(bright, to="2026-06-02")
    assert parts() == {ref: part for ref, part in before.items() if ref != "ada"}
    cast.served(cast.a_customer(bright, "new"), zone=zone)
    run(bright, to="2026-06-02")
    after = parts()
    assert {ref: part for ref, part in after.items() if ref != "new"} == {r: p for r, p in before.items() if r != "ada"}
    assert after["new"] == before["ada"], "the first open part with room"


def test_what_the_office_moved_removed_added_or_repeated_is_never_undone(bright: Business, ada: Customer) -> None:
    run(bright)
    first, second, third, fourth, _ = ada.stops.order_by("due_on")
    other_day = Route.objects.create(
        business=bright, master_route=MasterRoute.objects.get(), date=D("2026-06-04"), original_date=D("2026-06-04")
    )
    Stop.objects.filter(id=first.id).update(route=other_day, service_date=other_day.date, moved_by="staff:bo")
    Stop.objects.filter(id=second.id).update(removed_at=NOON, removed_by="office", removed_reason="office")
    Stop.objects.filter(id=third.id).update(status="skipped", skip_category="no_access")
    again = {f.attname: getattr(third, f.attname) for f in Stop._meta.concrete_fields if f.name != "id"}
    Stop.objects.create(**(again | {"attempt": 2, "origin": "office"}))
    hold(ada, "2026-06-01", "2026-06-28")
    assert run(bright) == Change(removed=1), "the fourth is the rule's alone"
    assert ada.stops.get(id=fourth.id).removed_by == "reconcile"
    assert days(ada) == ["2026-06-04", "2026-06-16", "2026-06-16", "2026-06-30"]


def blackout(business: Business, day: str, effect: str, **more: Any) -> BlackoutDate:
    return BlackoutDate.objects.create(business=business, date=D(day), effect=effect, name="Juneteenth", **more)


def test_a_blackout_moves_visits_also_over_the_end_of_the_window_and_back(bright: Business, ada: Customer) -> None:
    run(bright)
    off = blackout(bright, "2026-06-16", "next_day")
    assert run(bright, from_="2026-06-16", to="2026-06-16") == Change(moved=1)
    assert days(ada) == ["2026-06-02", "2026-06-09", "2026-06-17", "2026-06-23", "2026-06-30"]
    assert ada.stops.get(service_date=D("2026-06-17")).due_on == D("2026-06-16")
    assert run(bright) == Change()
    off.delete()
    assert run(bright, from_="2026-06-16", to="2026-06-16") == Change(moved=1)
    assert days(ada)[2] == "2026-06-16"


def test_a_zones_blackout_beats_the_businesss(bright: Business, ada: Customer) -> None:
    blackout(bright, "2026-06-16", "skip")
    blackout(bright, "2026-06-16", "shift_week", zone=ada.properties.get().zone)
    run(bright)
    assert days(ada) == ["2026-06-02", "2026-06-09", "2026-06-17", "2026-06-23", "2026-06-30"]


def test_a_visit_moved_onto_a_held_day_is_held(bright: Business, ada: Customer) -> None:
    blackout(bright, "2026-06-16", "next_day")
    hold(ada, "2026-06-17", "2026-06-17")
    run(bright)
    assert days(ada) == ["2026-06-02", "2026-06-09", "2026-06-23", "2026-06-30"]


def test_a_visit_moved_before_the_window_comes_back_into_it(bright: Business, ada: Customer) -> None:
    blackout(bright, "2026-06-02", "next_day")
    assert run(bright, from_="2026-06-03", to="2026-06-03", today="2026-06-03") == Change(inserted=1)
    assert ada.stops.get().due_on == D("2026-06-02")


def test_a_property_put_on_another_master_route_moves_with_it(bright: Business, ada: Customer) -> None:
    run(bright)
    other = cast.a_zone(bright, "South", weekday=2).master_routes.get()
    ada.master_stops.update(master_route=other)
    assert run(bright) == Change(moved=5)
    assert set(ada.stops.values_list("route__master_route", flat=True)) == {other.id}


def test_a_fixed_number_of_statements_however_many_customers(
    bright: Business, ada: Customer, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(8):
        run(bright)
    for n in range(20):
        cast.served(cast.a_customer(bright, f"c{n}"))
    with django_assert_num_queries(8):
        run(bright)
