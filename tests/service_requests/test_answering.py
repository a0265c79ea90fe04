"""A request is answered once: by the office, by the customer who takes it back, or by the calendar."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from nextroute.audit.models import Entry
from nextroute.core import scope
from nextroute.core.errors import Refused
from nextroute.customers.models import Customer
from nextroute.scheduling.models import Hold, MasterRoute, Route, Skip
from nextroute.service_requests import answering
from nextroute.service_requests.kinds import Kind, State
from nextroute.service_requests.models import ServiceRequest
from nextroute.service_requests.requests import RequestRefused
from nextroute.tenancy.permissions import NotPermitted
from tests.cast import NOON, D, days
from tests.service_requests import scene
from tests.service_requests.scene import ADA, ASKS, BO, TODAY, TUESDAY, modes, now_is, told
from tests.service_requests.test_modes import everything

WISHES = [kind for kind in Kind if kind is not Kind.PROBLEM]
ANSWERS = {
    "approve": lambda request, **more: answering.approve(request=request, **({"actor": BO, "now": NOON} | more)),
    "decline": lambda request, **more: answering.decline(
        request=request, **({"answer": "The crew is away.", "actor": BO, "now": NOON} | more)
    ),
    "withdraw": lambda request, **more: answering.withdraw(request=request, **({"actor": ADA, "now": NOON} | more)),
}


@pytest.fixture
def asked(ready: Customer) -> Customer:
    """Everything waits for the office."""
    modes(ready, mode="approval")
    return ready


def approve(request: ServiceRequest, **more: Any) -> ServiceRequest:
    return ANSWERS["approve"](request, **more)


def decline(request: ServiceRequest, **more: Any) -> ServiceRequest:
    return ANSWERS["decline"](request, **more)


def withdraw(request: ServiceRequest, **more: Any) -> ServiceRequest:
    return ANSWERS["withdraw"](request, **more)


@pytest.mark.parametrize("kind", WISHES)
def test_what_is_approved_is_done_as_if_the_office_had_done_it(asked: Customer, kind: Kind) -> None:
    request, before = ASKS[kind](asked), everything(asked)
    approve(request, answer="Gladly.")
    found = now_is(request)
    assert (found.answer_state, found.answered_by, found.answered_at) == (State.APPROVED, str(BO), NOON)
    assert found.answer == "Gladly."
    assert everything(asked) != before
    assert ("request_approved", "ada@example.com") in told()
    assert Entry.objects.filter(verb="request.approved").count() == 1


@pytest.mark.parametrize("kind", WISHES)
def test_what_is_declined_changes_nothing_but_its_answer(asked: Customer, kind: Kind) -> None:
    request, before = ASKS[kind](asked), everything(asked)
    decline(request)
    assert (now_is(request).answer_state, now_is(request).answer) == (State.DECLINED, "The crew is away.")
    assert everything(asked) == before
    assert ("request_declined", "ada@example.com") in told()


@pytest.mark.parametrize("kind", ASKS)
def test_what_waits_is_taken_back_and_both_sides_hear_of_it(asked: Customer, kind: Kind) -> None:
    request, before = ASKS[kind](asked), everything(asked)
    with scope.customer(asked.business_id, asked.id):
        withdraw(request)
    assert now_is(request).state(TODAY) == State.WITHDRAWN
    assert everything(asked) == before
    assert told().count(("request_withdrawn", "ada@example.com")) == 1
    assert told().count(("office_request", "hello@brightbins.example")) == 2


@pytest.mark.parametrize("kind", WISHES)
@pytest.mark.parametrize("second", ANSWERS)
@pytest.mark.parametrize("first", ["decline", "withdraw"])
def test_a_second_answer_is_refused_in_words(asked: Customer, kind: Kind, first: str, second: str) -> None:
    request = ASKS[kind](asked)
    ANSWERS[first](request)
    before = everything(asked)
    with pytest.raises(RequestRefused, match=r"already\.$"):
        ANSWERS[second](request)
    assert everything(asked) == before


@pytest.mark.parametrize("kind", WISHES)
@pytest.mark.parametrize("second", ["approve", "decline"])
def test_what_is_arranged_is_not_answered_again(asked: Customer, kind: Kind, second: str) -> None:
    request = ASKS[kind](asked)
    approve(request)
    before = everything(asked)
    with pytest.raises(RequestRefused, match="arranged already"):
        ANSWERS[second](request)
    assert everything(asked) == before


@pytest.mark.parametrize("verb", ["approve", "decline"])
def test_only_the_office_answers(asked: Customer, verb: str) -> None:
    request = scene.extra(asked)
    with pytest.raises(NotPermitted):
        ANSWERS[verb](request, actor=ADA)
    with pytest.raises(NotPermitted):
        answering.answer(request=scene.problem(asked), words="Sorry.", actor=ADA, now=NOON)


@pytest.mark.parametrize("words", ["", "  \n"])
def test_no_is_said_with_words(asked: Customer, words: str) -> None:
    with pytest.raises(RequestRefused) as refusal:
        decline(scene.extra(asked), answer=words)
    assert refusal.value.field == "answer"


# The last day on which an answer helps: the first day it is too late.
LAST_DAYS = {
    Kind.EXTRA: TUESDAY,
    Kind.PLAN_CHANGE: D("2026-06-30"),
    Kind.HOLD: D("2026-06-17"),
    Kind.SKIP: TUESDAY,
}


@pytest.mark.parametrize("kind", LAST_DAYS)
def test_an_answer_helps_until_its_last_day(asked: Customer, kind: Kind) -> None:
    request, last = ASKS[kind](asked), LAST_DAYS[kind]
    late = NOON + (last - TODAY) + timedelta(days=1)
    assert now_is(request).state(last + timedelta(days=1)) == State.EXPIRED
    for verb in ANSWERS:
        with pytest.raises(RequestRefused, match="too late"):
            ANSWERS[verb](request, now=late)
    approve(request, now=NOON + (last - TODAY))
    assert now_is(request).answer_state == State.APPROVED


@pytest.mark.parametrize("kind", [Kind.CANCELLATION, Kind.PROBLEM])
def test_what_is_always_in_time_never_expires(asked: Customer, kind: Kind) -> None:
    assert now_is(ASKS[kind](asked)).state(D("2027-06-01")) == State.PENDING


def test_what_scheduling_refuses_comes_through_and_the_request_still_waits(asked: Customer) -> None:
    request = scene.extra(asked)
    MasterRoute.objects.update(max_stops=1)
    Route.objects.filter(date=TUESDAY).update(status="dispatched")
    with pytest.raises(Refused) as refusal:
        approve(request)
    assert refusal.value.field == "day"
    assert now_is(request).answer_state == State.PENDING
    assert ("request_approved", "ada@example.com") not in told()


def test_the_office_may_choose_another_day_for_an_extra_and_an_end_only(asked: Customer) -> None:
    extra = approve(scene.extra(asked), day=D("2026-06-16"))
    assert (extra.extra and extra.extra.day, now_is(extra).day) == (D("2026-06-16"), D("2026-06-16"))
    with pytest.raises(RequestRefused):
        approve(scene.plan_change(asked), day=D("2026-07-15"))
    approve(scene.cancellation(asked), day=D("2026-06-30"))
    assert scene.subscription(asked).ends_on == D("2026-06-30")


def test_an_end_that_was_not_answered_in_time_needs_another_day(asked: Customer) -> None:
    request, late = scene.cancellation(asked), NOON + timedelta(days=20)
    with pytest.raises(Refused) as refusal:
        approve(request, now=late)
    assert refusal.value.field == "last_day"
    approve(request, now=late, day=D("2026-06-25"))
    assert days(asked)[-1] == "2026-06-23"


def test_a_hold_and_a_skip_that_are_arranged_are_taken_back_where_they_are_shown(asked: Customer) -> None:
    for kind in (Kind.HOLD, Kind.SKIP):
        request = ASKS[kind](asked, **({"due_on": D("2026-06-23")} if kind is Kind.SKIP else {}))
        approve(request)
        with pytest.raises(RequestRefused, match="with your visits"):
            withdraw(request)
    assert (Hold.objects.count(), Skip.objects.count()) == (1, 1)


def test_a_hold_and_a_skip_are_confirmed_once(asked: Customer) -> None:
    """By the hold and the skip themselves, which tell the visits; by the answer too, when there are words."""
    approve(scene.hold(asked))
    assert ("hold_placed", "ada@example.com") in told()
    assert ("request_approved", "ada@example.com") not in told()
    approve(scene.skip(asked, due_on=D("2026-06-23")), answer="Enjoy the party.")
    assert ("request_approved", "ada@example.com") in told()


def test_a_hold_approved_late_holds_the_days_that_are_left(asked: Customer) -> None:
    approve(scene.hold(asked), now=NOON + timedelta(days=10))
    assert Hold.objects.get().start_date == D("2026-06-11")


def test_a_problem_is_answered_in_words_and_done(asked: Customer) -> None:
    request = scene.problem(asked)
    for verb in ("approve", "decline"):
        with pytest.raises(RequestRefused, match="in words"):
            ANSWERS[verb](request)
    answering.answer(request=request, words=" We’ll come again. ", actor=BO, now=NOON)
    found = now_is(request)
    assert (found.state(TODAY), found.answer) == (State.DONE, "We’ll come again.")
    assert ("request_answered", "ada@example.com") in told()
    with pytest.raises(RequestRefused, match="done already"):
        answering.answer(request=request, words="Again.", actor=BO, now=NOON)
    with pytest.raises(RequestRefused):
        answering.answer(request=scene.extra(asked), words="Fine.", actor=BO, now=NOON)


def test_a_request_of_one_customer_is_not_anothers(asked: Customer, eve: Customer) -> None:
    request = scene.extra(asked)
    with scope.customer(eve.business_id, eve.id):
        assert not ServiceRequest.objects.filter(id=request.id).exists()


@pytest.mark.parametrize("kind", [Kind.EXTRA, Kind.PLAN_CHANGE, Kind.HOLD, Kind.SKIP, Kind.PROBLEM])
def test_what_the_verb_refuses_twice_the_database_refuses_too(asked: Customer, kind: Kind) -> None:
    row = now_is(ASKS[kind](asked))
    about = {name: getattr(row, f"{name}_id") for name in ("property", "subscription", "plan", "stop")}
    twice = {f"{name}_id": key for name, key in about.items()} | {"day": row.day, "last_day": row.last_day}
    with pytest.raises(IntegrityError, match="request_once"), transaction.atomic():
        asked.service_requests.create(business_id=asked.business_id, kind=kind, asked_at=NOON, **twice)


def test_each_thing_that_is_done_leaves_one_entry(asked: Customer) -> None:
    approve(scene.extra(asked))
    verbs = list(Entry.objects.filter(customer_id=asked.id).order_by("id").values_list("verb", flat=True))
    assert verbs == ["request.asked", "extra.ordered", "request.approved"]


def test_the_office_is_not_told_of_what_it_did_itself(asked: Customer) -> None:
    withdraw(scene.extra(asked, BO, day=D("2026-06-16")), actor=BO)
    assert not [trigger for trigger, _ in told() if trigger == "office_request"]
