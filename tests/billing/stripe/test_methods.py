"""Saved cards and bank accounts: left on a page, charged while nobody is there, let go of."""

from typing import Any

import pytest
import stripe

from nextroute.billing.stripe.fake_errors import Refusal
from tests.billing.stripe.shop import GOOD_BANK, SLOW, Shop


def methods(shop: Shop, customer: str, **more: Any) -> list[str]:
    asked: Any = more
    listed = shop.client.v1.customers.payment_methods.list(customer, asked, shop.options())
    return [method.id for method in listed.data]


@pytest.mark.parametrize("by", [{"card": "4242424242424242"}, {"card": "5555555555554444"}, {"bank": GOOD_BANK}])
def test_what_is_left_on_a_page_is_the_customers_and_costs_nothing(shop: Shop, by: dict[str, str]) -> None:
    customer = shop.customer().id
    session = shop.setup(customer)
    assert (session.payment_status, session.amount_total) == ("no_payment_required", None)
    shop.fake.pay(session.id, **by)
    assert shop.found(session.id).status == "complete"
    assert len(methods(shop, customer)) == 1
    assert not shop.fake.charges(shop.account)
    assert shop.told()[-3:] == ["payment_method.attached", "setup_intent.succeeded", "checkout.session.completed"]


@pytest.mark.parametrize(
    ("by", "status"), [({"card": "4242424242424242"}, "succeeded"), ({"bank": GOOD_BANK}, "processing")]
)
def test_a_saved_method_is_charged_while_nobody_is_there(shop: Shop, by: dict[str, str], status: str) -> None:
    customer = shop.customer().id
    intent = shop.direct(shop.saved(customer, **by), customer=customer, off_session=True)
    assert intent.status == status


def test_a_card_whose_bank_has_asked_once_is_charged_without_asking_again(shop: Shop) -> None:
    customer = shop.customer().id
    session = shop.setup(customer)
    setup = shop.fake.pay(session.id, card="4000002500003155")
    assert shop.found(session.id).status == "open"
    assert not methods(shop, customer)
    shop.fake.confirm(setup["id"])
    assert shop.found(session.id).status == "complete"
    (method,) = methods(shop, customer)
    assert shop.direct(method, customer=customer, off_session=True).status == "succeeded"


def test_a_card_whose_bank_asks_every_time_cannot_be_charged_while_nobody_is_there(shop: Shop) -> None:
    customer = shop.customer().id
    shop.fake.confirm(shop.fake.pay(shop.setup(customer).id, card="4000002760003184")["id"])
    (method,) = methods(shop, customer)
    with pytest.raises(stripe.CardError) as no:
        shop.direct(method, customer=customer, off_session=True)
    assert no.value.code == "authentication_required"


def test_a_bank_account_waits_for_its_deposits_before_it_is_saved(shop: Shop) -> None:
    customer = shop.customer().id
    setup = shop.fake.pay(shop.setup(customer).id, bank=SLOW)
    assert not methods(shop, customer)
    setups = shop.client.v1.setup_intents
    with pytest.raises(stripe.InvalidRequestError, match="does not match"):
        setups.verify_microdeposits(setup["id"], {"descriptor_code": "SM00ZZ"}, shop.options())
    assert setups.verify_microdeposits(setup["id"], {"descriptor_code": "SM11AA"}, shop.options()).status == "succeeded"
    (method,) = methods(shop, customer)
    assert shop.direct(method, customer=customer, off_session=True).status == "processing"


def test_a_declined_card_is_not_saved_and_the_page_stays_open(shop: Shop) -> None:
    customer = shop.customer().id
    session = shop.setup(customer)
    with pytest.raises(Refusal, match="declined"):
        shop.fake.pay(session.id, card="4000000000000002")
    assert shop.found(session.id).status == "open"
    assert not methods(shop, customer)
    assert shop.told()[-1] == "setup_intent.setup_failed"


def test_paying_can_save_the_card_on_the_way(shop: Shop) -> None:
    customer = shop.customer().id
    shop.paid(customer=customer, payment_intent_data={"setup_future_usage": "off_session"})
    assert len(methods(shop, customer)) == 1
    shop.paid(customer=customer)
    assert len(methods(shop, customer)) == 1


def test_a_method_is_one_customers_and_no_others(shop: Shop) -> None:
    ada, eve = shop.customer().id, shop.customer(name="Eve").id
    method = shop.saved(ada)
    with pytest.raises(stripe.InvalidRequestError, match="does not belong to the Customer"):
        shop.direct(method, customer=eve)
    with pytest.raises(stripe.InvalidRequestError, match="already been attached"):
        shop.client.v1.payment_methods.attach(method, {"customer": eve}, shop.options())
    assert not methods(shop, eve)


def test_what_was_let_go_of_is_gone_for_good(shop: Shop) -> None:
    customer = shop.customer().id
    method = shop.saved(customer)
    service = shop.client.v1.payment_methods
    assert service.detach(method, None, shop.options()).customer is None
    assert not methods(shop, customer)
    with pytest.raises(stripe.InvalidRequestError, match="not attached"):
        service.detach(method, None, shop.options())
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        service.attach(method, {"customer": customer}, shop.options())
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        shop.direct(method, customer=customer, off_session=True)


def test_methods_are_listed_by_their_type_newest_first(shop: Shop) -> None:
    customer = shop.customer().id
    card, bank = shop.saved(customer), shop.saved(customer, bank=GOOD_BANK)
    assert methods(shop, customer) == [bank, card]
    assert methods(shop, customer, type="card") == [card]


def test_a_card_shows_its_brand_and_last_figures_and_no_more(shop: Shop) -> None:
    method = shop.client.v1.payment_methods.retrieve(shop.saved(shop.customer().id), None, shop.options())
    assert method.card
    assert (method.card.brand, method.card.last4) == ("visa", "4242")
    assert "4242424242424242" not in str(method)


def test_a_setup_is_done_once(shop: Shop) -> None:
    asked: Any = {"customer": shop.customer().id, "payment_method": "pm_card_visa", "confirm": True}
    setups = shop.client.v1.setup_intents
    setup = setups.create(asked, shop.options())
    assert setup.status == "succeeded"
    for ask in (setups.confirm, setups.cancel):
        with pytest.raises(stripe.InvalidRequestError) as no:
            ask(setup.id, None, shop.options())
        assert no.value.code == "setup_intent_unexpected_state"
