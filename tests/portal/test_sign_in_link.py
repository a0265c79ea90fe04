"""A mailed link: opened by anybody any number of times, redeemed by one click. docs/rules/getting-in.md."""

import pytest
from django.conf import settings

from nextroute.customers.models import Customer
from nextroute.identity import throttling
from nextroute.identity.models import Access, Login, PortalSession
from nextroute.tenancy.businesses import Business
from tests.doors import (
    ANYWHERE,
    CHOOSE,
    HOME,
    Browser,
    Clock,
    a_login,
    said,
)
from tests.post import Letter, Post

DOOR = "/portal/at/bright-bins/"


def live() -> int:
    return PortalSession.objects.filter(ended_at=None).count()


# Opening it


def test_looking_at_a_link_burns_nothing_however_often(browser: Browser, letter: Letter) -> None:
    scanner = Browser()
    before = said(scanner.get(letter.link))
    for _ in range(40):
        assert scanner.get(letter.link).status_code == 200
        assert scanner.head(letter.link).status_code == 200
    assert "Sign in to Bright Bins" in before
    assert "a•••@example.com" in before
    assert "ada@example.com" not in before
    assert live() == 0
    assert browser.post(letter.link)["Location"] == HOME


def test_the_click_signs_in_wherever_the_mail_is_read(login: Login, letter: Letter) -> None:
    phone = Browser()
    answer = phone.post(letter.link)
    assert (answer.status_code, answer["Location"]) == (302, HOME)
    assert phone.get(HOME).status_code == 200
    assert phone.get(DOOR)["Location"] == HOME, "the business is remembered"
    assert PortalSession.objects.get().proven_by == "link"


def test_a_used_link_says_so_calmly_and_shows_the_way_to_a_new_one(login: Login, letter: Letter) -> None:
    phone, desk = Browser(), Browser()
    phone.post(letter.link)
    for answer in (desk.get(letter.link), desk.head(letter.link), desk.post(letter.link)):
        assert answer.status_code == 410
    page = said(desk.get(letter.link))
    assert "This link has been used." in page
    assert f'href="{DOOR}">Get a new link' in page
    assert f'href="{HOME}">See your visits' in said(phone.get(letter.link)), "who is in already needs no new one"
    assert live() == 1


def test_a_link_is_over_after_ten_minutes(browser: Browser, letter: Letter, clock: Clock) -> None:
    clock.forward(minutes=9, seconds=59)
    assert browser.get(letter.link).status_code == 200
    clock.forward(seconds=1)
    for answer in (browser.get(letter.link), browser.post(letter.link)):
        assert answer.status_code == 410
        assert "This link has had its time." in said(answer)
    assert live() == 0


@pytest.mark.parametrize("token", ["x" * 43, "x", "x" * 500, "é", "a.b", "'; --", "%00", "x" * 42 + "."])
def test_a_link_nobody_was_given_is_not_found(browser: Browser, letter: Letter, token: str) -> None:
    for answer in (browser.get(f"{ANYWHERE}{token}/"), browser.post(f"{ANYWHERE}{token}/")):
        assert answer.status_code == 404
        assert "This link doesn’t open anything." in said(answer)
        assert f'href="{ANYWHERE}">Get a new link' in said(answer)
    assert browser.get(letter.link).status_code == 200


def test_who_tries_many_links_is_asked_to_wait(browser: Browser, bright: Business) -> None:
    for n in range(throttling.BY_UNKNOWN_TOKEN.burst):
        assert browser.get(f"{ANYWHERE}{n:043}/").status_code == 404
    answer = browser.get(f"{ANYWHERE}{'x' * 43}/")
    assert (answer.status_code, answer["Retry-After"]) == (429, "2")


def test_a_link_of_another_business_signs_in_there_and_out_here(
    signed_in: Browser, dee: Customer, post: Post, clock: Clock
) -> None:
    a_login(dee)
    Browser().ask(dee.email, slug="silk-city")
    letter = post.letter()
    page = said(signed_in.get(letter.link))
    assert "Sign in to Silk City" in page
    assert "Bright Bins" not in page
    assert signed_in.post(letter.link)["Location"] == HOME
    assert "Silk City" in said(signed_in.get(HOME))
    assert live() == 0, "Ada's session at Bright Bins has ended"


def test_access_taken_away_before_the_click_opens_nothing(browser: Browser, letter: Letter, login: Login) -> None:
    Access.objects.all().delete()
    assert browser.get(letter.link).status_code == 404
    assert browser.post(letter.link).status_code == 404
    assert live() == 0


def test_a_link_starts_a_new_session_and_ends_the_one_before(signed_in: Browser, login: Login, post: Post) -> None:
    before = signed_in.token
    signed_in.ask(login.email)
    signed_in.post(post.letter().link)
    assert signed_in.token != before
    assert live() == 1
    assert signed_in.cookies[settings.ASKING_COOKIE].value == ""


def test_the_forms_keys_change_with_the_sign_in(login: Login, post: Post) -> None:
    strict = Browser(enforce_csrf_checks=True)
    Browser().ask(login.email)
    letter = post.letter()
    assert strict.post(letter.link).status_code == 403
    page = said(strict.get(letter.link))
    key = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    before = strict.cookies[settings.CSRF_COOKIE_NAME].value
    assert strict.post(letter.link, {"csrfmiddlewaretoken": key}).status_code == 302
    assert strict.cookies[settings.CSRF_COOKIE_NAME].value != before


def test_somebody_with_several_customers_then_says_for_whom(ada: Customer, eve: Customer, post: Post) -> None:
    a_login(ada, eve, email="both@example.com")
    browser = Browser()
    browser.ask("both@example.com")
    browser.post(post.letter().link)
    assert browser.get(HOME)["Location"] == CHOOSE


# Several open asks


def three(browser: Browser, login: Login, post: Post, clock: Clock) -> list[Letter]:
    letters = []
    for _ in range(3):
        browser.ask(login.email)
        letters.append(post.letter())
        clock.forward(seconds=1)
    return letters


def test_any_of_three_open_asks_may_be_used_and_then_all_are_over(
    browser: Browser, login: Login, post: Post, clock: Clock
) -> None:
    first, second, third = three(browser, login, post, clock)
    phone = Browser()
    assert phone.post(first.link)["Location"] == HOME
    for other in (second, third):
        assert "A newer link has taken this one’s place." in said(phone.get(other.link))
        assert browser.post(other.link).status_code == 410
        assert browser.type_code(other.code).status_code == 422
    assert live() == 1


def test_a_fourth_ask_ends_the_first(browser: Browser, login: Login, post: Post, clock: Clock) -> None:
    first, second, *_ = three(browser, login, post, clock)
    browser.ask(login.email)
    fourth = post.letter()
    assert browser.get(first.link).status_code == 410
    assert browser.type_code(first.code).status_code == 422
    assert [browser.get(one.link).status_code for one in (second, fourth)] == [200, 200]


def test_strangers_who_ask_do_not_end_what_the_owners_browser_asked_for(
    signed_in: Browser, login: Login, post: Post, clock: Clock
) -> None:
    signed_in.ask(login.email)
    letter = post.letter()
    for n in range(6):
        Browser(REMOTE_ADDR=f"192.0.2.{n}").ask(login.email)
        clock.forward(seconds=1)
    assert len(post.round()) == 3, "what is overtaken before it goes out stays here"
    assert signed_in.post(letter.link)["Location"] == HOME


def test_a_sign_in_at_one_business_leaves_the_asks_at_another(ada: Customer, dee: Customer, post: Post) -> None:
    a_login(ada, email="same@example.com")
    a_login(dee, email="same@example.com")
    here, there = Browser(), Browser()
    here.ask("same@example.com")
    here_letter = post.letter()
    there.ask("same@example.com", slug="silk-city")
    there_letter = post.letter()
    assert here.post(here_letter.link)["Location"] == HOME
    assert there.post(there_letter.link)["Location"] == HOME
