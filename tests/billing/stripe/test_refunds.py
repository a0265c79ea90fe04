"""Refunds: never more than came, and what it does to the books."""

from typing import Any

import pytest
import stripe

from tests.billing.stripe.shop import GOOD_BANK, Shop


def test_a_card_gets_its_money_back_at_once(shop: Shop) -> None:
    intent = shop.paid()
    assert shop.refund(intent, amount=2_000, reason="requested_by_customer").status == "succeeded"
    assert (shop.charge(intent).amount_refunded, shop.charge(intent).refunded) == (2_000, False)
    shop.refund(intent)
    assert (shop.charge(intent).amount_refunded, shop.charge(intent).refunded) == (5_000, True)
    assert shop.fake.books(shop.account).received == 0
    assert shop.fake.books(shop.account).balance == -175  # the fee stays where it is


@pytest.mark.parametrize(
    ("first", "then", "code"), [(0, 5_001, None), (3_000, 2_001, None), (5_000, 1, "charge_already_refunded")]
)
def test_no_more_goes_back_than_came(shop: Shop, first: int, then: int, code: str | None) -> None:
    intent = shop.paid()
    if first:
        shop.refund(intent, amount=first)
    with pytest.raises(stripe.InvalidRequestError) as no:
        shop.refund(intent, amount=then)
    assert no.value.code == code
    assert shop.fake.books(shop.account).refunded == first


def test_what_has_not_come_cannot_go_back(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        shop.refund(shop.paid(bank=GOOD_BANK))


def test_nothing_and_less_than_nothing_cannot_go_back(shop: Shop) -> None:
    intent = shop.paid()
    for amount in (0, -5):
        with pytest.raises(stripe.InvalidRequestError, match="Invalid positive integer"):
            shop.refund(intent, amount=amount)


def test_a_bank_gets_its_money_back_a_day_later(shop: Shop) -> None:
    intent = shop.paid(bank=GOOD_BANK)
    shop.fake.advance(days=5)
    refund = shop.refund(intent)
    assert refund.status == "pending"
    assert shop.fake.books(shop.account).refunded == 5_000
    shop.fake.advance(days=2)
    assert shop.client.v1.refunds.retrieve(refund.id, None, shop.options()).status == "succeeded"
    assert shop.told()[-2:] == ["refund.updated", "charge.refund.updated"]


@pytest.mark.parametrize("how", ["card", "lever"])
def test_a_refund_may_come_back_and_is_the_businesss_money_again(shop: Shop, how: str) -> None:
    intent = shop.paid(card="4000000000005126" if how == "card" else "")
    refund = shop.refund(intent)
    if how == "lever":
        shop.fake.fail_refund(refund.id)
    shop.fake.advance(days=2)
    failed = shop.client.v1.refunds.retrieve(refund.id, None, shop.options())
    assert (failed.status, failed.failure_reason) == ("failed", "lost_or_stolen_card")
    assert shop.fake.books(shop.account).received == 5_000
    assert shop.charge(intent).amount_refunded == 0


def test_the_platforms_share_goes_back_in_proportion_if_it_is_asked_to(shop: Shop) -> None:
    intent = shop.paid(payment_intent_data={"application_fee_amount": 101})
    shop.refund(intent, amount=1_000)
    assert shop.fake.books(shop.account).application_fees == 101
    shop.refund(intent, amount=2_500, refund_application_fee=True)
    assert shop.fake.books(shop.account).application_fees == 101 - 50
    shop.refund(intent, refund_application_fee=True)
    assert shop.fake.books(shop.account).application_fees == 0


def test_a_disputed_payment_is_not_refunded_too(shop: Shop) -> None:
    intent = shop.paid()
    shop.fake.dispute(intent)
    with pytest.raises(stripe.InvalidRequestError) as no:
        shop.refund(intent)
    assert no.value.code == "charge_disputed"


def test_a_refund_names_a_payment_or_a_charge_of_the_account(shop: Shop) -> None:
    intent = shop.paid()
    refund = shop.client.v1.refunds.create({"charge": shop.charge(intent).id}, shop.options())
    assert refund.payment_intent == intent
    for asked in ({}, {"charge": shop.charge(intent).id, "payment_intent": intent}):
        wrong: Any = asked
        with pytest.raises(stripe.InvalidRequestError, match="Specify one"):
            shop.client.v1.refunds.create(wrong, shop.options())
