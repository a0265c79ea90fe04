"""The last day of some services, or of all; and of a customer. The rule: docs/rules/requests.md."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nextroute.audit.models import Entry
from nextroute.core import scope
from nextroute.core.actors import SYSTEM, Actor, ActorKind
from nextroute.customers.customers import BillingStatus
from nextroute.customers.models import Customer
from nextroute.notifications.models import Delivery
from nextroute.scheduling import endings, nights, plan_changes, reconcile
from nextroute.scheduling.endings import EndRefused
from nextroute.scheduling.models import Stop, Subscription
from nextroute.scheduling.outlook import Outlook, rehearse
from nextroute.tenancy.businesses import Business
from nextroute.tenancy.permissions import NotPermitted
from tests import cast
from tests.cast import NOON, D, days
from tests.doors import statements

TODAY, LAST, THROUGH = D("2026-06-01"), D("2026-06-16"), D("2026-07-15")
ADA = Actor(ActorKind.CUSTOMER)


@pytest.fixture
def weekly(bright: Business, ada: Customer) -> Subscription:
    """Ada's, on Tuesdays; routes are made through July 15."""
    reconcile.reconcile(bright, TODAY, THROUGH, today=TODAY)
    return Subscription.objects.select_related("customer__business", "plan", "property").get(customer=ada)


def end(*subscriptions: Subscription, last_day: date = LAST, **more: Any) -> tuple[dict[UUID, date | None], Outlook]:
    given: dict[str, Any] = {"actor": SYSTEM, "now": NOON, "customer": subscriptions[0].customer} | more
    return endings.end(subscriptions=subscriptions, last_day=last_day, **given)


def resume(customer: Customer, former: dict[UUID, date | None], last_day: date = LAST, **more: Any) -> Outlook:
    given: dict[str, Any] = {"actor": SYSTEM, "now": NOON} | more
    return endings.resume(customer=customer, former=former, last_day=last_day, **given)[1]


def refused(*subscriptions: Subscription, last_day: date = LAST, **more: Any) -> str:
    """The field it is refused for; nothing is changed."""
    before = rows(subscriptions[0].customer)
    with pytest.raises(EndRefused) as refusal:
        end(*subscriptions, last_day=last_day, **more)
    assert rows(subscriptions[0].customer) == before
    return refusal.value.field


def rows(customer: Customer) -> list[Any]:
    """The subscriptions, and the stops that stand."""
    stops = Stop.objects.filter(customer=customer, removed_at=None).order_by("service_date", "id")
    terms = customer.subscriptions.order_by("id").values_list("id", "starts_on", "ends_on")
    return [*terms, *stops.values_list("subscription", "due_on", "service_date", "route")]


def a_second(weekly: Subscription, **changes: Any) -> Subscription:
    made = cast.a_subscription(weekly.property, cast.a_plan(weekly.customer.business, code="other"), **changes)
    made.customer = weekly.customer
    return made


def test_the_last_day_is_still_served_and_none_after_it(weekly: Subscription, ada: Customer) -> None:
    former, found = end(weekly)
    assert former == {weekly.id: None}
    assert days(ada) == ["2026-06-02", "2026-06-09", "2026-06-16"]
    assert found.change.removed == 4
    assert found.away[0].visit.day == D("2026-06-23")
    assert found.next_day is None


def test_routes_that_a_night_made_in_the_meantime_follow_too(
    weekly: Subscription, bright: Business, ada: Customer
) -> None:
    reconcile.reconcile(Business.objects.get(id=bright.id), TODAY, D("2026-09-30"), today=TODAY)
    end(weekly)
    assert days(ada)[-1] == "2026-06-16"


def test_one_that_starts_later_never_begins_and_one_that_ends_earlier_stays(weekly: Subscription) -> None:
    later = a_second(weekly, starts_on="2026-08-01")
    earlier = a_second(weekly, ends_on=D("2026-06-10"))
    former, _ = end(weekly, later, earlier)
    assert former == {weekly.id: None, later.id: None}
    for one, last in ((weekly, LAST), (later, D("2026-07-31")), (earlier, D("2026-06-10"))):
        one.refresh_from_db()
        assert one.ends_on == last


def test_only_the_chosen_ones_end(weekly: Subscription, bright: Business, ada: Customer) -> None:
    other = a_second(weekly)
    reconcile.reconcile(bright, TODAY, THROUGH, today=TODAY)
    _, found = end(weekly)
    assert found.next_day == D("2026-06-23")
    assert set(ada.stops.filter(removed_at=None, due_on__gt=LAST).values_list("subscription", flat=True)) == {other.id}


def test_what_is_arranged_to_follow_ends_with_it(weekly: Subscription, bright: Business, ada: Customer) -> None:
    about: dict[str, Any] = {"first_day": D("2026-07-01"), "actor": SYSTEM, "now": NOON}
    new, _ = plan_changes.change(subscription=weekly, plan=cast.a_plan(bright, "biweekly"), **about)
    former, _ = end(weekly)
    assert former == {weekly.id: D("2026-06-30"), new.id: None}
    assert days(ada)[-1] == "2026-06-16"


def test_there_must_be_something_to_end(weekly: Subscription) -> None:
    Subscription.objects.update(ends_on=LAST)
    assert refused(weekly) == "subscriptions"


def test_nobody_ends_what_is_anothers(weekly: Subscription, eve: Customer) -> None:
    theirs = eve.subscriptions.get()
    with pytest.raises(EndRefused):
        end(theirs, customer=weekly.customer)


@pytest.mark.parametrize(("days_on", "taken"), [(6, False), (7, True)])
def test_a_customer_gives_notice_and_the_office_need_not(weekly: Subscription, days_on: int, taken: bool) -> None:
    weekly.customer.business.cancellation_mode = "instant"
    last = TODAY + timedelta(days=days_on)
    if taken:
        end(weekly, last_day=last, actor=ADA)
    else:
        assert refused(weekly, last_day=last, actor=ADA) == "last_day"
        end(weekly, last_day=last)


def test_no_last_day_is_past(weekly: Subscription) -> None:
    assert refused(weekly, last_day=D("2026-05-31")) == "last_day"
    end(weekly, last_day=TODAY)


@pytest.mark.parametrize("mode", ["off", "approval"])
def test_a_customer_does_it_alone_only_where_it_is_instant(weekly: Subscription, mode: str) -> None:
    weekly.customer.business.cancellation_mode = mode
    with pytest.raises(NotPermitted):
        end(weekly, actor=ADA)
    weekly.customer.business.cancellation_mode = "instant"
    with scope.customer(weekly.business_id, weekly.customer_id):
        end(weekly, actor=ADA)


def test_it_is_recorded_once_and_tells_nobody_by_itself(weekly: Subscription) -> None:
    end(weekly)
    entry = Entry.objects.latest_first()[0]
    assert (entry.verb, entry.customer_id) == ("service.ended", weekly.customer_id)
    assert entry.counts == {"subscriptions": 1, "removed": 4}
    assert not Delivery.objects.exists()


def test_it_costs_the_same_statements_for_one_and_for_many(weekly: Subscription) -> None:
    with statements() as few, transaction.atomic():
        end(weekly)
    more = [a_second(weekly) for _ in range(10)]
    with statements() as many, transaction.atomic():
        end(*more)
    assert len(many) == len(few)


# Going on after all


def test_going_on_restores_everything(weekly: Subscription, ada: Customer) -> None:
    later = a_second(weekly, starts_on="2026-08-01", ends_on=D("2026-09-30"))
    before = rows(ada)
    former, done = end(weekly, later)
    undone = resume(weekly.customer, former, now=NOON + timedelta(days=15))
    assert rows(ada) == before
    assert [one.visit.due_on for one in undone.coming] == [one.visit.due_on for one in done.away]


def test_once_it_is_over_it_does_not_go_on(weekly: Subscription) -> None:
    former, _ = end(weekly)
    with pytest.raises(EndRefused):
        resume(weekly.customer, former, now=NOON + timedelta(days=16))


def test_what_was_changed_since_does_not_go_on(weekly: Subscription, bright: Business) -> None:
    """Else the place would be served under both plans."""
    former, _ = end(weekly, last_day=D("2026-07-20"))
    about: dict[str, Any] = {"first_day": D("2026-07-01"), "actor": SYSTEM, "now": NOON}
    plan_changes.change(subscription=weekly, plan=cast.a_plan(bright, "biweekly"), **about)
    with pytest.raises(EndRefused):
        resume(weekly.customer, former, D("2026-07-20"))


def test_of_two_ends_the_first_is_not_taken_back_alone(weekly: Subscription) -> None:
    first, _ = end(weekly, last_day=D("2026-07-20"))
    second, _ = end(weekly)
    with pytest.raises(EndRefused):
        resume(weekly.customer, first, D("2026-07-20"))
    resume(weekly.customer, second)
    resume(weekly.customer, first, D("2026-07-20"))
    weekly.refresh_from_db()
    assert weekly.ends_on is None


# The customer's last night


def night(business: Business, day: date) -> int:
    return nights.canceled(business, today=day)


def test_the_night_after_the_last_end_the_customer_is_canceled(
    weekly: Subscription, bright: Business, ada: Customer
) -> None:
    end(weekly)
    assert night(bright, LAST) == 0
    assert night(bright, LAST + timedelta(days=1)) == 1
    ada.refresh_from_db()
    assert ada.canceled_on == D("2026-06-17")
    assert [ada.billing_status(day) for day in (LAST, LAST + timedelta(days=1))] == [
        BillingStatus.ACTIVE,
        BillingStatus.CANCELED,
    ]
    entry = Entry.objects.latest_first()[0]
    assert (entry.verb, entry.customer_id, entry.counts) == ("customers.canceled", None, {"canceled": 1})


def test_a_night_that_is_repeated_cancels_nobody_twice(weekly: Subscription, bright: Business) -> None:
    end(weekly)
    assert night(bright, D("2026-06-20")) == 1
    before = Entry.objects.count()
    assert night(bright, D("2026-06-21")) == 0
    assert Entry.objects.count() == before


def test_a_night_that_was_missed_cancels_as_of_the_day_after_the_end(
    weekly: Subscription, bright: Business, ada: Customer
) -> None:
    end(weekly)
    night(bright, D("2026-07-01"))
    ada.refresh_from_db()
    assert ada.canceled_on == D("2026-06-17")


def test_whoever_has_a_service_left_or_never_had_one_stays(weekly: Subscription, bright: Business) -> None:
    a_second(weekly, starts_on="2026-09-01")
    end(weekly)
    cast.a_customer(bright, "new")
    assert night(bright, D("2026-07-01")) == 0


def test_whoever_is_not_active_yet_stays_so(weekly: Subscription, bright: Business) -> None:
    end(weekly)
    Customer.objects.update(activated_on=None)
    assert night(bright, D("2026-07-01")) == 0


def test_what_never_began_does_not_keep_a_customer(weekly: Subscription, bright: Business, ada: Customer) -> None:
    later = a_second(weekly, starts_on="2026-09-01")
    end(weekly, later)
    night(bright, D("2026-06-17"))
    ada.refresh_from_db()
    assert ada.canceled_on == D("2026-06-17")


def test_whose_only_service_never_began_is_canceled_when_it_would_have(
    weekly: Subscription, bright: Business, ada: Customer
) -> None:
    Subscription.objects.update(starts_on=D("2026-07-01"))
    end(weekly)
    assert night(bright, D("2026-06-30")) == 0
    assert night(bright, D("2026-07-01")) == 1


def test_the_night_costs_one_statement_for_one_customer_and_for_many(weekly: Subscription, bright: Business) -> None:
    end(weekly)
    with statements() as few:
        assert night(bright, D("2026-06-17")) == 1
    for n in range(10):
        cast.served(cast.a_customer(bright, f"c{n}"), ends_on=D("2026-06-18"))
    with statements() as many:
        assert night(bright, D("2026-06-19")) == 10
    assert len(many) == len(few)


def test_the_night_of_one_business_reaches_no_other(weekly: Subscription, bright: Business, dee: Customer) -> None:
    with scope.business(dee.business_id):
        dee.subscriptions.update(ends_on=D("2026-06-10"))
    assert night(bright, D("2026-06-17")) == 0


# Days


@pytest.mark.parametrize(
    ("zone", "local", "earliest"),
    [
        ("America/Denver", "2026-06-01T23:59", "2026-06-08"),
        ("America/Denver", "2026-06-02T00:00", "2026-06-09"),
        ("Pacific/Honolulu", "2026-12-28T23:59", "2027-01-04"),
        ("Pacific/Kiritimati", "2026-12-29T00:01", "2027-01-05"),
        ("America/New_York", "2026-03-08T03:00", "2026-03-15"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-08"),
        ("America/New_York", "2028-02-22T12:00", "2028-02-29"),
        ("America/New_York", "2028-02-29T12:00", "2028-03-07"),
    ],
)
def test_notice_counts_local_days(zone: str, local: str, earliest: str) -> None:
    now = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    business = Business(timezone=zone)
    assert endings.earliest(business, ADA, business.today(now)) == D(earliest)
    assert endings.earliest(business, SYSTEM, business.today(now)) == D(local[:10])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 90), st.none() | st.integers(0, 60), st.integers(-30, 60), st.integers(0, 60))
def test_what_the_preview_shows_is_what_happens_and_can_be_taken_back(
    bright: Business, ada: Customer, last: int, ends: int | None, starts: int, through: int
) -> None:
    with transaction.atomic():
        bright.refresh_from_db()
        starts_on = TODAY + timedelta(days=starts)
        Subscription.objects.update(
            starts_on=starts_on, ends_on=None if ends is None else starts_on + timedelta(days=ends)
        )
        reconcile.reconcile(bright, TODAY, TODAY + timedelta(days=through), today=TODAY)
        one = Subscription.objects.select_related("customer__business").get(customer=ada)
        last_day, before = TODAY + timedelta(days=last), rows(ada)
        about: dict[str, Any] = {"customer": one.customer, "subscriptions": [one], "last_day": last_day}
        try:
            shown = rehearse(endings.end, **about, actor=SYSTEM, now=NOON)
        except EndRefused:
            assert one.ends_on
            assert one.ends_on <= max(last_day, starts_on - timedelta(days=1))
        else:
            assert rows(ada) == before
            former, found = end(one, last_day=last_day)
            assert (shown.away, shown.coming, shown.money, shown.change) == (found.away, (), found.money, found.change)
            assert not found.coming
            assert all(day <= last_day.isoformat() for day in days(ada))
            resume(one.customer, former, last_day)
            assert rows(ada) == before
        transaction.set_rollback(True)
