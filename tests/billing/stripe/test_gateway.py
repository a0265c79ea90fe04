"""What the portal asks of Stripe, asked of the stand-in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe
from pytest_django import Settings

from nextroute.billing.stripe import client, gateway, looking
from nextroute.billing.stripe.client import NoAnswer, Refused
from nextroute.billing.stripe.fake import FakeStripe
from nextroute.billing.stripe.states import Checkout
from tests.billing.stripe.shop import BANK, CANCEL, CARD, CLOSED, GOOD_BANK, SLOW, SUCCESS


@pytest.fixture(autouse=True)
def _there(fake: FakeStripe, settings: Settings) -> None:
    settings.STRIPE_KEY, settings.STRIPE_URL = fake.key, fake.url


@pytest.fixture
def account(fake: FakeStripe) -> str:
    account = gateway.create_account(name="Bright Bins", email="office@bright.example", country="US", key="a")
    fake.onboard(account)
    return account


@pytest.fixture
def customer(account: str) -> str:
    return gateway.create_customer(account, name="Ada", email="ada@example.com", reference="c1", key="c")


def a_page(account: str, *, reference: str = "p1", key: str = "p1", **more: Any) -> Checkout:
    asked: Any = {"amount": 5_000, "currency": "USD", "description": "Invoice INV-1001", "ways": [CARD, BANK]}
    return gateway.create_checkout(account, reference=reference, key=key, **asked | around() | more)


def around() -> dict[str, Any]:
    """Where a page leads, and until when."""
    until = datetime.now(UTC) + timedelta(minutes=31)
    return {"success_url": SUCCESS, "cancel_url": CANCEL, "until": until}


def a_way_to_pay(fake: FakeStripe, account: str, customer: str, **by: str) -> str:
    """A card or bank account, saved."""
    asked: Any = {"currency": "USD", "ways": [CARD, BANK], "key": "s"} | around()
    page = gateway.create_setup(account, reference="s1", customer=customer, **asked)
    setup = fake.pay(page.id, **by)
    if setup["status"] == "requires_action":
        fake.confirm(setup["id"])
    return gateway.saved_methods(account, customer)[0].id


def long_ago() -> datetime:
    return datetime.now(UTC) - timedelta(days=1)


def test_the_version_is_the_one_whose_types_the_sdk_carries() -> None:
    assert stripe.api_version == client.API_VERSION


def test_a_new_account_says_what_is_missing_and_a_finished_one_what_it_takes(fake: FakeStripe) -> None:
    account = gateway.create_account(name="Bright Bins", email="office@bright.example", country="US", key="a")
    state = gateway.account_state(account)
    assert (state.cards, state.banks, len(state.needs), state.ways) == ("restricted", "restricted", 3, ())
    assert gateway.account_link(account, return_url=SUCCESS, refresh_url=CANCEL).startswith(fake.url)
    fake.onboard(account)
    assert gateway.account_state(account).ways == (CARD, BANK)


def test_a_page_is_paid_and_says_what_for(fake: FakeStripe, account: str) -> None:
    page = a_page(account, email="ada@example.com", application_fee=100)
    assert (page.status, page.paid, page.reference, page.payment) == ("open", False, "p1", "")
    assert page.url
    fake.pay(page.id)
    page = gateway.retrieve_checkout(account, page.id)
    assert (page.status, page.paid, page.url) == ("complete", True, "")
    payment = gateway.retrieve_payment(account, page.payment)
    assert (payment.status, payment.amount, payment.received, payment.fee) == ("succeeded", 5_000, 5_000, 275)
    assert (payment.reference, payment.failure, payment.action_url) == ("p1", "", "")


def test_asking_for_the_same_page_again_gives_the_same_page(account: str) -> None:
    until = datetime.now(UTC) + timedelta(minutes=40)
    first = a_page(account, until=until)
    assert a_page(account, until=until) == first
    assert a_page(account, until=until, key="another").id != first.id
    with pytest.raises(NoAnswer):
        a_page(account, until=until, amount=4_000)


def test_closing_a_page_says_how_it_stands_even_if_somebody_was_quicker(fake: FakeStripe, account: str) -> None:
    page = a_page(account)
    assert gateway.expire_checkout(account, page.id, key="e1").status == "expired"
    quicker = a_page(account, key="p2")
    fake.pay(quicker.id)
    assert gateway.expire_checkout(account, quicker.id, key="e2").paid
    with pytest.raises(Refused) as no:
        gateway.expire_checkout(account, "cs_test_nothing", key="e3")
    assert no.value.code == "resource_missing"


def test_a_bank_that_must_be_proved_says_where(fake: FakeStripe, account: str) -> None:
    payment = fake.pay(a_page(account).id, bank=SLOW)["id"]
    state = gateway.retrieve_payment(account, payment)
    assert state.status == "requires_action"
    assert state.action_url == f"{fake.url}/deposits/{account}/{payment}"
    fake.prove(payment)
    assert gateway.retrieve_payment(account, payment).status == "processing"


def test_a_saved_card_is_charged_shown_and_let_go_of(fake: FakeStripe, account: str, customer: str) -> None:
    method = a_way_to_pay(fake, account, customer, card="4242424242424242")
    (shown,) = gateway.saved_methods(account, customer)
    assert (shown.id, shown.type, shown.brand, shown.last4, shown.expires) == (method, CARD, "visa", "4242", (2034, 12))
    payment = charge(account, customer, method)
    assert (payment.status, payment.reference, payment.method) == ("succeeded", "p1", method)
    gateway.detach_method(account, method, key="d")
    assert not gateway.saved_methods(account, customer)


def charge(account: str, customer: str, method: str, key: str = "k") -> Any:
    return gateway.charge_off_session(
        account,
        reference="p1",
        customer=customer,
        method=method,
        amount=5_000,
        currency="USD",
        description="Invoice INV-1001",
        key=key,
        application_fee=100,
    )


def test_a_saved_card_that_is_declined_is_a_state_and_stays_one_for_its_key(
    fake: FakeStripe, account: str, customer: str
) -> None:
    method = a_way_to_pay(fake, account, customer, card="4000002760003184")
    states = [charge(account, customer, method) for _ in range(2)]
    assert states[0] == states[1]
    assert (states[0].status, states[0].failure) == ("requires_payment_method", "authentication_required")
    assert len(fake.charges(account)) == 1


def test_a_saved_bank_account_is_charged_and_answers_days_later(fake: FakeStripe, account: str, customer: str) -> None:
    payment = charge(account, customer, a_way_to_pay(fake, account, customer, bank=CLOSED))
    assert payment.status == "processing"
    fake.advance(days=5)
    failed = gateway.retrieve_payment(account, payment.id)
    assert (failed.status, failed.failure) == ("requires_payment_method", "account_closed")


def test_money_goes_back_with_the_platforms_share(fake: FakeStripe, account: str) -> None:
    payment = fake.pay(a_page(account, application_fee=100).id)["id"]
    refund = gateway.create_refund(account, payment=payment, amount=2_500, reference="r", key="r", give_back_fee=True)
    assert (refund.status, refund.amount, refund.payment) == ("succeeded", 2_500, payment)
    assert gateway.retrieve_payment(account, payment).refunded == 2_500
    assert fake.books(account).application_fees == 50
    with pytest.raises(Refused):
        gateway.create_refund(account, payment=payment, amount=2_501, reference="r2", key="r2")


def test_a_lost_answer_is_no_answer_and_the_page_is_found_by_our_own_payment(fake: FakeStripe, account: str) -> None:
    a_page(account, reference="another", key="p0")
    fake.befall(path="/v1/checkout/sessions", lost=True, done=True)
    with pytest.raises(NoAnswer):
        a_page(account)
    found = looking.find_checkout(account, reference="p1", since=long_ago())
    assert found
    assert found.reference == "p1"
    assert looking.find_checkout(account, reference="p2", since=long_ago()) is None
    assert looking.find_checkout(account, reference="p1", since=datetime.now(UTC) + timedelta(hours=1)) is None


def test_a_lost_charge_is_found_too(fake: FakeStripe, account: str, customer: str) -> None:
    method = a_way_to_pay(fake, account, customer, card="4242424242424242")
    fake.befall(path="/v1/payment_intents", status=500, done=True)
    with pytest.raises(NoAnswer):
        charge(account, customer, method)
    found = looking.find_payment(account, reference="p1", since=long_ago())
    assert found
    assert found.status == "succeeded"


@pytest.mark.parametrize("mishap", [{"lost": True}, {"status": 500}, {"status": 429}, {"status": 409}, {"status": 503}])
def test_whatever_leaves_it_open_whether_it_was_done_is_no_answer(
    fake: FakeStripe, account: str, mishap: dict[str, Any]
) -> None:
    fake.befall(path="/v1/checkout/sessions", **mishap)
    with pytest.raises(NoAnswer):
        a_page(account)


def test_the_sdk_asks_once(fake: FakeStripe, account: str) -> None:
    asked = len(fake.line.log)
    fake.befall(path="/v1/checkout/sessions", status=500)
    with pytest.raises(NoAnswer):
        a_page(account)
    assert len(fake.line.log) == asked + 1


def test_a_no_is_a_no_and_says_why(account: str) -> None:
    with pytest.raises(Refused) as no:
        a_page(account, amount=49)
    assert no.value.code == "amount_too_small"
    with pytest.raises(Refused) as no:
        a_page("acct_stranger")
    assert no.value.code == "account_invalid"


def test_what_stripe_told_can_be_read_again_oldest_first(fake: FakeStripe, account: str) -> None:
    page = a_page(account)
    fake.pay(page.id, bank=GOOD_BANK)
    told = looking.events_since(account, long_ago())
    assert told[0].type == "account.updated"
    assert (told[-1].type, told[-1].subject, told[-1].account) == ("checkout.session.completed", page.id, account)
    assert not looking.events_since("", long_ago())
