"""A hold takes a customer's visits away for some days. Limits and words: domain, section 4."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from nextroute.core import scope
from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from nextroute.scheduling import holds, reconcile
from nextroute.scheduling.hold_limits import HoldRefused
from nextroute.scheduling.models import Hold
from nextroute.scheduling.reconcile import Change
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON, D, days

TODAY = D("2026-06-01")


@pytest.fixture(autouse=True)
def _generated(bright: Business, ada: Customer) -> None:
    reconcile.reconcile(bright, TODAY, D("2026-06-30"), today=TODAY)


def place(customer: Customer, first: str, last: str, **more: Any) -> tuple[Hold, Change]:
    given: dict[str, Any] = {"actor": SYSTEM, "now": NOON} | more
    hold, found = holds.place(customer=customer, start_date=D(first), end_date=D(last), **given)
    return hold, found.change


def refused(customer: Customer, first: str, last: str, **more: Any) -> str:
    """The field it is refused for; nothing is changed."""
    before = days(customer), Hold.objects.count()
    with pytest.raises(HoldRefused) as refusal:
        place(customer, first, last, **more)
    assert (days(customer), Hold.objects.count()) == before
    return refusal.value.field


def test_a_hold_takes_its_visits_away_both_ends_included(ada: Customer) -> None:
    hold, change = place(ada, "2026-06-09", "2026-06-16", notes="Lake house")
    assert change == Change(removed=2)
    assert days(ada) == ["2026-06-02", "2026-06-23", "2026-06-30"]
    assert (hold.effective_from, hold.placed_at, hold.notes) == (D("2026-06-09"), NOON, "Lake house")


def test_a_hold_without_a_visit_is_a_hold_all_the_same(ada: Customer) -> None:
    assert place(ada, "2026-06-03", "2026-06-08")[1] == Change()
    assert Hold.objects.count() == 1


def test_a_hold_reaches_no_other_customer(ada: Customer, eve: Customer, bright: Business) -> None:
    reconcile.reconcile(bright, TODAY, D("2026-06-30"), today=TODAY)
    place(ada, "2026-06-01", "2026-06-30")
    assert days(ada) == []
    assert len(days(eve)) == 5


def test_a_hold_of_one_property_leaves_the_customers_others(ada: Customer, bright: Business) -> None:
    here = ada.properties.get()
    assert here.zone
    there = cast.a_property(ada, here.zone, "3120 Teller Street")
    cast.a_subscription(there, cast.a_plan(bright))
    reconcile.reconcile(bright, TODAY, D("2026-06-30"), today=TODAY)
    place(ada, "2026-06-01", "2026-06-30", property=there)
    assert set(ada.stops.filter(removed_at=None).values_list("property", flat=True)) == {here.id}


def test_a_hold_holds_for_the_days_generated_later(ada: Customer, bright: Business) -> None:
    place(ada, "2026-06-28", "2026-07-10")
    reconcile.reconcile(bright, TODAY, D("2026-07-14"), today=TODAY)
    assert days(ada) == ["2026-06-02", "2026-06-09", "2026-06-16", "2026-06-23", "2026-07-14"]


def test_a_hold_begins_today_at_the_earliest(ada: Customer) -> None:
    assert refused(ada, "2026-05-31", "2026-06-05") == "start_date"
    place(ada, "2026-06-01", "2026-06-05")


def test_today_is_the_businesss_local_day(ada: Customer) -> None:
    """Late on Monday in Denver it is Tuesday in UTC."""
    late = datetime(2026, 6, 2, 5, 30, tzinfo=UTC)
    place(ada, "2026-06-01", "2026-06-05", now=late)


def test_a_hold_ends_no_earlier_than_it_begins(ada: Customer) -> None:
    assert refused(ada, "2026-06-05", "2026-06-04") == "end_date"


def test_a_hold_lasts_as_long_as_the_business_allows(ada: Customer) -> None:
    ada.business.hold_min_days, ada.business.hold_max_days = 3, 5
    assert refused(ada, "2026-06-08", "2026-06-09") == "end_date"
    assert refused(ada, "2026-06-08", "2026-06-13") == "end_date"
    place(ada, "2026-06-08", "2026-06-10")
    place(ada, "2026-06-15", "2026-06-19")


@pytest.mark.parametrize(
    ("first", "last"), [("2026-06-05", "2026-06-10"), ("2026-06-19", "2026-06-25"), ("2026-06-12", "2026-06-12")]
)
def test_holds_of_one_scope_do_not_overlap(ada: Customer, first: str, last: str) -> None:
    place(ada, "2026-06-10", "2026-06-19")
    assert refused(ada, first, last) == "start_date"


def test_holds_may_touch_and_a_propertys_may_lie_within_the_customers(ada: Customer) -> None:
    place(ada, "2026-06-10", "2026-06-19")
    place(ada, "2026-06-20", "2026-06-25")
    place(ada, "2026-06-12", "2026-06-14", property=ada.properties.get())
    assert refused(ada, "2026-06-14", "2026-06-15", property=ada.properties.get()) == "start_date"


def test_a_lifted_hold_is_in_nobodys_way(ada: Customer) -> None:
    place(ada, "2026-06-10", "2026-06-19")
    ada.holds.update(lifted_at=NOON)
    place(ada, "2026-06-10", "2026-06-19")


def test_what_the_verb_refuses_the_database_refuses_too(ada: Customer) -> None:
    place(ada, "2026-06-10", "2026-06-19")
    of_ada = {"business": ada.business, "customer": ada, "placed_at": NOON}
    overlapping = {"start_date": D("2026-06-19"), "effective_from": D("2026-06-19"), "end_date": D("2026-06-20")}
    with pytest.raises(IntegrityError, match="hold_no_overlap"), transaction.atomic():
        Hold.objects.create(**of_ada, **overlapping)
    backwards = {"start_date": D("2026-06-22"), "effective_from": D("2026-06-22"), "end_date": D("2026-06-21")}
    with pytest.raises(IntegrityError, match="hold_days"), transaction.atomic():
        Hold.objects.create(**of_ada, **backwards)


def test_a_customer_can_place_a_hold_from_their_own_scope(ada: Customer) -> None:
    with scope.customer(ada.business_id, ada.id):
        hold, change = place(ada, "2026-06-08", "2026-06-14")
        assert change == Change(removed=1)
        assert refused(ada, "2026-06-14", "2026-06-15") == "start_date"
        assert list(ada.holds.all()) == [hold]
        assert scope.current().customer == ada.id
