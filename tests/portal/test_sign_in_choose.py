"""The shared address: which business it is, is found by the mailbox, or chosen once that is proven."""

import pytest
from django.conf import settings

from nextroute.customers.models import Customer
from nextroute.identity.models import Login, PortalSession
from nextroute.notifications.models import Delivery
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.doors import (
    CHOOSE_BUSINESS,
    HOME,
    SENT,
    Browser,
    Clock,
    a_login,
    said,
)
from tests.post import Post


def live() -> int:
    return PortalSession.objects.filter(ended_at=None).count()


def test_at_the_shared_address_the_one_business_that_knows_the_mailbox_is_found(
    browser: Browser, login: Login, silk: Business, post: Post
) -> None:
    assert browser.get(HOME).status_code == 200
    assert browser.ask(login.email, slug="")["Location"] == SENT
    assert "Bright Bins" not in said(browser.get(SENT)), "it is not told before the mailbox is proven"
    letter = post.letter()
    assert "Bright Bins" in letter.sender
    assert "Bright Bins" not in said(browser.get(SENT))
    assert "Sign in to Bright Bins" in said(browser.get(letter.link))
    assert browser.post(letter.link)["Location"] == HOME
    assert "Bright Bins" in said(browser.get(HOME))


@pytest.fixture
def at_both(ada: Customer, dee: Customer) -> str:
    """An address of a customer at each of two businesses."""
    a_login(ada, email="same@example.com")
    a_login(dee, email="same@example.com")
    return "same@example.com"


@pytest.mark.parametrize("by", ["link", "code"])
def test_a_mailbox_that_two_businesses_know_gets_one_mail_and_chooses(
    browser: Browser, at_both: str, post: Post, silk: Business, by: str
) -> None:
    browser.ask(at_both, slug="")
    letter = post.letter()
    assert "Bright Bins and Silk City" in letter.subject
    page = said(browser.get(letter.link))
    assert "Sign in to your account" in page
    assert "Bright Bins" not in page
    answer = browser.post(letter.link) if by == "link" else browser.type_code(letter.code)
    assert answer["Location"] == CHOOSE_BUSINESS
    assert live() == 0
    page = said(browser.get(CHOOSE_BUSINESS))
    assert "<b>Bright Bins</b>" in page
    assert "<b>Silk City</b>" in page
    assert browser.post(CHOOSE_BUSINESS, {"business": str(silk.pk)})["Location"] == HOME
    assert "Silk City" in said(browser.get(HOME))
    with cast.inside(silk):
        assert PortalSession.objects.get().proven_by == by


def test_choosing_is_done_once_in_one_browser_for_ten_minutes(
    browser: Browser, at_both: str, post: Post, clock: Clock, bright: Business, login: Login
) -> None:
    browser.ask(at_both, slug="")
    letter = post.letter()
    phone = Browser()
    assert phone.post(letter.link)["Location"] == CHOOSE_BUSINESS
    assert browser.get(CHOOSE_BUSINESS)["Location"] == HOME, "the browser that clicked chooses, not the one that asked"
    for other in ("", "x", str(login.pk)):
        assert phone.post(CHOOSE_BUSINESS, {"business": other}).status_code == 404
    choose = {"business": str(bright.pk)}
    secret = phone.cookies[settings.ASKING_COOKIE].value
    assert phone.post(CHOOSE_BUSINESS, choose)["Location"] == HOME
    assert phone.get(HOME).status_code == 200
    phone.cookies[settings.ASKING_COOKIE] = secret
    phone.post(CHOOSE_BUSINESS, choose)
    assert live() == 1
    assert phone.get(letter.link).status_code == 410


def test_who_takes_too_long_to_choose_starts_again(
    browser: Browser, at_both: str, post: Post, clock: Clock, bright: Business
) -> None:
    browser.ask(at_both, slug="")
    browser.post(post.letter().link)
    clock.forward(minutes=10)
    assert browser.get(CHOOSE_BUSINESS)["Location"] == HOME
    assert browser.post(CHOOSE_BUSINESS, {"business": str(bright.pk)})["Location"] == HOME
    assert live() == 0


def test_success_at_the_shared_address_ends_what_was_asked_at_the_businesses_too(
    browser: Browser, at_both: str, post: Post
) -> None:
    browser.ask(at_both)
    own = post.letter()
    browser.ask(at_both, slug="")
    browser.post(post.letter().link)
    assert browser.post(own.link).status_code == 410


def test_nobody_at_any_business_gets_no_mail_and_reads_the_same(browser: Browser, login: Login, post: Post) -> None:
    browser.ask("nobody@example.com", slug="")
    assert post.round() == []
    assert "If <b>nobody@example.com</b> is a customer’s address" in said(browser.get(SENT))
    assert not Delivery.objects.exists()
