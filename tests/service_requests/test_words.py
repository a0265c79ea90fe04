"""Requests as people say them."""

import pytest
from django.utils import translation

from nextroute.customers.models import Customer
from nextroute.scheduling import blackouts
from nextroute.scheduling.calendar import Effect
from nextroute.scheduling.models import Plan
from nextroute.service_requests import answering, words
from nextroute.service_requests.kinds import Kind, Leaving, Trouble
from nextroute.service_requests.models import ServiceRequest
from tests import cast
from tests.cast import NOON, D
from tests.doors import statements
from tests.service_requests import scene
from tests.service_requests.scene import ASKS, BO, TODAY, TUESDAY, modes, now_is

HERE = "8447 West 51st Avenue"
SAID = {
    Kind.EXTRA: ("Driveway Wash, $65.00", (HERE, "Tuesday, June 9")),
    Kind.PLAN_CHANGE: (
        "Biweekly Bin Cleaning instead of Weekly Bin Cleaning",
        ("$15.00 a visit", HERE, "From Wednesday, July 1"),
    ),
    Kind.CANCELLATION: (
        "Cancel service",
        (f"Weekly Bin Cleaning, {HERE}", "Last day: Tuesday, June 16", "I’m moving"),
    ),
    Kind.HOLD: ("Time away, June 8 to 17", ()),
    Kind.SKIP: ("No visit on Tuesday, June 9", ("Weekly Bin Cleaning", HERE)),
    Kind.PROBLEM: ("We were missed", ("Weekly", HERE, "Tuesday, May 26")),
}


@pytest.mark.parametrize("kind", Kind)
def test_a_request_is_said_with_what_where_and_when(ready: Customer, kind: Kind) -> None:
    modes(ready, mode="approval")
    found = words.describe(now_is(ASKS[kind](ready)), TODAY)
    assert (found.title, found.details) == SAID[kind]


@pytest.mark.parametrize("kind", Kind)
def test_the_trail_says_it_in_one_line_and_knows_no_names(ready: Customer, kind: Kind) -> None:
    modes(ready, mode="approval")
    request = ASKS[kind](ready)
    kept = {name: str(value) if value else "" for name, value in words.facts(request).items()}
    assert words.said(kept, TODAY).endswith(
        {
            Kind.PLAN_CHANGE: "July 1",
            Kind.CANCELLATION: "June 16",
            Kind.HOLD: "June 8 to 17",
            Kind.PROBLEM: "May 26",
        }.get(kind, "June 9")
    )
    assert words.said({}, TODAY) == ""
    assert "Ada" not in str(kept)


def test_a_plan_that_is_paid_by_the_month_says_so(ready: Customer) -> None:
    Plan.objects.filter(code="biweekly").update(billing_mode="flat")
    assert words.describe(now_is(scene.plan_change(ready)), TODAY).details[0] == "$15.00 a month"


def test_a_skip_is_said_with_the_day_people_know(ready: Customer) -> None:
    """A day off moved the visit from Tuesday to Wednesday."""
    modes(ready, mode="approval")
    blackouts.add(business=ready.business, date=TUESDAY, name="Flood", effect=Effect.NEXT_DAY, actor=BO, now=NOON)
    assert words.describe(now_is(scene.skip(ready)), TODAY).title == "No visit on Wednesday, June 10"


def test_an_extra_is_said_with_the_day_it_has_now(ready: Customer) -> None:
    request = answering.approve(request=scene.extra(ready), actor=BO, now=NOON, day=D("2026-06-16"))
    assert words.describe(now_is(request), TODAY).details[1] == "Tuesday, June 16"


def test_every_reason_has_its_words() -> None:
    assert len({words.leaving(topic) for topic in Leaving}) == len(Leaving)
    assert len({words.trouble(topic) for topic in Trouble}) == len(Trouble)


def test_days_are_said_in_the_readers_language(ready: Customer) -> None:
    request = now_is(scene.extra(ready))
    with translation.override("es-us"):
        assert words.describe(request, TODAY).details[1] == "Martes 9 de junio"


def test_saying_a_list_costs_the_same_statements_however_long(ready: Customer, eve: Customer) -> None:
    modes(ready, mode="approval")

    def said() -> list[words.Description]:
        return [words.describe(one, TODAY) for one in ServiceRequest.objects.in_words()]

    for kind in Kind:
        ASKS[kind](ready)
    with statements() as few:
        assert len(said()) == 6
    for n in range(5):
        one = cast.a_customer(ready.business, f"c{n}")
        cast.served(one)
        one.business = ready.business
        for kind in (Kind.EXTRA, Kind.CANCELLATION, Kind.PLAN_CHANGE, Kind.PROBLEM):
            ASKS[kind](one)
    with statements() as many:
        assert len(said()) == 26
    assert len(many) == len(few)
    with statements() as waiting:
        assert len(ServiceRequest.objects.waiting(TODAY).in_words()) == 26
    assert len(waiting) == len(few)
