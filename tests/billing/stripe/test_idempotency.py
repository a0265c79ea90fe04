"""Asking again: what is done once, what is answered again, and what gets lost on the way."""

from threading import Thread
from typing import Any

import pytest
import stripe

from tests.billing.stripe.shop import Shop, a_client

CUSTOMERS = "/v1/customers"


def made(shop: Shop) -> int:
    """How many customers there are."""
    return len(list(shop.client.v1.customers.list({"limit": 100}, shop.options()).auto_paging_iter()))


def ask(shop: Shop, key: str, name: str = "Ada", **more: Any) -> stripe.Customer:
    asked: Any = {"name": name} | more
    return shop.client.v1.customers.create(asked, shop.options(key))


def test_the_same_key_and_question_get_the_same_answer_and_nothing_is_done_again(shop: Shop) -> None:
    assert ask(shop, "k").id == ask(shop, "k").id
    assert made(shop) == 1
    assert shop.told().count("customer.created") == 1


def test_the_answer_is_that_of_the_first_time_whatever_has_happened_since(shop: Shop) -> None:
    session = shop.session(key="k")
    shop.fake.pay(session.id)
    again = shop.session(key="k")
    assert (again.id, again.status) == (session.id, "open")


def test_the_same_key_with_another_question_is_refused(shop: Shop) -> None:
    ask(shop, "k")
    with pytest.raises(stripe.IdempotencyError, match="only be used with the same parameters") as no:
        ask(shop, "k", name="Eve")
    assert no.value.http_status == 400
    assert made(shop) == 1


def test_a_key_is_forgotten_after_a_day(shop: Shop) -> None:
    first = ask(shop, "k").id
    shop.fake.advance(hours=23, minutes=50)
    assert ask(shop, "k").id == first
    shop.fake.advance(minutes=20)
    assert ask(shop, "k").id != first


def test_keys_of_one_account_are_nothing_to_another(shop: Shop) -> None:
    other = Shop(shop.fake, shop.client)
    assert ask(shop, "k").id != ask(other, "k").id


def test_a_decline_is_remembered_too(shop: Shop) -> None:
    asked: Any = {"amount": 5_000, "currency": "usd", "payment_method": "pm_card_visa_chargeDeclined", "confirm": True}
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            shop.client.v1.payment_intents.create(asked, shop.options("k"))
    assert len(shop.fake.charges(shop.account)) == 1


def test_a_question_that_was_not_understood_leaves_its_key_free(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        ask(shop, "k", nome="Ada")
    assert ask(shop, "k").name == "Ada"


def test_an_answer_lost_on_the_way_is_had_by_asking_again(shop: Shop) -> None:
    shop.fake.befall(path=CUSTOMERS, lost=True, done=True)
    with pytest.raises(stripe.APIConnectionError):
        ask(shop, "k")
    ask(shop, "k")
    assert made(shop) == 1


def test_a_question_lost_on_the_way_was_never_asked(shop: Shop) -> None:
    shop.fake.befall(path=CUSTOMERS, lost=True)
    with pytest.raises(stripe.APIConnectionError):
        ask(shop, "k")
    assert made(shop) == 0
    ask(shop, "k")
    assert made(shop) == 1


def test_a_500_before_the_work_is_mended_by_asking_again(shop: Shop) -> None:
    shop.fake.befall(path=CUSTOMERS, status=500)
    with pytest.raises(stripe.APIError):
        ask(shop, "k")
    assert made(shop) == 0
    ask(shop, "k")
    assert made(shop) == 1


def test_a_500_after_the_work_stays_a_500_for_its_key(shop: Shop) -> None:
    shop.fake.befall(path=CUSTOMERS, status=500, done=True)
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            ask(shop, "k")
    assert made(shop) == 1


def test_the_newer_interface_does_failed_work_when_it_is_asked_again(shop: Shop) -> None:
    asked: Any = {"display_name": "Silk City"}
    shop.fake.befall(path="/v2/core/accounts", status=500, done=True)
    with pytest.raises(stripe.APIError):
        shop.client.v2.core.accounts.create(asked, {"idempotency_key": "k"})
    first = shop.client.v2.core.accounts.create(asked, {"idempotency_key": "k"})
    assert shop.client.v2.core.accounts.create(asked, {"idempotency_key": "k"}).id == first.id


def test_whoever_does_not_wait_gets_no_answer_and_the_work_is_done(shop: Shop) -> None:
    hasty = Shop(shop.fake, a_client(shop.fake, timeout=0.2))
    shop.fake.befall(path=CUSTOMERS, stall=0.6)
    with pytest.raises(stripe.APIConnectionError):
        ask(hasty, "k")
    shop.fake.befall(path=CUSTOMERS, method="GET", stall=0.8)
    assert made(shop) == 0
    hasty.client = shop.client
    assert made(hasty) == 1
    assert ask(hasty, "k").name == "Ada"
    assert made(hasty) == 1


def test_many_who_ask_at_once_with_one_key_do_it_once(shop: Shop) -> None:
    found: list[str] = []
    threads = [Thread(target=lambda: found.append(ask(shop, "k").id)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert made(shop) == 1


def test_the_line_keeps_a_log_of_every_question(shop: Shop) -> None:
    ask(shop, "k")
    call, status = shop.fake.line.log[-1]
    assert (call.method, call.path, call.account, call.key, status) == ("POST", CUSTOMERS, shop.account, "k", 200)
    assert call.asked == {"name": "Ada"}
