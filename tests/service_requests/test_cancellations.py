"""An end that is asked for: of what, after which day, for which reason; and what could help instead."""

from datetime import timedelta
from typing import Any

import pytest

from nextroute.core.errors import Refused
from nextroute.customers.models import Customer
from nextroute.scheduling.endings import EndRefused
from nextroute.scheduling.models import Plan, Subscription
from nextroute.service_requests import answering, cancellations
from nextroute.service_requests.alternatives import NONE, alternatives
from nextroute.service_requests.kinds import Leaving, State
from nextroute.service_requests.models import Ending, ServiceRequest
from nextroute.service_requests.requests import RequestRefused
from tests import cast
from tests.cast import NOON, D, days
from tests.doors import statements
from tests.service_requests import scene
from tests.service_requests.scene import ADA, BO, LAST, TODAY, modes, now_is
from tests.service_requests.test_modes import everything


def a_second(customer: Customer) -> Subscription:
    return cast.a_subscription(scene.subscription(customer).property, cast.a_plan(customer.business, code="other"))


def test_it_lists_what_ends_and_ends_it_when_approved(ready: Customer) -> None:
    one, two = scene.subscription(ready), a_second(ready)
    request = scene.cancellation(ready, subscriptions=[one, two])
    assert set(request.endings.values_list("subscription", "former_ends_on")) == {(one.id, None), (two.id, None)}
    answering.approve(request=request, actor=BO, now=NOON)
    assert set(ready.subscriptions.values_list("ends_on", flat=True)) == {LAST}
    assert days(ready)[-1] == "2026-06-16"


def test_the_ends_they_had_are_kept_for_an_undo(ready: Customer) -> None:
    Subscription.objects.update(ends_on=D("2026-12-31"))
    request = scene.cancellation(ready)
    answering.approve(request=request, actor=BO, now=NOON)
    assert Ending.objects.get().former_ends_on == D("2026-12-31")
    before = everything(ready)
    answering.withdraw(request=request, actor=ADA, now=NOON + timedelta(days=15))
    assert everything(ready) != before
    assert scene.subscription(ready).ends_on == D("2026-12-31")
    assert now_is(request).state(TODAY) == State.WITHDRAWN


@pytest.mark.parametrize("days_on", [16, 17])
def test_after_the_last_day_it_stays(ready: Customer, days_on: int) -> None:
    modes(ready, mode="instant")
    request = scene.cancellation(ready)
    with pytest.raises(Refused):
        answering.withdraw(request=request, actor=ADA, now=NOON + timedelta(days=days_on))
    assert scene.subscription(ready).ends_on == LAST


@pytest.mark.parametrize(("day", "taken"), [("2026-06-07", False), ("2026-06-08", True)])
def test_a_customer_gives_a_weeks_notice_whatever_the_mode(ready: Customer, day: str, taken: bool) -> None:
    if taken:
        scene.cancellation(ready, last_day=D(day))
        return
    with pytest.raises(EndRefused) as refusal:
        scene.cancellation(ready, last_day=D(day))
    assert refusal.value.field == "last_day"
    assert str(refusal.value) == "That is too soon. The earliest last day is Monday, June 8."


@pytest.mark.parametrize("topic", ["", "boredom"])
def test_a_reason_is_chosen(ready: Customer, topic: str) -> None:
    with pytest.raises(RequestRefused) as refusal:
        scene.cancellation(ready, topic=topic)
    assert refusal.value.field == "topic"


def test_one_end_of_a_service_is_asked_for_at_a_time(ready: Customer) -> None:
    one, two = scene.subscription(ready), a_second(ready)
    scene.cancellation(ready, subscriptions=[one])
    with pytest.raises(RequestRefused):
        scene.cancellation(ready, subscriptions=[one, two], last_day=D("2026-06-30"))
    scene.cancellation(ready, subscriptions=[two])
    assert ServiceRequest.objects.count() == 2


def test_a_plan_that_came_to_follow_in_the_meantime_ends_too(ready: Customer) -> None:
    request = scene.cancellation(ready)
    scene.plan_change(ready, BO)
    answering.approve(request=request, actor=BO, now=NOON)
    assert Ending.objects.filter(request=request).count() == 2
    answering.withdraw(request=request, actor=ADA, now=NOON)
    ends = ready.subscriptions.order_by("starts_on").values_list("ends_on", flat=True)
    assert list(ends) == [D("2026-06-30"), None]


def test_what_was_changed_since_is_not_taken_back_here(ready: Customer) -> None:
    modes(ready, mode="instant")
    first = scene.cancellation(ready, last_day=D("2026-07-20"))
    scene.cancellation(ready)
    with pytest.raises(Refused, match="changed since"):
        answering.withdraw(request=first, actor=ADA, now=NOON)


def test_the_preview_is_what_comes_of_it(ready: Customer) -> None:
    about: dict[str, Any] = {"customer": ready, "subscriptions": [scene.subscription(ready)], "last_day": LAST}
    before = everything(ready)
    shown = cancellations.preview(**about, actor=ADA, now=NOON)
    assert everything(ready) == before
    assert [one.visit.day for one in shown.away][:2] == [D("2026-06-23"), D("2026-06-30")]
    with pytest.raises(EndRefused):
        cancellations.preview(**about | {"last_day": D("2026-06-03")}, actor=ADA, now=NOON)


# What could help instead


def plans(ready: Customer, topic: str) -> list[str]:
    found = alternatives(topic, ready, [scene.subscription(ready)])
    return [offer.plan.code for offer in found.offers]


@pytest.fixture
def choice(ready: Customer) -> Customer:
    """Weekly at $12.50 a visit, with others to choose from."""
    for order, (frequency, cents) in enumerate([("monthly", 4000), ("biweekly", 3000), ("quarterly", 2000)]):
        plan = cast.a_plan(ready.business, frequency)
        Plan.objects.filter(id=plan.id).update(price_cents=cents, sort_order=order)
    cast.a_plan(ready.business, "weekly", code="cheap", price_cents=1000, sort_order=9)
    cast.a_plan(ready.business, "annually", code="hidden", visibility="internal")
    return ready


def test_who_is_away_is_offered_a_hold(choice: Customer) -> None:
    found = alternatives(Leaving.AWAY, choice, [scene.subscription(choice)])
    assert (found.hold, found.offers) == (True, ())


def test_whom_we_come_to_too_often_is_offered_fewer_visits(choice: Customer) -> None:
    assert plans(choice, "too_often") == ["monthly", "biweekly", "quarterly"]


def test_for_whom_it_costs_too_much_is_offered_what_costs_less_a_year(choice: Customer) -> None:
    """$650 a year against $480, $780, $80 and $520."""
    assert plans(choice, "price") == ["monthly", "quarterly", "cheap"]


@pytest.mark.parametrize("topic", [Leaving.MOVING, Leaving.UNHAPPY, Leaving.OTHER])
def test_nobody_else_is_kept(choice: Customer, topic: Leaving) -> None:
    assert alternatives(topic, choice, [scene.subscription(choice)]) == NONE


def test_what_the_business_does_not_take_is_not_offered(choice: Customer) -> None:
    modes(choice, mode="off")
    for topic in Leaving:
        assert alternatives(topic, choice, [scene.subscription(choice)]) == NONE


def test_alternatives_cost_one_statement_however_many_plans_there_are(choice: Customer) -> None:
    one = scene.subscription(choice)
    with statements() as asked:
        alternatives(Leaving.PRICE, choice, [one])
    assert len(asked) == 1
