"""PaymentIntents: what cards and banks make of them."""

from typing import Any

import pytest
import stripe

from nextroute.billing.stripe import fake_cards as cards
from nextroute.billing.stripe.fake import FakeStripe
from tests.billing.stripe.shop import CLOSED, GOOD_BANK, STUCK, Shop

DECLINED = [
    ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
    ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
    ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
    ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
    ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
]


def test_a_card_pays_at_once_and_the_fees_are_known(shop: Shop) -> None:
    intent = shop.intent(shop.direct(application_fee_amount=100).id)
    charge = intent.latest_charge
    assert isinstance(charge, stripe.Charge)
    moved = charge.balance_transaction
    assert isinstance(moved, stripe.BalanceTransaction)
    assert (intent.status, intent.amount_received, charge.paid, charge.captured) == ("succeeded", 5_000, True, True)
    assert (moved.amount, moved.fee, moved.net) == (5_000, 275, 4_725)
    assert {share.type: share.amount for share in moved.fee_details} == {"stripe_fee": 175, "application_fee": 100}


@pytest.mark.parametrize(("method", "code", "decline_code"), DECLINED)
def test_a_declined_card_raises_books_nothing_and_is_remembered(
    shop: Shop, method: str, code: str, decline_code: str
) -> None:
    with pytest.raises(stripe.CardError) as no:
        shop.direct(method)
    assert (no.value.code, no.value.http_status) == (code, 402)
    assert no.value.error
    assert no.value.error.decline_code == decline_code
    assert no.value.error.payment_intent
    intent = shop.intent(no.value.error.payment_intent.id)
    assert (intent.status, intent.amount_received) == ("requires_payment_method", 0)
    assert intent.last_payment_error
    assert intent.last_payment_error.code == code
    assert shop.charge(intent.id).status == "failed"
    assert shop.fake.books(shop.account).balance == 0
    assert shop.told()[-2:] == ["charge.failed", "payment_intent.payment_failed"]


def test_after_a_decline_another_card_may_pay_the_same(shop: Shop) -> None:
    with pytest.raises(stripe.CardError) as no:
        shop.direct("pm_card_visa_chargeDeclined")
    assert no.value.error
    assert no.value.error.payment_intent
    key = no.value.error.payment_intent.id
    shop.client.v1.payment_intents.confirm(key, {"payment_method": "pm_card_visa"}, shop.options())
    assert shop.intent(key).last_payment_error is None
    assert shop.fake.books(shop.account).charged == 5_000


@pytest.mark.parametrize("method", ["pm_card_visa", "pm_usBankAccount_success"])
def test_what_is_paid_or_being_paid_is_not_confirmed_or_canceled_again(shop: Shop, method: str) -> None:
    intent = shop.direct(method)
    intents = shop.client.v1.payment_intents
    for ask in (intents.confirm, intents.cancel):
        with pytest.raises(stripe.InvalidRequestError, match="because it has a status of") as no:
            ask(intent.id, None, shop.options())
        assert no.value.code == "payment_intent_unexpected_state"


def test_a_canceled_payment_takes_nothing_any_more(shop: Shop) -> None:
    intents = shop.client.v1.payment_intents
    intent = intents.create({"amount": 5_000, "currency": "usd"}, shop.options())
    assert intents.cancel(intent.id, {"cancellation_reason": "duplicate"}, shop.options()).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match="status of canceled"):
        intents.confirm(intent.id, {"payment_method": "pm_card_visa"}, shop.options())


def test_a_payment_without_a_method_cannot_be_confirmed(shop: Shop) -> None:
    intent = shop.client.v1.payment_intents.create({"amount": 5_000, "currency": "usd"}, shop.options())
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        shop.client.v1.payment_intents.confirm(intent.id, None, shop.options())


def test_a_payment_that_a_page_began_is_canceled_by_closing_the_page(shop: Shop) -> None:
    intent = shop.fake.pay(shop.session().id, card="4000002760003184")
    with pytest.raises(stripe.InvalidRequestError, match="Expire the Checkout Session"):
        shop.client.v1.payment_intents.cancel(intent["id"], None, shop.options())


def test_a_card_whose_bank_must_ask_waits_while_somebody_is_there(shop: Shop) -> None:
    intent = shop.direct("pm_card_authenticationRequired")
    assert intent.status == "requires_action"
    assert intent.next_action
    assert intent.next_action.redirect_to_url
    assert intent.next_action.redirect_to_url.url
    shop.fake.confirm(intent.id)
    assert shop.intent(intent.id).status == "succeeded"


def test_a_card_whose_bank_must_ask_is_declined_while_nobody_is_there(shop: Shop) -> None:
    with pytest.raises(stripe.CardError) as no:
        shop.direct("pm_card_authenticationRequired", off_session=True)
    assert no.value.code == "authentication_required"


def test_a_bank_takes_days_and_then_pays(shop: Shop) -> None:
    intent = shop.direct("pm_usBankAccount_success")
    assert (intent.status, shop.charge(intent.id).status) == ("processing", "pending")
    assert shop.fake.books(shop.account).processing == 5_000
    assert shop.fake.books(shop.account).charged == 0
    shop.fake.advance(days=4, minutes=1)
    assert (shop.intent(intent.id).status, shop.charge(intent.id).status) == ("succeeded", "succeeded")
    assert shop.fake.books(shop.account).processing == 0


@pytest.mark.parametrize(
    ("method", "code"),
    [
        ("pm_usBankAccount_accountClosed", "account_closed"),
        ("pm_usBankAccount_insufficientFunds", "insufficient_funds"),
        ("pm_usBankAccount_noAccount", "no_account"),
        ("pm_usBankAccount_debitNotAuthorized", "debit_not_authorized"),
    ],
)
def test_a_bank_that_says_no_says_it_days_later(shop: Shop, method: str, code: str) -> None:
    intent = shop.direct(method)
    assert intent.status == "processing"
    shop.fake.advance(days=5)
    failed = shop.intent(intent.id)
    assert failed.status == "requires_payment_method"
    assert failed.last_payment_error
    assert failed.last_payment_error.code == code
    assert shop.charge(intent.id).failure_code == code
    assert shop.fake.books(shop.account).balance == 0


def test_a_bank_may_never_answer(shop: Shop) -> None:
    intent = shop.direct("pm_usBankAccount_processing")
    shop.fake.advance(days=400)
    assert shop.intent(intent.id).status == "processing"


def test_a_test_may_have_a_bank_answer_at_once(shop: Shop) -> None:
    intent = shop.paid(bank=GOOD_BANK)
    shop.fake.settle(intent)
    shop.fake.settle(intent)
    shop.fake.advance(days=9)
    assert shop.fake.books(shop.account).charged == 5_000


def test_a_bank_account_may_pay_and_take_it_back(shop: Shop) -> None:
    intent = shop.direct("pm_usBankAccount_dispute")
    shop.fake.advance(days=6)
    disputes = shop.client.v1.disputes.list({"payment_intent": intent.id}, shop.options()).data
    assert [(dispute.status, dispute.reason) for dispute in disputes] == [("lost", "debit_not_authorized")]
    books = shop.fake.books(shop.account)
    assert (books.charged, books.withdrawn, books.received) == (5_000, 5_000, 0)


def test_an_account_without_banks_takes_none(fake: FakeStripe, shop: Shop) -> None:
    asked: Any = {"configuration": {"merchant": {"capabilities": {"card_payments": {"requested": True}}}}}
    account = shop.client.v2.core.accounts.create(asked).id
    fake.onboard(account)
    shop.account = account
    assert shop.session().payment_method_types == ["card"]
    with pytest.raises(stripe.InvalidRequestError) as no:
        shop.direct("pm_usBankAccount_success")
    assert no.value.code == "payment_method_unactivated"


def test_a_card_that_is_not_a_test_card_is_refused_and_never_kept(shop: Shop) -> None:
    for number, code in (("4111 1111 1111 1111", "card_declined"), ("4242 4242 4242 4241", "incorrect_number")):
        asked: Any = {"type": "card", "card": {"number": number, "exp_month": 1, "exp_year": 2040}}
        with pytest.raises(stripe.CardError) as no:
            shop.client.v1.payment_methods.create(asked, shop.options())
        assert no.value.code == code
    assert "4111" not in str(shop.fake.world.things)


def test_every_bank_account_and_card_is_named_once() -> None:
    every: list[cards.Card | cards.Bank] = [*cards.CARDS, *cards.BANKS]
    assert len({of.number for of in every}) == len({of.key for of in every}) == len(every)
    assert {CLOSED, STUCK, GOOD_BANK} <= {bank.number for bank in cards.BANKS}
    assert all(cards._luhn(card.number) for card in cards.CARDS)
