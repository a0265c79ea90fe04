"""A skip takes one visit away: the one due on a day, wherever it is driven."""

import pytest
from django.db import IntegrityError, transaction

from nextroute.core import scope
from nextroute.core.actors import SYSTEM
from nextroute.core.errors import Refused
from nextroute.customers.models import Customer
from nextroute.scheduling import blackouts, holds, reconcile, routes, skips, stops
from nextroute.scheduling.calendar import Effect
from nextroute.scheduling.models import Route, Skip, Stop, Subscription
from nextroute.scheduling.reconcile import Change
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON, D, days

TODAY = D("2026-06-01")


@pytest.fixture
def weekly(bright: Business, ada: Customer) -> Subscription:
    """Ada's, with its routes made for June."""
    generate(bright)
    return ada.subscriptions.select_related("customer__business").get()


def generate(business: Business) -> None:
    reconcile.reconcile(business, TODAY, D("2026-06-30"), today=TODAY)


def place(subscription: Subscription, due_on: str, notes: str = "") -> tuple[Skip, Change]:
    skip, found = skips.place(subscription=subscription, due_on=D(due_on), actor=SYSTEM, now=NOON, notes=notes)
    return skip, found.change


def refused(subscription: Subscription, due_on: str) -> None:
    with pytest.raises(Refused) as refusal:
        place(subscription, due_on)
    assert refusal.value.field == "due_on"


def test_a_skip_takes_one_visit_away(weekly: Subscription, ada: Customer) -> None:
    skip, change = place(weekly, "2026-06-09", "Party in the yard")
    assert change == Change(removed=1)
    assert days(ada) == ["2026-06-02", "2026-06-16", "2026-06-23", "2026-06-30"]
    assert (skip.notes, skip.placed_at) == ("Party in the yard", NOON)
    assert ada.stops.get(due_on=D("2026-06-09")).removed_reason == "skip"


def test_a_skip_leaves_the_propertys_other_subscriptions(bright: Business, weekly: Subscription, ada: Customer) -> None:
    cast.a_subscription(weekly.property, cast.a_plan(bright, code="recycling"))
    generate(bright)
    place(weekly, "2026-06-09")
    assert days(ada).count("2026-06-09") == 1


def test_an_expected_visit_can_be_skipped_before_its_route_is_made(
    bright: Business, weekly: Subscription, ada: Customer
) -> None:
    assert place(weekly, "2026-07-07")[1] == Change()
    reconcile.reconcile(bright, TODAY, D("2026-07-14"), today=TODAY)
    assert days(ada)[-2:] == ["2026-06-30", "2026-07-14"]


def test_a_visit_that_a_blackout_moved_is_skipped_by_the_day_it_was_due(
    bright: Business, weekly: Subscription, ada: Customer
) -> None:
    blackouts.add(business=bright, date=D("2026-06-09"), name="Closed", effect=Effect.NEXT_DAY, actor=SYSTEM, now=NOON)
    refused(weekly, "2026-06-10")
    assert place(weekly, "2026-06-09")[1] == Change(removed=1)
    assert "2026-06-10" not in days(ada)


@pytest.mark.parametrize("day", ["2026-06-03", "2026-05-26"])
def test_there_must_be_a_visit_to_come(weekly: Subscription, day: str) -> None:
    refused(weekly, day)


def test_a_visit_is_skipped_once(weekly: Subscription) -> None:
    skip, _ = place(weekly, "2026-06-09")
    refused(weekly, "2026-06-09")
    with pytest.raises(IntegrityError, match="skip_once"), transaction.atomic():
        Skip.objects.create(
            business_id=skip.business_id,
            customer_id=skip.customer_id,
            subscription=weekly,
            due_on=skip.due_on,
            placed_at=NOON,
        )


def test_a_skip_that_was_taken_back_can_be_made_again(bright: Business, weekly: Subscription, ada: Customer) -> None:
    place(weekly, "2026-06-09")
    Skip.objects.update(undone_at=NOON)
    generate(bright)
    assert "2026-06-09" in days(ada)
    assert place(weekly, "2026-06-09")[1] == Change(removed=1)


def test_a_visit_that_is_held_done_or_removed_cannot_be_skipped(weekly: Subscription, ada: Customer) -> None:
    holds.place(customer=ada, start_date=D("2026-06-09"), end_date=D("2026-06-09"), actor=SYSTEM, now=NOON)
    refused(weekly, "2026-06-09")
    Route.objects.filter(date=D("2026-06-02")).update(status="dispatched")
    stops.complete(stop=Stop.objects.get(due_on=D("2026-06-02")), actor=SYSTEM, now=NOON)
    refused(weekly, "2026-06-02")
    ada.stops.filter(due_on=D("2026-06-16")).update(removed_at=NOON, removed_by="office", removed_reason="office")
    refused(weekly, "2026-06-16")


def test_a_visit_that_comes_all_the_same_is_not_promised_away(weekly: Subscription, ada: Customer) -> None:
    """One is on the truck; of another the office has told the customer a new day."""
    first, second = Route.objects.order_by("date")[:2]
    routes.dispatch(route=first, actor=SYSTEM, now=NOON)
    routes.move(route=second, to=D("2026-06-11"), reason="Snow", actor=SYSTEM, now=NOON)
    for day in ("2026-06-02", "2026-06-09"):
        refused(weekly, day)
    assert not Skip.objects.exists()
    assert days(ada)[:2] == ["2026-06-02", "2026-06-11"]


def test_a_customer_can_skip_from_their_own_scope(weekly: Subscription, ada: Customer) -> None:
    with scope.customer(ada.business_id, ada.id):
        assert place(weekly, "2026-06-09")[1] == Change(removed=1)
        refused(weekly, "2026-06-09")
        assert ada.skips.count() == 1
