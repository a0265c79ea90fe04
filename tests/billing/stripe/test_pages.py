"""The pages the stand-in shows: marked as a test, for everyone, and without a script."""

from collections.abc import Callable, Iterator

import pytest
import stripe
from playwright.sync_api import Browser, Page

from tests.billing.stripe.shop import BANK, CARD, SLOW, Shop
from tests.ui.axe import complaints
from tests.ui.chromium import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.route("https://**/*", lambda route: route.fulfill(body="back at the shop"))
        yield page


def a_session(shop: Shop) -> stripe.checkout.Session:
    """Which leads back to an address that a browser here can reach."""
    return shop.session(success_url=f"{shop.fake.url}/done?s={{CHECKOUT_SESSION_ID}}")


def to_pay(shop: Shop) -> str:
    return str(shop.session().url)


def to_set_up(shop: Shop) -> str:
    case = {"type": "account_onboarding", "account_onboarding": {"refresh_url": "https://portal.example/again"}}
    return shop.client.v2.core.account_links.create({"account": shop.account, "use_case": case}).url  # type: ignore[typeddict-item]


def to_confirm(shop: Shop) -> str:
    intent = shop.fake.pay(shop.session().id, card="4000002760003184")
    return str(intent["next_action"]["redirect_to_url"]["url"])


def to_prove(shop: Shop) -> str:
    intent = shop.fake.pay(shop.session().id, bank=SLOW)
    return str(intent["next_action"]["verify_with_microdeposits"]["hosted_verification_url"])


def to_save(shop: Shop) -> str:
    return str(shop.setup(shop.customer().id).url)


def to_nowhere(shop: Shop) -> str:
    return f"{shop.fake.url}/pay/{shop.account}/cs_test_nothing"


@pytest.mark.parametrize("where", [to_pay, to_save, to_set_up, to_confirm, to_prove, to_nowhere])
def test_axe_finds_nothing_and_every_page_says_that_it_is_a_test(
    browser: Browser, shop: Shop, where: Callable[[Shop], str]
) -> None:
    with browser.new_context(bypass_csp=True) as context:
        page = context.new_page()
        page.goto(where(shop))
        assert "TEST – no money moves" in page.inner_text("header")
        assert complaints(page) == []


def test_somebody_pays_by_card_and_is_back_at_the_shop(shop: Shop, page: Page) -> None:
    session = a_session(shop)
    page.goto(str(session.url))
    assert page.get_by_role("heading", name="Pay $50.00").is_visible()
    page.get_by_label("Test card number").fill("4242 4242 4242 4242")
    page.get_by_role("button", name="Pay $50.00").click()
    page.wait_for_url(f"**/done?s={session.id}")
    assert shop.found(session.id).payment_status == "paid"


def test_a_declined_card_is_said_and_another_one_may_be_tried(shop: Shop, page: Page) -> None:
    page.goto(str(a_session(shop).url))
    page.get_by_label("Test card number").fill("4000 0000 0000 9995")
    page.get_by_role("button", name="Pay").click()
    assert page.get_by_role("alert").inner_text() == "Your card has insufficient funds."
    assert page.get_by_label("Test card number").input_value() == "4000 0000 0000 9995"
    page.get_by_label("Test card number").fill("5555555555554444")
    page.get_by_role("button", name="Pay").click()
    page.wait_for_url("**/done?s=*")


def test_somebody_pays_by_bank_and_the_money_is_on_its_way(shop: Shop, page: Page) -> None:
    session = a_session(shop)
    page.goto(str(session.url))
    page.get_by_label("US bank account").check()
    page.get_by_label("A test account that…").select_option("pays after some days")
    page.get_by_role("button", name="Pay").click()
    page.wait_for_url("**/done?s=*")
    assert shop.found(session.id).payment_status == "unpaid"
    assert shop.fake.books(shop.account).processing == 5_000


def test_somebody_goes_back_and_nothing_has_happened(shop: Shop, page: Page) -> None:
    session = shop.session()
    page.goto(str(session.url))
    page.get_by_role("link", name="Go back without paying").click()
    page.wait_for_url("https://shop.example/back")
    assert shop.found(session.id).status == "open"


@pytest.mark.parametrize(("answer", "paid"), [("It is me", "paid"), ("It is not", "unpaid")])
def test_a_bank_asks_and_is_answered(shop: Shop, page: Page, answer: str, paid: str) -> None:
    session = a_session(shop)
    page.goto(str(session.url))
    page.get_by_label("Test card number").fill("4000002760003184")
    page.get_by_role("button", name="Pay").click()
    page.get_by_role("button", name=answer, exact=True).click()
    page.wait_for_url(f"**/done?s={session.id}" if paid == "paid" else str(session.url))
    assert shop.found(session.id).payment_status == paid


def test_the_deposits_code_is_checked(shop: Shop, page: Page) -> None:
    page.goto(to_prove(shop))
    page.get_by_label("Code").fill("SM99ZZ")
    page.get_by_role("button", name="Verify").click()
    assert page.get_by_role("alert").is_visible()
    page.get_by_label("Code").fill("sm11aa")
    page.get_by_role("button", name="Verify").click()
    assert page.get_by_role("heading", name="Verified").is_visible()


@pytest.mark.parametrize(("allowed", "other"), [(CARD, "US bank account"), (BANK, "Card")])
def test_a_page_offers_what_is_allowed(shop: Shop, page: Page, allowed: str, other: str) -> None:
    page.goto(str(shop.session(allowed_payment_method_types=[allowed]).url))
    assert page.get_by_role("radio").count() == 1
    assert page.get_by_label(other, exact=True).count() == 0


def test_a_page_that_is_over_leads_back(shop: Shop, page: Page) -> None:
    session = shop.session()
    shop.client.v1.checkout.sessions.expire(session.id, None, shop.options())
    page.goto(str(session.url))
    assert page.get_by_text("This page has expired.").is_visible()
    page.get_by_role("link", name="Go back").click()
    page.wait_for_url("https://shop.example/back")


def test_names_are_shown_as_they_are_and_never_as_html(shop: Shop, page: Page) -> None:
    price = {"currency": "usd", "unit_amount": 5_000, "product_data": {"name": "<b>Bins</b>"}}
    page.goto(str(shop.session(line_items=[{"price_data": price, "quantity": 2}]).url))
    assert page.get_by_text("<b>Bins</b>").is_visible()
    assert page.get_by_role("heading", name="Pay $100.00").is_visible()


def test_no_page_lets_a_script_run_or_stands_in_anothers_frame(shop: Shop, page: Page) -> None:
    answer = page.goto(to_pay(shop))
    assert answer
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
