"""Checkout Sessions: pages to pay on."""

from typing import Any

import pytest
import stripe

from nextroute.billing.stripe.fake_errors import Refusal
from tests.billing.stripe.shop import BANK, CARD, GOOD_BANK, SLOW, TOO_LITTLE, Shop, soon


def test_a_new_page_is_open_unpaid_and_has_begun_no_payment(shop: Shop) -> None:
    session = shop.session(client_reference_id="p17", metadata={"payment": "p17"})
    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    assert (session.amount_total, session.currency, session.client_reference_id) == (5_000, "usd", "p17")
    assert session.url == f"{shop.fake.url}/pay/{shop.account}/{session.id}"


def test_paying_by_card_completes_it_at_once(shop: Shop) -> None:
    data = {"metadata": {"payment": "p17"}, "application_fee_amount": 100}
    session = shop.session(payment_intent_data=data)
    shop.fake.pay(session.id)
    session = shop.found(session.id, expand=["payment_intent"])
    assert (session.status, session.payment_status, session.url) == ("complete", "paid", None)
    assert isinstance(session.payment_intent, stripe.PaymentIntent)
    assert session.payment_intent.status == "succeeded"
    assert session.payment_intent.application_fee_amount == 100
    assert session.payment_intent.metadata["payment"] == "p17"


def test_paying_by_bank_completes_it_unpaid_and_the_money_comes_days_later(shop: Shop) -> None:
    session = shop.session()
    shop.fake.pay(session.id, bank=GOOD_BANK)
    assert (shop.found(session.id).status, shop.found(session.id).payment_status) == ("complete", "unpaid")
    shop.fake.advance(days=3)
    assert shop.found(session.id).payment_status == "unpaid"
    shop.fake.advance(days=2)
    assert shop.found(session.id).payment_status == "paid"
    completed = shop.told().index("checkout.session.completed")
    assert "checkout.session.async_payment_succeeded" in shop.told()[completed:]


def test_a_bank_that_says_no_leaves_it_unpaid_for_ever(shop: Shop) -> None:
    session = shop.session()
    shop.fake.pay(session.id, bank=TOO_LITTLE)
    shop.fake.advance(days=5)
    assert (shop.found(session.id).status, shop.found(session.id).payment_status) == ("complete", "unpaid")
    assert shop.told()[-1] == "checkout.session.async_payment_failed"


def test_a_declined_card_leaves_it_open_for_another_and_takes_once(shop: Shop) -> None:
    session = shop.session()
    with pytest.raises(Refusal, match="Your card was declined"):
        shop.fake.pay(session.id, card="4000000000000002")
    assert shop.found(session.id).status == "open"
    shop.fake.pay(session.id)
    assert shop.found(session.id).payment_status == "paid"
    assert [charge["status"] for charge in shop.fake.charges(shop.account)] == ["succeeded", "failed"]
    assert shop.fake.books(shop.account).charged == 5_000


def test_nobody_pays_twice_on_one_page(shop: Shop) -> None:
    session = shop.session()
    shop.fake.pay(session.id)
    with pytest.raises(Refusal, match="complete"):
        shop.fake.pay(session.id)


def test_an_expired_page_takes_nothing(shop: Shop) -> None:
    session = shop.session()
    with pytest.raises(Refusal):
        shop.fake.pay(session.id, card="4000000000000002")
    expired = shop.client.v1.checkout.sessions.expire(session.id, None, shop.options())
    assert (expired.status, expired.url) == ("expired", None)
    assert shop.told()[-2:] == ["payment_intent.canceled", "checkout.session.expired"]
    with pytest.raises(Refusal, match="expired"):
        shop.fake.pay(session.id)


@pytest.mark.parametrize("by", [{"card": "4242424242424242"}, {"bank": GOOD_BANK}, {}])
def test_only_an_open_page_can_be_expired(shop: Shop, by: dict[str, str]) -> None:
    session = shop.session()
    if by:
        shop.fake.pay(session.id, **by)
    else:
        shop.client.v1.checkout.sessions.expire(session.id, None, shop.options())
    with pytest.raises(stripe.InvalidRequestError, match="Only Checkout Sessions with a status in"):
        shop.client.v1.checkout.sessions.expire(session.id, None, shop.options())


def test_a_page_closes_by_itself_when_its_time_is_over(shop: Shop) -> None:
    session = shop.session(expires_at=soon(1_800))
    shop.fake.advance(minutes=29)
    assert shop.found(session.id).status == "open"
    shop.fake.advance(minutes=2)
    assert shop.found(session.id).status == "expired"
    assert shop.told()[-1] == "checkout.session.expired"


@pytest.mark.parametrize("seconds", [60, 1_700, 86_500])
def test_a_page_stays_open_from_half_an_hour_to_a_day(shop: Shop, seconds: int) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="between 30 minutes and 24 hours"):
        shop.session(expires_at=soon(seconds))


@pytest.mark.parametrize(
    "more",
    [
        {"success_url": "javascript:alert(1)"},
        {"line_items": []},
        {"allowed_payment_method_types": ["klarna"]},
        {"customer_email": "a@example.com", "customer": "x"},
        {"mode": "subscription"},
        {"mode": "setup", "currency": "usd"},
        {"setup_intent_data": {"metadata": {"a": "b"}}},
        {"payment_intent_data": {"application_fee_amount": 5_001}},
    ],
)
def test_what_does_not_fit_together_is_refused_and_makes_no_page(shop: Shop, more: Any) -> None:
    if "customer" in more:
        more |= {"customer": shop.customer().id}
    with pytest.raises(stripe.InvalidRequestError):
        shop.session(**more)
    assert not shop.client.v1.checkout.sessions.list(None, shop.options()).data


@pytest.mark.parametrize(("allowed", "other"), [(CARD, {"bank": GOOD_BANK}), (BANK, {"card": "4242424242424242"})])
def test_only_the_ways_that_were_allowed_are_offered(shop: Shop, allowed: str, other: dict[str, str]) -> None:
    session = shop.session(allowed_payment_method_types=[allowed])
    assert session.payment_method_types == [allowed]
    with pytest.raises(Refusal, match="not offered"):
        shop.fake.pay(session.id, **other)


def test_american_banks_pay_in_dollars_only(shop: Shop) -> None:
    price = {"currency": "eur", "unit_amount": 5_000, "product_data": {"name": "Invoice INV-1001"}}
    session = shop.session(line_items=[{"price_data": price, "quantity": 1}], allowed_payment_method_types=[CARD, BANK])
    assert session.payment_method_types == [CARD]


def test_a_bank_account_that_is_proved_by_deposits_waits_for_them(shop: Shop) -> None:
    session = shop.session()
    intent = shop.fake.pay(session.id, bank=SLOW)
    assert (shop.found(session.id).status, shop.found(session.id).payment_status) == ("complete", "unpaid")
    waiting = shop.intent(intent["id"])
    assert waiting.status == "requires_action"
    assert waiting.next_action
    assert waiting.next_action.type == "verify_with_microdeposits"
    with pytest.raises(stripe.InvalidRequestError) as no:
        shop.client.v1.payment_intents.verify_microdeposits(waiting.id, {"amounts": [1, 2]}, shop.options())
    assert no.value.code == "payment_method_microdeposit_verification_amounts_mismatch"
    shop.client.v1.payment_intents.verify_microdeposits(waiting.id, {"amounts": [32, 45]}, shop.options())
    assert shop.intent(waiting.id).status == "processing"
    shop.fake.advance(days=5)
    assert shop.found(session.id).payment_status == "paid"


def test_the_bank_of_a_card_may_ask_first_and_no_is_an_answer(shop: Shop) -> None:
    session = shop.session()
    intent = shop.fake.pay(session.id, card="4000002760003184")
    assert (shop.found(session.id).status, shop.intent(intent["id"]).status) == ("open", "requires_action")
    shop.fake.confirm(intent["id"], agree=False)
    assert (shop.found(session.id).status, shop.intent(intent["id"]).status) == ("open", "requires_payment_method")
    shop.fake.pay(session.id, card="4000002760003184")
    shop.fake.confirm(intent["id"])
    assert shop.found(session.id).payment_status == "paid"
    with pytest.raises(Refusal, match="Nothing waits"):
        shop.fake.confirm(intent["id"])


def test_pages_are_listed_newest_first_by_their_state_and_by_their_time(shop: Shop) -> None:
    first = shop.session().id
    shop.fake.advance(hours=1)
    second, third = shop.session().id, shop.session().id
    shop.fake.pay(second)
    sessions = shop.client.v1.checkout.sessions
    asked: list[tuple[Any, list[str]]] = [
        ({}, [third, second, first]),
        ({"status": "complete"}, [second]),
        ({"created": {"gte": soon(1_800)}}, [third, second]),
        ({"limit": 1, "starting_after": third}, [second]),
        ({"limit": 1, "ending_before": first}, [second]),
    ]
    for what, found in asked:
        assert [session.id for session in sessions.list(what, shop.options()).data] == found, what
    paged = sessions.list({"limit": 1}, shop.options())
    assert [session.id for session in paged.auto_paging_iter()] == [third, second, first]
