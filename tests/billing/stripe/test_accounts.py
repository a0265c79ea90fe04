"""Connected accounts: what they may do, who sees their things, and Stripe's page about them."""

from typing import Any, Literal

import pytest
import requests
import stripe
from stripe import StripeClient

from nextroute.billing.stripe.fake import FakeStripe
from tests.billing.stripe.shop import Shop

BACK, AGAIN = "https://portal.example/back", "https://portal.example/again"
PARTS: list[Literal["configuration.merchant", "requirements"]] = ["configuration.merchant", "requirements"]


def seen(shop: Shop) -> stripe.v2.core.Account:
    return shop.client.v2.core.accounts.retrieve(shop.account, {"include": [*PARTS]})


def cards(account: stripe.v2.core.Account) -> str:
    assert account.configuration
    assert account.configuration.merchant
    assert account.configuration.merchant.capabilities
    assert account.configuration.merchant.capabilities.card_payments
    return account.configuration.merchant.capabilities.card_payments.status


def a_link(shop: Shop) -> str:
    asked: Any = {"return_url": BACK, "refresh_url": AGAIN}
    case: Any = {"type": "account_onboarding", "account_onboarding": asked}
    return shop.client.v2.core.account_links.create({"account": shop.account, "use_case": case}).url


@pytest.mark.parametrize(
    ("state", "status", "entries"),
    [
        ("unfinished", "restricted", 3),
        ("reviewed", "pending", 0),
        ("rejected", "rejected", 0),
        ("finished", "active", 0),
    ],
)
def test_an_account_says_what_it_may_and_what_it_still_has_to_say(
    fake: FakeStripe, client: StripeClient, state: str, status: str, entries: int
) -> None:
    account = seen(Shop(fake, client, state=state))
    assert cards(account) == status
    assert account.requirements
    assert len(account.requirements.entries or []) == entries


def test_only_what_is_asked_for_is_included(shop: Shop) -> None:
    account = shop.client.v2.core.accounts.retrieve(shop.account)
    assert account.requirements is None
    assert account.configuration
    assert account.configuration.merchant is None


@pytest.mark.parametrize("state", ["unfinished", "reviewed", "rejected"])
def test_an_account_that_is_not_active_takes_no_money(fake: FakeStripe, client: StripeClient, state: str) -> None:
    shop = Shop(fake, client, state=state)
    for ask in (shop.session, shop.direct):
        with pytest.raises(stripe.InvalidRequestError, match="cannot currently make charges"):
            ask()


def test_one_account_never_sees_what_is_anothers(fake: FakeStripe, client: StripeClient, shop: Shop) -> None:
    other = Shop(fake, client, name="Silk City")
    session, intent = shop.session().id, shop.paid()
    customer = shop.customer().id
    for ask in (lambda: other.found(session), lambda: other.intent(intent)):
        with pytest.raises(stripe.InvalidRequestError, match="No such") as no:
            ask()
        assert (no.value.http_status, no.value.code) == (404, "resource_missing")
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        other.session(customer=customer)
    with pytest.raises(stripe.InvalidRequestError, match="No such payment_intent"):
        other.refund(intent)
    assert not other.client.v1.payment_intents.list(None, other.options()).data
    assert other.told() == ["account.updated"]
    assert not client.v1.payment_intents.list().data


def test_an_account_that_is_not_the_platforms_is_refused(shop: Shop) -> None:
    with pytest.raises(stripe.PermissionError, match="does not have access to account 'acct_stranger'"):
        shop.client.v1.customers.list(None, {"stripe_account": "acct_stranger"})


def test_a_closed_account_is_gone_for_good(shop: Shop) -> None:
    shop.client.v2.core.accounts.close(shop.account)
    with pytest.raises(stripe.PermissionError):
        shop.session()


def test_whoever_finishes_the_page_about_the_business_is_sent_back_and_can_charge(
    fake: FakeStripe, client: StripeClient
) -> None:
    shop = Shop(fake, client, state="unfinished")
    link = a_link(shop)
    page = requests.get(link, timeout=5)
    assert "no money moves" in page.text
    assert "Bright Bins" in page.text
    back = requests.post(link, data={"state": "finished"}, timeout=5, allow_redirects=False)
    assert (back.status_code, back.headers["Location"]) == (303, BACK)
    assert cards(seen(shop)) == "active"


def test_whoever_leaves_it_is_sent_back_as_unfinished_as_before(fake: FakeStripe, client: StripeClient) -> None:
    shop = Shop(fake, client, state="unfinished")
    back = requests.post(a_link(shop), data={"state": "unfinished"}, timeout=5, allow_redirects=False)
    assert back.headers["Location"] == BACK
    assert cards(seen(shop)) == "restricted"


def test_a_link_is_good_once_and_for_five_minutes(shop: Shop, fake: FakeStripe) -> None:
    used, old = a_link(shop), a_link(shop)
    assert requests.get(used, timeout=5).ok
    fake.advance(minutes=6)
    for link in (used, old):
        again = requests.get(link, timeout=5, allow_redirects=False)
        assert (again.status_code, again.headers["Location"]) == (303, AGAIN)


def test_an_account_that_changes_says_so_twice_as_a_hint_and_as_a_snapshot(shop: Shop, fake: FakeStripe) -> None:
    fake.onboard(shop.account, "rejected")
    hints = shop.client.v2.core.events.list({"object_id": shop.account}).data
    assert {hint.type for hint in hints} == {
        "v2.core.account.created",
        "v2.core.account[requirements].updated",
        "v2.core.account[configuration.merchant].capability_status_updated",
    }
    assert shop.told()[-1] == "account.updated"
    old: Any = shop.client.v1.accounts.retrieve(shop.account)
    assert old.charges_enabled is False
