"""Who may skip a visit and take that back, and until when. The rule: docs/rules/holds.md."""

from datetime import date

import pytest

from nextroute.core.actors import SYSTEM, Actor, ActorKind
from nextroute.customers.models import Customer, Pause
from nextroute.scheduling import blackouts, holds, outlook, reconcile, routes, skips, visits
from nextroute.scheduling.calendar import Effect, Reason
from nextroute.scheduling.models import Route, Skip, Subscription
from nextroute.scheduling.outlook import Outlook
from nextroute.scheduling.skips import SkipRefused
from nextroute.tenancy.businesses import Business
from nextroute.tenancy.permissions import NotPermitted
from tests import cast
from tests.cast import NOON, D, days
from tests.doors import SOMEBODY

TODAY, TUESDAY, NEXT = D("2026-06-01"), D("2026-06-02"), D("2026-06-09")
STAFF = Actor(ActorKind.STAFF)


@pytest.fixture
def weekly(bright: Business, ada: Customer) -> Subscription:
    """Ada's, with its routes made for June."""
    generate(bright)
    return ada.subscriptions.select_related("customer__business").get()


def generate(business: Business) -> None:
    reconcile.reconcile(business, TODAY, D("2026-06-30"), today=TODAY)


@pytest.fixture
def skip(weekly: Subscription) -> Skip:
    """Of June 9."""
    return place(weekly)[0]


def place(
    subscription: Subscription, due_on: date = NEXT, actor: Actor = SOMEBODY, *, on: date = TODAY
) -> tuple[Skip, Outlook]:
    return skips.place(subscription=subscription, due_on=due_on, actor=actor, now=NOON + (on - TODAY))


def undo(skip: Skip, actor: Actor = SOMEBODY, *, on: date = TODAY) -> Outlook:
    return skips.undo(skip=skip, actor=actor, now=NOON + (on - TODAY))[1]


def out(day: date, zone: str = "North") -> None:
    routes.dispatch(route=Route.objects.get(date=day, master_route__zone__name=zone), actor=SYSTEM, now=NOON)


def elsewhere(customer: Customer, starts_on: str = "2026-01-01") -> Subscription:
    """The customer's other property, served on Tuesdays by another route."""
    south = cast.a_zone(customer.business, "South")
    return cast.a_subscription(cast.a_property(customer, south, "2 Oak St"), cast.a_plan(customer.business), starts_on)


# Skipping


def test_a_skip_says_what_falls_away_what_it_is_worth_and_who_comes_next(weekly: Subscription) -> None:
    _, found = place(weekly)
    assert [(line.visit.day, line.cents) for line in found.away] == [(NEXT, 1250)]
    assert (found.money.less_cents, found.next_day) == (1250, D("2026-06-16"))


def test_a_customer_skips_until_the_notice_and_staff_after_it(weekly: Subscription) -> None:
    with pytest.raises(SkipRefused):
        place(weekly, TUESDAY)
    assert place(weekly, TUESDAY, STAFF)[1].change.removed == 1
    with pytest.raises(SkipRefused):
        place(weekly, NEXT, on=D("2026-06-08"))
    place(weekly, NEXT, on=D("2026-06-07"))


def test_the_notice_is_that_of_the_day_it_is_driven(bright: Business, weekly: Subscription) -> None:
    blackouts.add(business=bright, date=TUESDAY, name="Off", effect=Effect.NEXT_DAY, actor=SYSTEM, now=NOON)
    place(weekly, TUESDAY)  # on Wednesday


@pytest.mark.parametrize("mode", ["off", "approval"])
def test_a_customer_skips_nothing_where_the_business_wants_to_be_asked(weekly: Subscription, mode: str) -> None:
    weekly.customer.business.skip_mode = mode
    with pytest.raises(NotPermitted):
        place(weekly)
    place(weekly, NEXT, STAFF)


def test_what_is_on_the_truck_is_not_promised_away_whatever_else_leaves(weekly: Subscription, ada: Customer) -> None:
    other = elsewhere(ada)
    generate(ada.business)
    out(NEXT)
    other.ends_on = TUESDAY  # nobody has reconciled yet
    other.save()
    with pytest.raises(SkipRefused):
        place(weekly)
    assert not Skip.objects.exists()


# Taking it back


def test_a_visit_comes_back_until_its_notice(skip: Skip, ada: Customer) -> None:
    with pytest.raises(SkipRefused):
        undo(skip, on=D("2026-06-08"))
    found = undo(skip, on=D("2026-06-07"))
    assert [(line.visit.day, line.cents) for line in found.coming] == [(NEXT, 1250)]
    assert found.money.less_cents == -1250
    assert NEXT.isoformat() in days(ada)


def test_staff_bring_it_back_on_the_day_itself(skip: Skip) -> None:
    assert undo(skip, STAFF, on=NEXT).change.restored == 1


def test_an_expected_visit_comes_back_too(weekly: Subscription) -> None:
    skip, _ = place(weekly, D("2026-07-07"))
    assert [line.visit.day for line in undo(skip).coming] == [D("2026-07-07")]


def test_it_comes_back_once(skip: Skip) -> None:
    undo(skip)
    with pytest.raises(SkipRefused):
        undo(skip)


def test_it_may_be_taken_back_where_the_office_is_asked_and_not_where_skips_are_off(skip: Skip) -> None:
    business = skip.customer.business
    business.skip_mode = "off"
    with pytest.raises(NotPermitted):
        undo(skip)
    business.skip_mode = "approval"
    undo(skip)


def test_a_settled_route_takes_nothing_back_and_the_skip_stays(skip: Skip, ada: Customer, eve: Customer) -> None:
    generate(ada.business)
    out(NEXT)
    with pytest.raises(SkipRefused):
        undo(skip)
    assert Skip.objects.get().undone_at is None
    assert NEXT.isoformat() not in days(ada)


def test_a_settled_route_takes_nothing_back_whatever_else_comes(skip: Skip, ada: Customer, eve: Customer) -> None:
    generate(ada.business)
    out(NEXT)
    elsewhere(ada)  # due on the same day; nobody has reconciled yet
    with pytest.raises(SkipRefused):
        undo(skip)


@pytest.mark.parametrize("reason", ["hold", "pause", "holiday"])
def test_it_may_be_taken_back_while_something_else_keeps_the_visit_away(skip: Skip, ada: Customer, reason: str) -> None:
    business = ada.business
    if reason == "hold":
        holds.place(customer=ada, start_date=NEXT, end_date=NEXT, actor=SOMEBODY, now=NOON)
    elif reason == "pause":
        Pause.objects.create(business=business, customer=ada, first_day=NEXT, last_day=NEXT)
    else:
        blackouts.add(business=business, date=NEXT, name="Off", effect=Effect.SKIP, actor=SYSTEM, now=NOON)
    assert undo(skip).coming == ()
    business.refresh_from_db()
    (visit,) = visits.between(ada, NEXT, NEXT, today=TODAY)
    assert visit.reason in (Reason.HOLD, Reason.PAUSED, Reason.HOLIDAY)


def test_its_notice_is_that_of_the_day_it_would_be_driven_also_when_it_is_held(
    bright: Business, skip: Skip, ada: Customer
) -> None:
    blackouts.add(business=bright, date=NEXT, name="Off", effect=Effect.NEXT_DAY, actor=SYSTEM, now=NOON)
    wednesday = D("2026-06-10")
    holds.place(customer=ada, start_date=wednesday, end_date=wednesday, actor=SOMEBODY, now=NOON)
    undo(skip, on=D("2026-06-08"))


def test_a_rehearsed_skip_is_the_skip_and_leaves_nothing(weekly: Subscription, ada: Customer) -> None:
    before = days(ada)
    told = outlook.rehearse(skips.place, subscription=weekly, due_on=NEXT, actor=SOMEBODY, now=NOON)
    assert (days(ada), Skip.objects.count()) == (before, 0)
    skip, found = place(weekly)
    assert told == found
    back = outlook.rehearse(skips.undo, skip=skip, actor=SOMEBODY, now=NOON)
    assert Skip.objects.get().undone_at is None
    assert back == undo(skip)
