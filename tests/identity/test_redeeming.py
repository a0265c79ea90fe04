"""Two at once: whatever is clicked and typed at the same moment, there is one session, and nobody waits in a ring."""

from collections.abc import Callable
from typing import Any

import pytest

from nextroute.identity import asks, minting
from nextroute.identity.asks import TRIES
from nextroute.identity.models import PortalSession
from nextroute.notifications.models import Delivery
from nextroute.tenancy.businesses import Business
from tests import cast, racing
from tests.doors import CHOOSE_BUSINESS, HOME, Browser, Clock, a_login
from tests.post import Letter, Post

type Meeting = Callable[..., list[Any]]

EMAIL = "ada@example.com"


@pytest.fixture(params=[racing.overlapping, racing.at_once], ids=["overlapping", "at once"])
def meeting(request: pytest.FixtureRequest) -> Meeting:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def bright(committed: None) -> Business:
    """Bright Bins with Ada, committed."""
    return known_at("bright-bins")


@pytest.fixture
def post(clock: Clock) -> Post:
    return Post(clock)


def known_at(slug: str) -> Business:
    business = cast.a_business(slug)
    with cast.inside(business):
        a_login(cast.a_customer(business, "ada"))
    return business


def a_letter(browser: Browser, post: Post, **where: str) -> Letter:
    browser.ask(EMAIL, **where)
    post.clock.forward(seconds=1)
    return post.letter()


def sessions(business: Business) -> int:
    with cast.inside(business):
        return PortalSession.objects.count()


def click(letter: Letter) -> int:
    return int(Browser().post(letter.link).status_code)


def test_one_link_clicked_twice_is_one_session(bright: Business, post: Post, meeting: Meeting) -> None:
    letter = a_letter(Browser(), post)
    assert sorted(meeting(lambda: click(letter), lambda: click(letter))) == [302, 410]
    assert sessions(bright) == 1


def test_two_links_of_one_person_are_one_session(bright: Business, post: Post, meeting: Meeting) -> None:
    one, other = (a_letter(Browser(), post) for _ in range(2))
    assert sorted(meeting(lambda: click(one), lambda: click(other))) == [302, 410]
    assert sessions(bright) == 1


def test_a_link_of_the_business_and_one_of_the_shared_address_are_one_session(
    bright: Business, post: Post, meeting: Meeting
) -> None:
    """They are found under different keys, so rows alone could be locked in either order."""
    own, shared = a_letter(Browser(), post), a_letter(Browser(), post, slug="")
    assert sorted(meeting(lambda: click(own), lambda: click(shared))) == [302, 410]
    assert sorted(meeting(lambda: click(shared), lambda: click(own))) == [410, 410]
    assert sessions(bright) == 1


def test_the_link_and_its_code_are_one_session(bright: Business, post: Post, meeting: Meeting) -> None:
    browser = Browser()
    letter = a_letter(browser, post)
    assert sorted(meeting(lambda: click(letter), lambda: int(browser.type_code(letter.code).status_code)))[0] == 302
    assert sessions(bright) == 1


def test_a_code_has_five_tries_however_many_are_made_at_once(bright: Business, post: Post, clock: Clock) -> None:
    browser = Browser()
    letter = a_letter(browser, post)
    wrong = "000000" if letter.code != "000000" else "000001"

    def guess() -> bool:
        """Whether it was a try at all."""
        mine = Browser()
        mine.cookies = browser.cookies
        return "Those aren’t the digits" in mine.type_code(wrong).content.decode()

    tried = racing.at_once(*[guess] * (TRIES + 1))
    assert tried.count(True) == TRIES
    assert browser.type_code(letter.code).status_code == 422


def test_an_undecided_browser_chooses_once(bright: Business, post: Post, meeting: Meeting) -> None:
    silk = known_at("silk-city")
    browser = Browser()
    browser.post(a_letter(browser, post, slug="").link)

    def choose(business: Business) -> Callable[[], str]:
        def click() -> str:
            mine = Browser()
            mine.cookies = browser.cookies.copy()  # type: ignore[assignment]
            return str(mine.post(CHOOSE_BUSINESS, {"business": str(business.pk)})["Location"])

        return click

    assert meeting(choose(bright), choose(silk)) == [HOME, HOME]
    assert sessions(bright) + sessions(silk) == 1


def test_two_workers_with_one_ask_owe_one_mail(bright: Business, post: Post, clock: Clock, meeting: Meeting) -> None:
    Browser().ask(EMAIL)
    (ask,) = asks.waiting(now=clock.now)

    def work() -> int:
        return int(minting.mint(ask, now=clock.now))

    assert sorted(meeting(work, work)) == [0, 1]
    with cast.inside(bright):
        assert Delivery.objects.count() == 1
