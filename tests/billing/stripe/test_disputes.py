"""Disputes: money that banks take back, and may give again."""

import pytest
import stripe

from nextroute.billing.stripe.fake_errors import Refusal
from tests.billing.stripe.shop import GOOD_BANK, Shop


def dispute_of(shop: Shop, key: str) -> stripe.Dispute:
    return shop.client.v1.disputes.retrieve(key, None, shop.options())


def test_a_dispute_takes_the_money_and_a_fee(shop: Shop) -> None:
    intent = shop.paid()
    dispute = dispute_of(shop, shop.fake.dispute(intent, reason="product_not_received")["id"])
    assert (dispute.status, dispute.reason, dispute.amount) == ("needs_response", "product_not_received", 5_000)
    assert shop.charge(intent).disputed
    books = shop.fake.books(shop.account)
    assert (books.withdrawn, books.received, books.fees, books.balance) == (5_000, 0, 1_675, -1_675)
    assert shop.told()[-2:] == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]


@pytest.mark.parametrize(("won", "received"), [(True, 5_000), (False, 0)])
def test_a_dispute_that_is_won_gives_the_money_again(shop: Shop, won: bool, received: int) -> None:
    dispute = shop.fake.dispute(shop.paid())
    shop.fake.decide(dispute["id"], won=won)
    assert dispute_of(shop, dispute["id"]).status == ("won" if won else "lost")
    assert shop.fake.books(shop.account).received == received
    assert ("charge.dispute.funds_reinstated" in shop.told()) is won
    assert shop.told()[-1] == "charge.dispute.closed"


def test_a_dispute_is_decided_once(shop: Shop) -> None:
    dispute = shop.fake.dispute(shop.paid())
    shop.fake.decide(dispute["id"], won=False)
    with pytest.raises(Refusal, match="already closed"):
        shop.fake.decide(dispute["id"], won=True)
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        shop.client.v1.disputes.close(dispute["id"], None, shop.options())


def test_evidence_puts_it_under_review_and_giving_in_loses_it(shop: Shop) -> None:
    disputes = shop.client.v1.disputes
    key = shop.fake.dispute(shop.paid())["id"]
    assert disputes.update(key, {"evidence": {"customer_name": "Ada"}}, shop.options()).status == "under_review"
    assert disputes.close(key, None, shop.options()).status == "lost"


def test_a_test_card_is_disputed_an_hour_after_it_paid(shop: Shop) -> None:
    shop.paid(card="4000000000000259")
    assert not shop.client.v1.disputes.list(None, shop.options()).data
    shop.fake.advance(hours=2)
    (dispute,) = shop.client.v1.disputes.list(None, shop.options()).data
    assert dispute.reason == "fraudulent"


def test_what_a_bank_returns_is_lost_from_the_start(shop: Shop) -> None:
    intent = shop.paid(bank=GOOD_BANK)
    shop.fake.settle(intent)
    dispute = shop.fake.dispute(intent, reason="insufficient_funds")
    assert dispute["status"] == "lost"
    assert shop.told()[-1] == "charge.dispute.closed"
    with pytest.raises(Refusal, match="already closed"):
        shop.fake.decide(dispute["id"], won=True)


def test_only_what_was_not_refunded_can_be_disputed(shop: Shop) -> None:
    intent = shop.paid()
    shop.refund(intent, amount=2_000)
    with pytest.raises(Refusal, match="cannot be disputed"):
        shop.fake.dispute(intent, amount=3_001)
    assert shop.fake.dispute(intent)["amount"] == 3_000
    with pytest.raises(Refusal, match="cannot be disputed"):
        shop.fake.dispute(intent)
    assert shop.fake.books(shop.account).received == 0
