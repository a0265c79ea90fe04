"""What a sign-in leads to, whom it is told, and what the business's own door says to who comes back."""

import pytest

from nextroute.customers.models import Customer
from nextroute.identity.models import Ask, Login
from nextroute.tenancy.businesses import Business
from tests.doors import (
    ANYWHERE,
    SENT,
    SET_PASSWORD,
    Browser,
    Clock,
    a_login,
    said,
)
from tests.post import Letter, Post

DOOR = "/portal/at/bright-bins/"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36"


def test_a_new_browser_makes_a_mail_and_a_known_one_does_not(
    signed_in: Browser, login: Login, post: Post, clock: Clock
) -> None:
    signed_in.ask(login.email)
    signed_in.post(post.letter().link)
    assert post.round() == []
    stranger = Browser(headers={"user-agent": CHROME})
    stranger.ask(login.email)
    stranger.post(post.letter().link)
    notice = post.letter()
    assert notice.to == login.email
    assert notice.link == f"{DOOR}?email=ada%40example.com&forgot=1"


def test_the_first_sign_in_ever_makes_no_mail(browser: Browser, letter: Letter, post: Post) -> None:
    browser.post(letter.link)
    assert post.round() == []


def test_a_browser_shared_by_two_is_known_to_both(
    signed_in: Browser, login: Login, eve: Customer, post: Post, clock: Clock
) -> None:
    a_login(eve)
    for email in (eve.email, login.email, eve.email):
        signed_in.ask(email)
        signed_in.post(post.letter().link)
        assert post.round() == []


def test_who_says_it_was_not_them_is_shown_the_way_to_a_new_password(signed_in: Browser, login: Login) -> None:
    page = said(signed_in.get(f"{DOOR}?email=ada%40example.com&forgot=1"))
    assert 'value="ada@example.com"' in page
    assert "<details open>" in page
    assert "set a new password" in page


def test_asking_for_a_new_password_leads_to_it(browser: Browser, login: Login, post: Post) -> None:
    browser.ask(login.email, way="new-password")
    assert browser.post(post.letter().link)["Location"] == SET_PASSWORD


def test_enter_presses_no_button_and_does_what_was_filled_in(browser: Browser, login: Login) -> None:
    answer = browser.post(DOOR, {"email": login.email, "way": "", "password": ""})
    assert answer["Location"] == SENT
    answer = browser.post(DOOR, {"email": login.email, "way": "", "password": "not the password"})
    assert "don’t go together" in said(answer)
    assert "<details open>" in said(answer)


def test_a_welcome_has_the_address_filled_in(browser: Browser, bright: Business) -> None:
    page = said(browser.get(f"{DOOR}?email=ada%40example.com%22%3E"))
    assert 'value="ada@example.com&#34;&gt;"' in page


def test_an_ask_says_nothing_of_its_person_in_the_log(
    browser: Browser, login: Login, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG", logger="nextroute"), caplog.at_level("DEBUG", logger="django.request"):
        browser.ask(login.email)
        letter = post.letter()
        browser.type_code("000000")
        browser.get(f"{ANYWHERE}{'x' * 43}/")
        browser.post(letter.link)
    assert not [word for word in (login.email, letter.token, letter.code) if word in caplog.text]
    assert Ask.objects.count() == 0, "without a key there is none to be seen"
