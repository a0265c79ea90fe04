"""Every kind of request, in every mode, by whoever asks: waits, is done, or is refused. docs/rules/requests.md"""

import pytest

from nextroute.audit.models import Entry
from nextroute.core import scope
from nextroute.core.errors import Refused
from nextroute.customers.models import Customer
from nextroute.scheduling.models import Extra, Hold, Skip, Subscription
from nextroute.service_requests.kinds import Kind, State
from nextroute.service_requests.models import ServiceRequest
from nextroute.tenancy.permissions import NotPermitted
from tests.cast import days
from tests.service_requests.scene import ADA, ASKS, BO, TODAY, modes, now_is, told

ASK = (Kind.EXTRA, Kind.PLAN_CHANGE, Kind.CANCELLATION)
MODES = ("off", "instant", "approval")
OFFICE = "hello@brightbins.example"

# What a customer's asking leads to.
BY_CUSTOMER = {
    **{(kind, "off"): "refused" for kind in (*ASK, Kind.HOLD, Kind.SKIP)},
    **{(kind, "approval"): "waits" for kind in (*ASK, Kind.HOLD, Kind.SKIP)},
    **{(kind, "instant"): "is done" for kind in ASK},
    **{(kind, "instant"): "refused" for kind in (Kind.HOLD, Kind.SKIP)},
    **{(Kind.PROBLEM, mode): "waits" for mode in MODES},
}


@pytest.mark.parametrize(("kind", "mode"), BY_CUSTOMER)
def test_what_a_customer_asks_waits_is_done_or_is_refused(ready: Customer, kind: Kind, mode: str) -> None:
    modes(ready, mode=mode)
    expected = BY_CUSTOMER[kind, mode]
    if expected == "refused":
        with pytest.raises(NotPermitted):
            ASKS[kind](ready)
        assert not ServiceRequest.objects.exists()
        return
    before = everything(ready)
    found = now_is(ASKS[kind](ready))
    done = expected == "is done"
    assert found.answer_state == (State.APPROVED if done else State.PENDING)
    assert (found.answered_by == str(ADA)) is done
    assert (everything(ready) != before) is done
    verb = "request.approved" if done else "request.asked"
    trigger = "request_approved" if done else "request_received"
    assert Entry.objects.filter(verb__startswith="request.").values_list("verb", flat=True).get() == verb
    assert told() == [("office_request", OFFICE), (trigger, "ada@example.com")]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", ASK)
def test_what_the_office_asks_for_a_customer_is_done(ready: Customer, kind: Kind, mode: str) -> None:
    modes(ready, mode=mode)
    found = now_is(ASKS[kind](ready, BO))
    assert (found.answer_state, found.answered_by) == (State.APPROVED, str(BO))
    assert told() == [("request_approved", "ada@example.com")]


@pytest.mark.parametrize("kind", ASKS)
def test_a_customer_asks_from_their_own_scope(ready: Customer, kind: Kind) -> None:
    modes(ready, mode="approval")
    with scope.customer(ready.business_id, ready.id):
        ASKS[kind](ready)
        assert ready.service_requests.in_words().get().state(TODAY) == State.PENDING


@pytest.mark.parametrize("kind", ASKS)
def test_the_same_asked_twice_is_one_request(ready: Customer, kind: Kind) -> None:
    modes(ready, mode="approval")
    ASKS[kind](ready)
    with pytest.raises(Refused):
        ASKS[kind](ready)
    assert ServiceRequest.objects.count() == 1


@pytest.mark.parametrize("kind", ASK)
def test_the_same_done_twice_is_done_once(ready: Customer, kind: Kind) -> None:
    modes(ready, mode="instant")
    ASKS[kind](ready)
    with pytest.raises(Refused):
        ASKS[kind](ready)
    assert ServiceRequest.objects.count() == 1


def everything(customer: Customer) -> list[object]:
    """All that a request could have changed."""
    return [
        days(customer),
        *customer.subscriptions.order_by("id").values_list("plan", "starts_on", "ends_on"),
        Extra.objects.count(),
        Hold.objects.count(),
        Skip.objects.count(),
        Subscription.objects.count(),
    ]
