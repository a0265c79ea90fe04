"""Asking for a link and typing its code: the same for anybody's address. docs/rules/getting-in.md."""

import pytest
from django.conf import settings

from nextroute.customers.models import Customer
from nextroute.identity import asks, throttling
from nextroute.identity.models import Access, Login, PortalSession
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.doors import (
    AGAIN,
    CHOOSE_BUSINESS,
    HOME,
    SENT,
    Browser,
    Clock,
    a_login,
    said,
    statements,
)
from tests.post import Letter, Post

DOOR = "/portal/at/bright-bins/"


def live() -> int:
    return PortalSession.objects.filter(ended_at=None).count()


# Asking


def test_asking_leads_to_the_page_that_says_so_and_a_mail_goes_out(browser: Browser, login: Login, post: Post) -> None:
    answer = browser.ask(" Ada@Example.com ")
    assert (answer.status_code, answer["Location"]) == (302, SENT)
    page = said(browser.get(SENT))
    assert "If <b>ada@example.com</b> is a customer’s address, a link is on its way." in page
    assert "for 10 minutes" in page
    letter = post.letter()
    assert letter.to == "ada@example.com"
    assert letter.link == f"/portal/sign-in/{letter.token}/"


def test_the_browsers_secret_is_for_this_server_and_no_script(browser: Browser, login: Login, settings: object) -> None:
    settings.DEV, settings.ASKING_COOKIE = False, "__Host-asking"  # type: ignore[attr-defined]
    cookie = browser.ask(login.email).cookies["__Host-asking"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    assert cookie["secure"]
    assert len(cookie.value) == 43


@pytest.mark.parametrize("slug", ["bright-bins", ""])
def test_asking_costs_the_same_for_an_address_that_is_nobodys(
    ada: Customer, login: Login, post: Post, hashes: list[str], slug: str
) -> None:
    a_login(ada, email="no-access@example.com")
    Access.objects.filter(login__email="no-access@example.com").delete()
    told = set()
    for email in (login.email, "nobody@example.com", "no-access@example.com"):
        browser = Browser()
        with statements() as sent:
            answer = browser.ask(email, slug=slug)
        told.add((answer.status_code, answer["Location"], len(sent), *(one.split()[0] for one in sent)))
        assert not [one for one in sent if "identity_login" in one], "nobody is looked up"
        page = said(browser.get(SENT))
        told.add((email in page, len(page) - len(email)))
    assert len(told) == 2
    assert hashes == []
    assert [one.to for one in post.round()] == [login.email]


def test_a_code_costs_the_same_for_an_address_that_is_nobodys(login: Login, post: Post, clock: Clock) -> None:
    told = []
    for email in (login.email, "nobody@example.com"):
        browser = Browser()
        browser.ask(email)
        post.round()
        for _ in range(asks.TRIES + 1):
            with statements() as sent:
                answer = browser.type_code("000000")
            page = said(answer)
            told.append((answer.status_code, len(sent), len(page) - len(email), "tries or time" in page))
    half = len(told) // 2
    assert told[:half] == told[half:]
    assert [spent for *_, spent in told[:half]] == [False] * asks.TRIES + [True]


@pytest.mark.parametrize("email", ["", "ada", "a\0@x.com", "x" * 255 + "@example.com"])
@pytest.mark.parametrize("slug", ["bright-bins", ""])
def test_what_is_no_address_is_asked_for_again(browser: Browser, bright: Business, email: str, slug: str) -> None:
    assert browser.ask(email, slug=slug).status_code == 422
    with cast.inside(bright):
        assert asks.waiting(now=cast.NOON) == []


def test_an_unknown_business_is_not_found(browser: Browser, bright: Business) -> None:
    assert browser.ask("ada@example.com", slug="no-such").status_code == 404


def test_a_browser_that_asked_for_nothing_is_led_to_the_way_in(browser: Browser, bright: Business) -> None:
    answers = [browser.get(SENT), browser.post(AGAIN), browser.type_code("123456"), browser.get(CHOOSE_BUSINESS)]
    browser.cookies[settings.ASKING_COOKIE] = "x" * 43
    answers += [browser.get(SENT), browser.post(AGAIN), browser.type_code("123456"), browser.get(CHOOSE_BUSINESS)]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, HOME)}


def test_sending_it_again_sends_another_mail_and_both_work(browser: Browser, login: Login, post: Post) -> None:
    browser.ask(login.email)
    first = post.letter()
    assert browser.post(AGAIN)["Location"] == SENT
    second = post.letter()
    assert (second.to, second.code != first.code, second.token != first.token) == (first.to, True, True)
    assert browser.type_code(first.code)["Location"] == HOME


# Typing the code


def test_the_code_signs_in_the_browser_that_asked(browser: Browser, letter: Letter) -> None:
    assert browser.type_code(letter.code)["Location"] == HOME
    assert browser.get(HOME).status_code == 200
    assert PortalSession.objects.get().proven_by == "code"


@pytest.mark.parametrize("apart", ["{0} {1}", " {0}-{1} ", "{0}\u2013{1}", "{0}\u00a0{1}"])
def test_the_code_may_be_set_apart(browser: Browser, letter: Letter, apart: str) -> None:
    assert browser.type_code(apart.format(letter.code[:3], letter.code[3:]))["Location"] == HOME


def test_the_code_opens_nothing_in_another_browser(login: Login, letter: Letter) -> None:
    other = Browser()
    other.ask(login.email)
    assert other.type_code(letter.code).status_code == 422
    assert live() == 0


def test_a_code_has_five_tries_and_its_link_is_not_touched_by_them(browser: Browser, letter: Letter) -> None:
    wrong = "000000" if letter.code != "000000" else "000001"
    for _ in range(asks.TRIES):
        answer = browser.type_code(wrong)
        assert answer.status_code == 422
        assert "Those aren’t the digits we sent." in said(answer)
    answer = browser.type_code(letter.code)
    assert answer.status_code == 422
    assert "tries or time are used up" in said(answer)
    assert live() == 0
    assert browser.post(letter.link)["Location"] == HOME


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "123\0456", "1" * 99])
def test_what_are_not_six_digits_takes_no_try(browser: Browser, letter: Letter, typed: str) -> None:
    for _ in range(asks.TRIES + 1):
        assert browser.type_code(typed).status_code == 422
    assert browser.type_code(letter.code)["Location"] == HOME


def test_a_code_is_over_after_ten_minutes(browser: Browser, letter: Letter, clock: Clock) -> None:
    clock.forward(minutes=10)
    assert "tries or time are used up" in said(browser.type_code(letter.code))
    assert live() == 0


def test_a_code_of_another_address_typed_before_is_not_this_ones(
    browser: Browser, login: Login, eve: Customer, post: Post, clock: Clock
) -> None:
    """Or one try would be a try at everybody whose address was typed into this browser."""
    a_login(eve)
    browser.ask(eve.email)
    hers = post.letter()
    clock.forward(seconds=1)
    browser.ask(login.email)
    post.round()
    assert browser.type_code(hers.code).status_code == 422
    assert live() == 0


# Slowing down


def test_too_many_wishes_are_asked_to_wait(browser: Browser, login: Login, clock: Clock) -> None:
    for _ in range(throttling.LINKS_BY_BOTH.burst):
        assert browser.ask(login.email).status_code == 302
    for answer in (browser.ask(login.email), browser.post(AGAIN)):
        assert (answer.status_code, answer["Retry-After"]) == (429, str(throttling.LINKS_BY_BOTH.every))
        assert "That was a lot of tries." in said(answer)
        assert login.email in said(answer)
    clock.forward(seconds=throttling.LINKS_BY_BOTH.every)
    assert browser.post(AGAIN).status_code == 302


def test_the_shared_address_is_slowed_down_too(browser: Browser, bright: Business) -> None:
    for _ in range(throttling.LINKS_BY_BOTH.burst):
        browser.ask("ada@example.com", slug="")
    assert browser.ask("ada@example.com", slug="").status_code == 429


def test_an_owners_browser_gets_its_link_and_code_while_others_spray(
    signed_in: Browser, login: Login, post: Post
) -> None:
    for n in range(throttling.LINKS_BY_EMAIL.burst + 1):
        throttling.link("bright-bins", login.email, f"192.0.2.{n}", known=False, now=cast.NOON)
    for n in range(throttling.CODES_BY_EMAIL.burst + 1):
        throttling.code("bright-bins", login.email, f"192.0.2.{n}", known=False, now=cast.NOON)
    assert Browser().ask(login.email).status_code == 429
    assert signed_in.ask(login.email)["Location"] == SENT
    assert signed_in.type_code(post.letter().code)["Location"] == HOME


def test_codes_are_slowed_down_over_all_asks_but_the_link_never_is(
    browser: Browser, login: Login, post: Post, clock: Clock
) -> None:
    """So that asking again and again does not give five tries again and again."""
    for _ in range(throttling.CODES_BY_EMAIL.burst):
        throttling.code("bright-bins", login.email, "198.51.100.1", known=False, now=clock.now)
    browser.ask(login.email)
    letter = post.letter()
    answer = browser.type_code(letter.code)
    assert (answer.status_code, answer["Retry-After"]) == (429, str(throttling.CODES_BY_EMAIL.every))
    assert browser.post(letter.link)["Location"] == HOME
