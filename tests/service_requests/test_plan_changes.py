"""Another plan that is asked for: from when, at which price, and until when it is taken back."""

from datetime import timedelta
from typing import Any

import pytest

from nextroute.core.errors import Refused
from nextroute.customers.models import Customer, Property
from nextroute.scheduling.models import Plan
from nextroute.scheduling.plan_changes import PlanChangeRefused
from nextroute.service_requests import answering, plan_changes
from nextroute.service_requests.kinds import State
from nextroute.service_requests.requests import RequestRefused
from tests import cast
from tests.cast import NOON, D
from tests.service_requests import scene
from tests.service_requests.scene import ADA, BO, TODAY, modes, now_is
from tests.service_requests.test_modes import everything

JULY = D("2026-07-01")


def test_it_begins_with_the_next_month_for_the_price_of_today(ready: Customer) -> None:
    Property.objects.update(bin_count=2)
    Plan.objects.update(additional_bin_price_cents=250)
    request = scene.plan_change(ready)
    assert (request.day, request.expires_after, request.price_cents) == (JULY, D("2026-06-30"), 1750)
    answering.approve(request=request, actor=BO, now=NOON)
    found = now_is(request)
    assert found.new_subscription
    assert (found.new_subscription.starts_on, found.new_subscription.replaces) == (JULY, found.subscription)


def test_one_plan_is_asked_for_at_a_time(ready: Customer) -> None:
    first = scene.plan_change(ready)
    with pytest.raises(RequestRefused):
        scene.plan_change(ready, plan=cast.a_plan(ready.business, "monthly"))
    answering.withdraw(request=first, actor=ADA, now=NOON)
    scene.plan_change(ready, plan=cast.a_plan(ready.business, "monthly"))


def test_one_that_nobody_answered_in_time_is_in_nobodys_way(ready: Customer) -> None:
    scene.plan_change(ready)
    assert scene.plan_change(ready, now=NOON + timedelta(days=30)).day == D("2026-08-01")


def test_what_the_schedule_refuses_is_refused_when_it_is_asked(ready: Customer) -> None:
    with pytest.raises(PlanChangeRefused):
        scene.plan_change(ready, plan=scene.subscription(ready).plan)
    hidden = cast.a_plan(ready.business, "monthly", visibility="internal")
    with pytest.raises(PlanChangeRefused):
        scene.plan_change(ready, plan=hidden)


@pytest.mark.parametrize("mode", ["instant", "approval"])
def test_the_preview_is_what_comes_of_it(ready: Customer, mode: str) -> None:
    modes(ready, mode=mode)
    about: dict[str, Any] = {"subscription": scene.subscription(ready), "plan": scene.every_two_weeks(ready)}
    before = everything(ready)
    shown = plan_changes.preview(**about, actor=ADA, now=NOON)
    assert everything(ready) == before
    request = scene.plan_change(ready)
    if mode == "approval":
        answering.approve(request=request, actor=BO, now=NOON)
    new = now_is(request).new_subscription
    assert new
    stops = ready.stops.filter(subscription=new, removed_at=None).order_by("due_on").values_list("due_on", flat=True)
    through = D("2026-07-15")
    assert [one.visit.due_on for one in shown.coming if one.visit.due_on <= through] == list(stops)


def test_it_is_taken_back_until_the_day_before_it_begins(ready: Customer) -> None:
    modes(ready, mode="instant")
    before = everything(ready)[:2]
    request = scene.plan_change(ready)
    answering.withdraw(request=request, actor=ADA, now=NOON + timedelta(days=29))
    assert everything(ready)[:2] == before
    assert now_is(request).state(TODAY) == State.WITHDRAWN
    scene.plan_change(ready)


def test_once_it_has_begun_it_stays(ready: Customer) -> None:
    modes(ready, mode="instant")
    request = scene.plan_change(ready)
    with pytest.raises(Refused, match="has begun"):
        answering.withdraw(request=request, actor=ADA, now=NOON + timedelta(days=30))
    with pytest.raises(RequestRefused, match="done already"):
        answering.withdraw(request=request, actor=ADA, now=NOON + timedelta(days=31))


def test_a_service_that_was_ended_meanwhile_is_not_given_another_plan(ready: Customer) -> None:
    request = scene.plan_change(ready)
    scene.cancellation(ready, BO)
    with pytest.raises(PlanChangeRefused):
        answering.approve(request=request, actor=BO, now=NOON)
