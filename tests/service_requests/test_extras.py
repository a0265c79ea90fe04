"""An extra that is asked for: when, for which price, and what becomes of it when the business loses its day."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from nextroute.core.errors import Refused
from nextroute.customers.models import Customer, Property
from nextroute.scheduling import blackouts
from nextroute.scheduling.calendar import Effect
from nextroute.scheduling.models import Plan
from nextroute.service_requests import answering, extras
from nextroute.service_requests.kinds import State
from nextroute.service_requests.models import ServiceRequest
from nextroute.service_requests.requests import RequestRefused
from tests import cast
from tests.cast import NOON, D
from tests.service_requests import scene
from tests.service_requests.scene import ADA, BO, TODAY, TUESDAY, modes, now_is


def refused(customer: Customer, **more: object) -> str:
    with pytest.raises(RequestRefused) as refusal:
        scene.extra(customer, **more)  # type: ignore[arg-type]
    return refusal.value.field


def test_what_can_be_had_once_is_offered_as_the_business_sorts_it(ready: Customer) -> None:
    wash = cast.a_wash(ready.business)
    cast.a_plan(ready.business, "one_time", code="own", name="Ours", plan_type="addon", visibility="internal")
    first = cast.a_plan(ready.business, "one_time", code="bag", name="Bag", plan_type="addon", sort_order=-1)
    assert extras.offers(ready) == [first, wash]


def test_the_price_is_the_one_that_was_shown_with_all_bins(ready: Customer) -> None:
    Property.objects.update(bin_count=3)
    plan = cast.a_wash(ready.business)
    Plan.objects.filter(id=plan.id).update(additional_bin_price_cents=500)
    plan.refresh_from_db()
    request = scene.extra(ready, plan=plan)
    Plan.objects.update(price_cents=9900)
    answering.approve(request=request, actor=BO, now=NOON)
    found = now_is(request)
    assert found.price_cents == 7500
    assert found.extra
    assert found.extra.price_cents == 7500


def test_only_a_plan_for_a_single_day_that_customers_see_can_be_asked_for(ready: Customer) -> None:
    own = cast.a_plan(ready.business, "one_time", code="own", name="Ours", plan_type="addon", visibility="internal")
    assert refused(ready, plan=own) == "plan"
    assert refused(ready, plan=scene.every_two_weeks(ready)) == "plan"
    scene.extra(ready, BO, plan=own)


@pytest.mark.parametrize("day", ["2026-06-10", "2026-05-26"])
def test_only_a_day_on_which_somebody_comes_can_be_asked_for(ready: Customer, day: str) -> None:
    assert refused(ready, day=D(day)) == "day"


@pytest.mark.parametrize(
    ("zone", "local", "taken"),
    [
        ("America/Denver", "2026-06-06T23:59", True),
        ("America/Denver", "2026-06-07T00:00", False),
        ("Pacific/Honolulu", "2026-06-06T23:59", True),
        ("Pacific/Honolulu", "2026-06-07T00:00", False),
        ("Pacific/Kiritimati", "2026-06-06T23:59", True),
        ("Pacific/Kiritimati", "2026-06-07T00:00", False),
    ],
)
def test_notice_ends_two_local_days_before(ready: Customer, zone: str, local: str, taken: bool) -> None:
    ready.business.timezone = zone
    now = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))
    if taken:
        scene.extra(ready, now=now)
    else:
        assert refused(ready, now=now) == "day"
    assert scene.extra(ready, BO, now=now, day=D("2026-06-16")).answer_state == State.APPROVED


def test_the_same_for_a_second_property_is_another_request(ready: Customer) -> None:
    scene.extra(ready)
    zone = scene.subscription(ready).property.zone
    assert zone
    there = cast.a_property(ready, zone, "3120 Teller Street")
    about = {"customer": ready, "plan": cast.a_wash(ready.business), "day": TUESDAY, "actor": ADA, "now": NOON}
    extras.ask(property=there, **about)  # type: ignore[arg-type]
    assert ServiceRequest.objects.count() == 2


def lost(customer: Customer) -> ServiceRequest:
    """An extra that was arranged for a day the business then took off."""
    request = answering.approve(request=scene.extra(customer), actor=BO, now=NOON)
    blackouts.add(business=customer.business, date=TUESDAY, name="Flood", effect=Effect.SKIP, actor=BO, now=NOON)
    return now_is(request)


def test_one_that_lost_its_day_waits_again_before_those_that_were_asked_for_later(ready: Customer) -> None:
    request = lost(ready)
    later = scene.extra(ready, day=D("2026-06-16"), now=NOON + timedelta(hours=1))
    assert request.state(TODAY) == State.PENDING
    assert list(ServiceRequest.objects.waiting(TODAY)) == [request, later]


def test_one_that_lost_its_day_gets_another(ready: Customer) -> None:
    request = lost(ready)
    with pytest.raises(Refused):
        answering.approve(request=request, actor=BO, now=NOON)
    answering.approve(request=request, actor=BO, now=NOON, day=D("2026-06-16"))
    found = now_is(request)
    assert (found.day, found.state(TODAY)) == (D("2026-06-16"), State.APPROVED)
    assert ready.stops.filter(extra=found.extra, removed_at=None).get().service_date == D("2026-06-16")


def test_one_that_lost_its_day_can_be_declined_and_is_called_off(ready: Customer) -> None:
    request = lost(ready)
    answering.decline(request=request, answer="No day is left.", actor=BO, now=NOON)
    found = now_is(request)
    assert found.state(TODAY) == State.DECLINED
    assert found.extra
    assert found.extra.called_off_at == NOON
    assert not ServiceRequest.objects.waiting(TODAY).exists()


def test_one_that_lost_its_day_can_be_taken_back(ready: Customer) -> None:
    request = lost(ready)
    answering.withdraw(request=request, actor=ADA, now=NOON)
    assert now_is(request).state(TODAY) == State.WITHDRAWN


@pytest.mark.parametrize(("hours", "taken"), [(5 * 24 + 11, True), (5 * 24 + 12, False)])
def test_an_arranged_one_is_taken_back_until_its_notice(ready: Customer, hours: int, taken: bool) -> None:
    """Noon of Monday and so many hours: the midnight that begins Sunday, two days before Tuesday."""
    modes(ready, mode="instant")
    request, now = scene.extra(ready), NOON + timedelta(hours=hours)
    if not taken:
        with pytest.raises(Refused):
            answering.withdraw(request=request, actor=ADA, now=now)
        assert now_is(request).state(TODAY) == State.APPROVED
        return
    answering.withdraw(request=request, actor=ADA, now=now)
    assert not ready.stops.filter(extra__isnull=False, removed_at=None).exists()
    scene.extra(ready)


@pytest.mark.parametrize(("day", "state"), [(TUESDAY, State.APPROVED), (D("2026-06-10"), State.DONE)])
def test_it_is_done_when_its_day_is_over(ready: Customer, day: date, state: State) -> None:
    modes(ready, mode="instant")
    assert now_is(scene.extra(ready)).state(day) == state
