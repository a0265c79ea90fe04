"""A stop is made, or is not; it keeps what it cost then."""

from decimal import Decimal

import pytest

from nextroute.core.actors import SYSTEM
from nextroute.core.errors import Refused
from nextroute.customers.models import Customer
from nextroute.scheduling import reconcile, routes, stops
from nextroute.scheduling.models import Plan, Route, Stop
from nextroute.tenancy.businesses import Business
from tests.cast import NOON, D

TODAY, TUESDAY = D("2026-06-01"), D("2026-06-02")


@pytest.fixture
def route(bright: Business, ada: Customer, eve: Customer) -> Route:
    """Tuesday's, on its way with Ada and Eve."""
    reconcile.reconcile(bright, TODAY, TUESDAY, today=TODAY)
    return routes.dispatch(route=Route.objects.get(), actor=SYSTEM, now=NOON)


def stop_of(customer: Customer) -> Stop:
    return customer.stops.select_related("route").get()


def complete(stop: Stop) -> Stop:
    return stops.complete(stop=stop, actor=SYSTEM, now=NOON)


def skip(stop: Stop) -> Stop:
    category = Stop.SkipCategory.NO_ACCESS
    return stops.skip(stop=stop, category=category, reason="The gate was locked", actor=SYSTEM, now=NOON)


def test_a_completed_stop_keeps_price_bins_and_plan_whatever_they_become(
    bright: Business, route: Route, ada: Customer
) -> None:
    Plan.objects.update(price_cents=7500, additional_bin_price_cents=500, tax_rate=None, name="Weekly")
    Business.objects.update(default_tax_rate=Decimal("8.25"))
    ada.properties.update(bin_count=2)
    complete(stop_of(ada))
    Plan.objects.update(price_cents=9900, additional_bin_price_cents=0, tax_rate=1, name="Gold")
    ada.properties.update(bin_count=5)
    stop = stop_of(ada)
    assert (stop.status, stop.completed_at) == ("completed", NOON)
    assert (stop.price_cents, stop.additional_bin_price_cents, stop.bins) == (7500, 500, 2)
    assert (stop.tax_rate, stop.plan_name) == (Decimal("8.25"), "Weekly")


@pytest.mark.parametrize("rate", [Decimal(0), Decimal("4.1")])
def test_a_plans_tax_rate_overrides_the_businesss_nought_too(route: Route, ada: Customer, rate: Decimal) -> None:
    Business.objects.update(default_tax_rate=Decimal("8.25"))
    Plan.objects.update(tax_rate=rate)
    complete(stop_of(ada))
    assert stop_of(ada).tax_rate == rate


def test_a_stop_that_was_not_made_says_why(route: Route, ada: Customer) -> None:
    skip(stop_of(ada))
    stop = stop_of(ada)
    assert (stop.status, stop.skip_category, stop.skip_reason) == ("skipped", "no_access", "The gate was locked")
    assert stop.price_cents is None


def test_a_route_is_in_progress_with_its_first_stop_and_completed_with_its_last(
    route: Route, ada: Customer, eve: Customer
) -> None:
    complete(stop_of(ada))
    assert Route.objects.get().status == "in_progress"
    skip(stop_of(eve))
    assert Route.objects.get().status == "completed"


def test_a_removed_stop_keeps_no_route_from_being_completed(route: Route, ada: Customer, eve: Customer) -> None:
    eve.stops.update(removed_at=NOON, removed_by="office", removed_reason="office")
    complete(stop_of(ada))
    assert Route.objects.get().status == "completed"


@pytest.mark.parametrize("act", [complete, skip])
def test_nothing_is_made_before_its_route_is_out(bright: Business, ada: Customer, act: type) -> None:
    reconcile.reconcile(bright, TODAY, TUESDAY, today=TODAY)
    with pytest.raises(Refused, match="has not been dispatched"):
        act(stop_of(ada))


@pytest.mark.parametrize("act", [complete, skip])
def test_a_stop_is_done_once(route: Route, ada: Customer, act: type) -> None:
    complete(stop_of(ada))
    with pytest.raises(Refused, match="done already"):
        act(stop_of(ada))


@pytest.mark.parametrize("act", [complete, skip])
def test_a_removed_stop_is_not_made(route: Route, ada: Customer, act: type) -> None:
    ada.stops.update(removed_at=NOON, removed_by="office", removed_reason="office")
    with pytest.raises(Refused, match="not on its route any more"):
        act(stop_of(ada))


def test_a_driver_who_looks_at_an_old_list_is_told(route: Route, ada: Customer) -> None:
    """The stop they have in hand was on another route."""
    seen = stop_of(ada)
    other = Route.objects.create(
        business_id=route.business_id,
        master_route_id=route.master_route_id,
        date=TUESDAY,
        original_date=TUESDAY,
        part=2,
        status="dispatched",
    )
    ada.stops.update(route=other)
    with pytest.raises(Refused, match="not on its route any more"):
        complete(seen)
