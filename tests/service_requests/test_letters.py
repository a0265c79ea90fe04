"""What messages about requests say, and when they are no news any more."""

from collections.abc import Mapping

import pytest

from nextroute.customers.models import Customer
from nextroute.notifications.composing import compose
from nextroute.notifications.models import Delivery
from nextroute.notifications.texts import variables_of
from nextroute.notifications.triggers import Channel
from nextroute.service_requests import answering
from nextroute.service_requests.kinds import Kind
from tests.cast import NOON
from tests.service_requests import scene
from tests.service_requests.scene import ADA, ASKS, BO, modes


def link(name: str, business: object = None, **parts: object) -> str:
    """As config's, for pages that are not built yet, too."""
    return f"https://portal.example/{name}/"


def said(trigger: str, index: int = -1) -> Mapping[str, str] | None:
    """The variables of the text of its last message, none of which is missing."""
    rows = Delivery.objects.select_related("business__branding", "customer").filter(trigger=trigger).order_by("id")
    delivery = list(rows)[index]
    found = compose(delivery, link, NOON)
    assert found is None or variables_of(delivery.about, Channel.SMS) <= found.keys()
    return found


@pytest.mark.parametrize("kind", Kind)
def test_whoever_asks_hears_that_we_have_it_and_the_office_what_it_is(ready: Customer, kind: Kind) -> None:
    modes(ready, mode="approval")
    given = {} if kind in (Kind.PROBLEM,) else {"note": "By noon, please."}
    ASKS[kind](ready, **given)
    hers, theirs = said("request_received"), said("office_request")
    assert hers
    assert theirs
    assert hers["request"]
    assert (hers["request"], hers["details"]) == (theirs["request"], theirs["details"])
    assert theirs["customer_name"] == "Ada"
    assert theirs["what"] == ("reports a problem" if kind is Kind.PROBLEM else "asks for something")
    assert theirs["notes"] == ("Nobody came." if kind is Kind.PROBLEM else "By noon, please.")
    assert theirs["action_url"] == "https://portal.example/dashboard_requests/"


def test_an_answer_is_told_with_the_offices_words(ready: Customer) -> None:
    answering.approve(request=scene.extra(ready), actor=BO, now=NOON, answer="We bring soap.")
    answering.decline(request=scene.plan_change(ready), actor=BO, now=NOON, answer="Not in your street.")
    answering.answer(request=scene.problem(ready), actor=BO, now=NOON, words="We come again.")
    answers = [said(f"request_{trigger}") for trigger in ("approved", "declined", "answered")]
    assert [one and one["answer"] for one in answers] == ["We bring soap.", "Not in your street.", "We come again."]


def test_what_is_done_at_once_is_told_as_arranged(ready: Customer) -> None:
    modes(ready, mode="instant")
    scene.extra(ready)
    found, office = said("request_approved"), said("office_request")
    assert found
    assert (found["request"], found["details"]) == ("Driveway Wash, $65.00", "8447 West 51st Avenue\nTuesday, June 9")
    assert office
    assert office["what"] == "has arranged something"
    answering.withdraw(request=ready.service_requests.get(), actor=ADA, now=NOON)
    office = said("office_request")
    assert office
    assert office["what"] == "takes a request back"


def test_each_thing_that_was_done_is_confirmed_whatever_followed_it(ready: Customer) -> None:
    request = scene.extra(ready)
    answering.approve(request=request, actor=BO, now=NOON)
    answering.withdraw(request=request, actor=BO, now=NOON)
    for trigger in ("request_received", "request_approved", "request_withdrawn"):
        assert said(trigger), trigger
