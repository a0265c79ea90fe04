"""Another plan: one subscription ends, the next one begins. The rule: docs/rules/requests.md."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nextroute.audit.models import Entry
from nextroute.core import scope
from nextroute.core.actors import SYSTEM, Actor, ActorKind
from nextroute.customers.models import Customer
from nextroute.notifications.models import Delivery
from nextroute.scheduling import plan_changes, reconcile, routes, visits
from nextroute.scheduling.calendar import Frequency, WeekParity
from nextroute.scheduling.models import MasterRoute, Plan, Route, Stop, Subscription
from nextroute.scheduling.outlook import Outlook, Why, rehearse
from nextroute.scheduling.plan_changes import PlanChangeRefused
from nextroute.tenancy.businesses import Business
from nextroute.tenancy.permissions import NotPermitted
from tests import cast
from tests.cast import NOON, D, days

TODAY, JULY = D("2026-06-01"), D("2026-07-01")
ADA = Actor(ActorKind.CUSTOMER)


@pytest.fixture
def weekly(bright: Business, ada: Customer) -> Subscription:
    """Ada's, on Tuesdays; routes are made through July 15."""
    reconcile.reconcile(bright, TODAY, D("2026-07-15"), today=TODAY)
    return Subscription.objects.select_related("customer__business", "plan").get(customer=ada)


def change(subscription: Subscription, plan: Plan, first_day: date = JULY, **more: Any) -> tuple[Subscription, Outlook]:
    given: dict[str, Any] = {"actor": SYSTEM, "now": NOON} | more
    new, found = plan_changes.change(subscription=subscription, plan=plan, first_day=first_day, **given)
    return Subscription.objects.select_related("customer__business").get(id=new.id), found


def refused(subscription: Subscription, plan: Plan, first_day: date = JULY, **more: Any) -> PlanChangeRefused:
    """Nothing is changed."""
    before = rows(subscription.customer)
    with pytest.raises(PlanChangeRefused) as refusal:
        change(subscription, plan, first_day, **more)
    assert rows(subscription.customer) == before
    return refusal.value


def rows(customer: Customer) -> list[Any]:
    """The subscriptions, and the stops that stand."""
    stops = Stop.objects.filter(customer=customer, removed_at=None).order_by("service_date", "id")
    terms = customer.subscriptions.order_by("id").values_list("id", "plan", "starts_on", "ends_on")
    return [*terms, *stops.values_list("subscription", "due_on", "service_date", "route")]


def test_one_ends_the_day_before_the_next_one_begins(weekly: Subscription, bright: Business, ada: Customer) -> None:
    every_two_weeks = cast.a_plan(bright, "biweekly")
    new, found = change(weekly, every_two_weeks)
    weekly.refresh_from_db()
    assert (weekly.ends_on, new.starts_on, new.ends_on) == (D("2026-06-30"), JULY, None)
    assert (new.replaces_id, new.plan, new.property_id) == (weekly.id, every_two_weeks, weekly.property_id)
    assert new.week_parity == "B"
    assert days(ada)[-3:] == ["2026-06-23", "2026-06-30", "2026-07-07"]
    assert ada.stops.get(due_on=D("2026-07-07"), removed_at=None).subscription_id == new.id
    assert (found.change.inserted, found.change.removed) == (1, 2)


def test_routes_that_a_night_made_in_the_meantime_follow_too(
    weekly: Subscription, bright: Business, ada: Customer
) -> None:
    reconcile.reconcile(Business.objects.get(id=bright.id), TODAY, D("2026-07-31"), today=TODAY)
    change(weekly, cast.a_plan(bright, "biweekly"))
    assert days(ada)[-2:] == ["2026-07-07", "2026-07-21"]


def test_the_past_stays_the_old_plans(weekly: Subscription, bright: Business, ada: Customer) -> None:
    cast.a_stop(weekly, "2026-05-26")
    change(weekly, cast.a_plan(bright, "biweekly"))
    assert ada.stops.get(due_on=D("2026-05-26")).subscription_id == weekly.id


def test_the_outlook_tells_what_falls_away_and_what_comes_with_their_prices(
    weekly: Subscription, bright: Business
) -> None:
    _, found = change(weekly, cast.a_plan(bright, "biweekly", price_cents=1500))
    assert [line.visit.day for line in found.away][:2] == [D("2026-07-07"), D("2026-07-14")]
    assert [line.visit.day for line in found.coming][:2] == [D("2026-07-07"), D("2026-07-21")]
    assert {line.cents for line in found.away} == {1250}
    assert {line.cents for line in found.coming} == {1500}
    last = max(line.visit.day for line in found.away)
    assert JULY + timedelta(weeks=7) < last <= D("2026-07-15") + timedelta(weeks=8)


def test_the_old_ones_end_is_the_new_ones(weekly: Subscription, bright: Business) -> None:
    Subscription.objects.update(ends_on=D("2026-09-30"))
    new, _ = change(weekly, cast.a_plan(bright, "biweekly"))
    assert new.ends_on == D("2026-09-30")


def test_a_first_visit_still_to_come_goes_along(weekly: Subscription, bright: Business) -> None:
    Subscription.objects.update(first_visit_on=D("2026-07-14"))
    new, _ = change(weekly, cast.a_plan(bright, "monthly"))
    assert (new.first_visit_on, new.month_week) == (D("2026-07-14"), "1st")


def test_one_that_has_not_begun_is_changed_from_its_own_start(weekly: Subscription, bright: Business) -> None:
    Subscription.objects.update(starts_on=D("2026-08-10"))
    weekly.refresh_from_db()
    first_day = plan_changes.first_day(weekly, TODAY)
    new, _ = change(weekly, cast.a_plan(bright, "biweekly"), first_day)
    weekly.refresh_from_db()
    assert (new.starts_on, weekly.ends_on) == (D("2026-08-10"), D("2026-08-09"))


def test_what_rides_out_already_stays_and_is_told(weekly: Subscription, bright: Business, ada: Customer) -> None:
    """Only the office can begin a plan this soon."""
    tuesday = D("2026-06-02")
    routes.dispatch(route=Route.objects.select_related("business").get(date=tuesday), actor=SYSTEM, now=NOON)
    _, found = change(weekly, cast.a_plan(bright, "biweekly"), TODAY)
    assert [(one.visit.day, one.why) for one in found.stays] == [(tuesday, Why.ROUTE)]
    assert days(ada).count("2026-06-02") == 1


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"plan_type": "one_time", "frequency": "one_time"}, "plan"),
        ({"plan_type": "addon", "frequency": "one_time"}, "plan"),
        ({"frequency": "biweekly", "visibility": "internal"}, "plan"),
    ],
)
def test_only_a_plan_on_offer_can_follow(
    weekly: Subscription, bright: Business, terms: dict[str, Any], field: str
) -> None:
    Business.objects.update(plan_change_mode="instant")
    bright.refresh_from_db()
    weekly.customer.business = bright
    plan = cast.a_plan(bright, code="other", **terms)
    assert plan not in plan_changes.offers(weekly.customer, weekly)
    assert refused(weekly, plan, actor=ADA).field == field


def test_the_office_may_give_a_plan_of_its_own(weekly: Subscription, bright: Business) -> None:
    change(weekly, cast.a_plan(bright, "biweekly", visibility="internal"))


def test_the_same_plan_is_no_change(weekly: Subscription) -> None:
    assert refused(weekly, weekly.plan).field == "plan"


def test_one_that_ends_before_is_not_changed(weekly: Subscription, bright: Business) -> None:
    Subscription.objects.update(ends_on=D("2026-06-30"))
    refused(weekly, cast.a_plan(bright, "biweekly"))
    Subscription.objects.update(ends_on=JULY)
    new, _ = change(weekly, cast.a_plan(bright, "biweekly"))
    assert (new.starts_on, new.ends_on) == (JULY, JULY)


def test_one_change_at_a_time(weekly: Subscription, bright: Business) -> None:
    change(weekly, cast.a_plan(bright, "biweekly"))
    refused(weekly, cast.a_plan(bright, "monthly"))
    refused(weekly, cast.a_plan(bright, "monthly"), D("2026-08-01"))


def test_no_plan_begins_in_the_past(weekly: Subscription, bright: Business) -> None:
    assert refused(weekly, cast.a_plan(bright, "biweekly"), D("2026-05-31")).field == "first_day"


@pytest.mark.parametrize("mode", ["off", "approval"])
def test_a_customer_does_it_alone_only_where_it_is_instant(weekly: Subscription, bright: Business, mode: str) -> None:
    weekly.customer.business.plan_change_mode = mode
    with pytest.raises(NotPermitted):
        change(weekly, cast.a_plan(bright, "biweekly"), actor=ADA)
    weekly.customer.business.plan_change_mode = "instant"
    with scope.customer(bright.id, weekly.customer_id):
        change(weekly, cast.a_plan(bright, "biweekly"), actor=ADA)


def test_it_is_recorded_once_and_tells_nobody_by_itself(weekly: Subscription, bright: Business) -> None:
    new, _ = change(weekly, cast.a_plan(bright, "biweekly"))
    entry = Entry.objects.latest_first()[0]
    assert (entry.verb, entry.subject_id, entry.customer_id) == ("plan.changed", new.id, weekly.customer_id)
    assert entry.counts == {"inserted": 1, "removed": 2}
    assert not Delivery.objects.exists()


# Taking it back


def undo(new: Subscription, **more: Any) -> Outlook:
    given: dict[str, Any] = {"actor": SYSTEM, "now": NOON} | more
    return plan_changes.undo(subscription=new, **given)[1]


@pytest.mark.parametrize("ends_on", [None, D("2026-07-20")])
def test_taking_it_back_restores_everything(
    weekly: Subscription, bright: Business, ada: Customer, ends_on: date | None
) -> None:
    Subscription.objects.update(ends_on=ends_on)
    reconcile.reconcile(bright, TODAY, D("2026-07-15"), today=TODAY)
    before = rows(ada)
    new, done = change(weekly, cast.a_plan(bright, "biweekly"))
    undone = undo(new, now=NOON + timedelta(days=29))
    assert [row for row in rows(ada) if row[0] != new.id] == before
    new.refresh_from_db()
    assert new.ends_on == new.starts_on - timedelta(days=1)
    assert [line.visit.due_on for line in undone.coming] == [line.visit.due_on for line in done.away]
    assert undone.money.less_cents == -done.money.less_cents
    change(weekly, cast.a_plan(bright, "biweekly"))


def test_once_it_has_begun_it_is_not_taken_back(weekly: Subscription, bright: Business) -> None:
    new, _ = change(weekly, cast.a_plan(bright, "biweekly"))
    with pytest.raises(PlanChangeRefused):
        undo(new, now=NOON + timedelta(days=30))


def test_it_is_taken_back_once(weekly: Subscription, bright: Business) -> None:
    new, _ = change(weekly, cast.a_plan(bright, "biweekly"))
    undo(new)
    for subscription in (new, weekly):
        with pytest.raises(PlanChangeRefused):
            undo(subscription)


def test_what_was_built_on_it_is_taken_back_first(weekly: Subscription, bright: Business) -> None:
    new, _ = change(weekly, cast.a_plan(bright, "biweekly"))
    change(new, cast.a_plan(bright, "monthly"), D("2026-08-01"))
    with pytest.raises(PlanChangeRefused):
        undo(new)


# Days


@pytest.mark.parametrize(
    ("zone", "local", "first_day"),
    [
        ("America/Denver", "2026-06-30T23:59", "2026-07-01"),
        ("America/Denver", "2026-07-01T00:00", "2026-08-01"),
        ("Pacific/Honolulu", "2026-12-31T23:59", "2027-01-01"),
        ("Pacific/Kiritimati", "2026-12-31T23:59", "2027-01-01"),
        ("Pacific/Kiritimati", "2027-01-01T00:00", "2027-02-01"),
        ("America/New_York", "2026-03-08T03:00", "2026-04-01"),
        ("America/New_York", "2026-11-01T01:30", "2026-12-01"),
        ("America/New_York", "2026-10-31T23:59", "2026-11-01"),
        ("America/New_York", "2028-02-29T12:00", "2028-03-01"),
        ("America/New_York", "2028-01-31T12:00", "2028-02-01"),
    ],
)
def test_another_plan_begins_with_the_next_local_month(zone: str, local: str, first_day: str) -> None:
    now = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    today = Business(timezone=zone).today(now)
    assert plan_changes.first_day(Subscription(starts_on=D("2020-01-01")), today) == D(first_day)


# The preview


@st.composite
def situations(draw: st.DrawFn) -> dict[str, Any]:
    frequency = draw(st.sampled_from([one for one in Frequency if one is not Frequency.ONE_TIME]))
    return {
        "had": frequency,
        "takes": draw(st.sampled_from([one for one in Frequency if one is not Frequency.ONE_TIME])),
        "parity": draw(st.sampled_from(WeekParity)),
        "month_week": draw(st.sampled_from([None, "1st", "3rd", "last"])),
        "ends_on": draw(st.none() | st.integers(0, 90).map(lambda n: JULY + timedelta(days=n))),
        "through": draw(st.integers(0, 60).map(lambda n: TODAY + timedelta(days=n))),
        "max_stops": draw(st.sampled_from([None, 1])),
        "out": draw(st.booleans()),
    }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(situations())
def test_what_the_preview_shows_is_what_happens(bright: Business, eve: Customer, given_: dict[str, Any]) -> None:
    with transaction.atomic():
        _preview_is_outcome(bright, eve, given_)
        transaction.set_rollback(True)


def _preview_is_outcome(bright: Business, eve: Customer, given_: dict[str, Any]) -> None:
    """Beside another customer on the route, who may have taken the last place of its only part."""
    bright.refresh_from_db()
    MasterRoute.objects.update(max_stops=given_["max_stops"])
    Subscription.objects.filter(customer=eve).update(
        plan=cast.a_plan(bright, given_["had"], code=f"had {given_['had']}"),
        week_parity=given_["parity"],
        month_week=given_["month_week"],
        ends_on=given_["ends_on"],
    )
    reconcile.reconcile(bright, TODAY, given_["through"], today=TODAY)
    if given_["out"]:
        Route.objects.filter(date__gte=JULY, part=1).update(status="dispatched")
    subscription = Subscription.objects.select_related("customer__business", "plan").get(customer=eve)
    plan = cast.a_plan(bright, given_["takes"], code="next")
    about: dict[str, Any] = {"subscription": subscription, "plan": plan, "first_day": JULY}
    about |= {"actor": SYSTEM, "now": NOON}
    customer = subscription.customer
    before, shown = rows(customer), rehearse(plan_changes.change, **about)
    assert rows(customer) == before
    coming = _coming(customer)
    new, found = plan_changes.change(**about)
    assert shown.change == found.change
    assert shown.money == found.money
    for told, happened in ((shown.away, found.away), (shown.coming, found.coming)):
        assert [(one.visit.day, one.cents) for one in told] == [(one.visit.day, one.cents) for one in happened]
    now = _coming(customer)
    away = {(one.visit.due_on, one.visit.subscription_id) for one in found.away}
    come = {(one.visit.due_on, one.visit.subscription_id) for one in found.coming}
    assert (coming - away) | come == now
    assert all(key == new.id for _, key in come)


def _coming(customer: Customer) -> set[tuple[date, Any]]:
    """All that is still to come, as far as the outlook reaches."""
    last = max(JULY, customer.business.generated_through or JULY) + timedelta(weeks=8)
    found = visits.between(customer, TODAY, last, today=TODAY)
    return {(one.due_on, one.subscription_id) for one in found if one.coming}
