import pytest
from django.conf import settings
from django.db import connection

from nextroute.customers.models import Customer
from nextroute.identity import throttling
from nextroute.identity.models import Access, Login, PortalSession
from nextroute.tenancy.businesses import Business
from tests.cast import NOON
from tests.doors import ANYWHERE, CHOOSE, HOME, SCHEDULE, Browser, Clock, a_login

DOOR = "/portal/at/bright-bins/"


@pytest.fixture
def both(browser: Browser, ada: Customer, eve: Customer, clock: Clock) -> Browser:
    """Signed in as somebody who may act for Ada and for Eve, and has not said for whom."""
    browser.come_in(a_login(ada, eve, email="both@example.com"), now=clock.now)
    return browser


def test_a_stranger_is_asked_for_the_address_their_company_knows(browser: Browser, bright: Business) -> None:
    answer = browser.get(SCHEDULE, follow=True)
    assert answer.redirect_chain == [(f"{ANYWHERE}?next=%2Fportal%2Fschedule%2F", 302)]
    assert "Use the e-mail address the company that serves you knows." in answer.content.decode()


def test_a_browser_that_signed_in_once_is_led_to_its_business(signed_in: Browser) -> None:
    signed_in.token = ""
    assert signed_in.get(HOME)["Location"] == DOOR


def test_a_session_over_by_time_says_so(signed_in: Browser, clock: Clock) -> None:
    clock.forward(minutes=61)
    answer = signed_in.get(HOME)
    assert (answer.status_code, answer["Location"]) == (302, f"{DOOR}?why=expired")
    assert answer.cookies[settings.PORTAL_COOKIE]["max-age"] == 0
    assert "You were signed out after a while" in signed_in.get(answer["Location"]).content.decode()


def test_a_forged_token_is_taken_back_without_a_word(signed_in: Browser) -> None:
    signed_in.token = "x" * 43
    answer = signed_in.get(HOME)
    assert answer["Location"] == DOOR
    assert answer.cookies[settings.PORTAL_COOKIE]["max-age"] == 0


def test_who_presents_many_forged_tokens_is_asked_to_wait(browser: Browser, bright: Business) -> None:
    for _ in range(throttling.BY_UNKNOWN_TOKEN.burst):
        browser.token = "x" * 43
        assert browser.get(HOME).status_code == 200
    browser.token = "x" * 43
    answer = browser.get(HOME)
    assert (answer.status_code, answer["Retry-After"]) == (429, "2")


def test_a_form_sent_after_the_session_is_over_says_that_nothing_changed(both: Browser, clock: Clock) -> None:
    clock.forward(minutes=61)
    answer = both.post(CHOOSE, {"customer": "x"}, follow=True)
    assert answer.redirect_chain == [(f"{DOOR}?why=unsent", 302)]
    assert "nothing was changed" in answer.content.decode()


def test_losing_access_ends_ones_pages(signed_in: Browser) -> None:
    Access.objects.all().delete()
    assert signed_in.get(HOME)["Location"] == DOOR


def test_somebody_with_several_customers_picks_one_and_may_switch(both: Browser, ada: Customer, eve: Customer) -> None:
    assert both.get(HOME)["Location"] == CHOOSE
    page = both.get(CHOOSE).content.decode()
    assert "<b>Ada</b><small>8447 West 51st Avenue</small>" in page
    assert both.post(CHOOSE, {"customer": str(eve.pk)})["Location"] == HOME
    assert "Eve, your menu" in both.get(HOME).content.decode()
    assert CHOOSE in both.get(HOME).content.decode()
    both.post(CHOOSE, {"customer": str(ada.pk)})
    assert "Ada, your menu" in both.get(HOME).content.decode()


def test_somebody_elses_customer_cannot_be_picked(both: Browser, dee: Customer) -> None:
    for other in (dee.pk, "x", "", "\0"):
        assert both.post(CHOOSE, {"customer": str(other)}).status_code == 404
    assert PortalSession.objects.get().customer is None


def test_somebody_with_one_customer_has_nothing_to_choose(signed_in: Browser) -> None:
    assert signed_in.get(CHOOSE)["Location"] == HOME
    assert CHOOSE not in signed_in.get(HOME).content.decode()


def test_a_session_is_noted_as_seen_once_a_minute(signed_in: Browser, clock: Clock) -> None:
    clock.forward(seconds=59)
    signed_in.get(HOME)
    assert PortalSession.objects.get().seen_at == NOON
    clock.forward(seconds=1)
    signed_in.get(HOME)
    assert PortalSession.objects.get().seen_at == clock.now


def test_pages_speak_the_customers_language_in_the_manner_of_the_businesss_country(
    signed_in: Browser, ada: Customer
) -> None:
    Customer.objects.filter(pk=ada.pk).update(language="es")
    page = signed_in.get(HOME, headers={"accept-language": "en"})
    assert '<html lang="es-US">' in page.content.decode()


@pytest.mark.parametrize(
    ("wished", "locale", "spoken"),
    [
        ("es-MX,es;q=0.9,en;q=0.5", "en-US", "es-US"),
        ("de,en;q=0.5", "en-GB", "en-GB"),
        ("de", "es-US", "es-US"),
        ("", "en-US", "en-US"),
        ("*", "en-US", "en-US"),
    ],
)
def test_before_sign_in_a_page_speaks_as_the_browser_wishes(
    browser: Browser, bright: Business, wished: str, locale: str, spoken: str
) -> None:
    Business.objects.update(locale=locale)
    page = browser.get(DOOR, headers={"accept-language": wished}).content.decode()
    assert f'<html lang="{spoken}">' in page


def test_no_page_may_be_kept_by_anybody_else(signed_in: Browser) -> None:
    answers = [signed_in.get(path) for path in (HOME, SCHEDULE, DOOR, CHOOSE, "/nowhere", "/healthz")]
    assert {answer["Cache-Control"] for answer in answers} == {"private, no-store"}


def test_the_brand_is_kept_for_ever_under_an_address_that_changes_with_it(browser: Browser, bright: Business) -> None:
    page = browser.get(DOOR).content.decode()
    path = page.partition('href="/portal/at/bright-bins/brand.')[2].partition('"')[0]
    answer = browser.get(f"/portal/at/bright-bins/brand.{path}")
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert "--brand:#0e7490" in answer.content.decode()
    stale = browser.get("/portal/at/bright-bins/brand.000000000000.css")
    assert stale["Cache-Control"] == "no-cache"
    icon = browser.get(f"/portal/at/bright-bins/icon.{path.removesuffix('.css')}.svg")
    assert icon["Content-Type"].startswith("image/svg+xml")
    assert browser.get("/portal/at/no-such/brand.000000000000.css").status_code == 404


def test_a_view_works_as_the_customer(signed_in: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    roles: list[str] = []

    def note(*_: object, **__: object) -> list[object]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            roles.extend(cursor.fetchone() or ())
        return []

    monkeypatch.setattr("nextroute.scheduling.visits.ahead", note)
    signed_in.get(HOME)
    assert roles == ["nextroute_customer"]


def test_the_address_of_the_asker_is_what_our_own_proxy_saw(browser: Browser, login: Login, settings: object) -> None:
    settings.PROXIES = 1  # type: ignore[attr-defined]
    for n in range(throttling.BY_BOTH.burst + 1):
        answer = browser.sign_in(login.email, "wrong", headers={"x-forwarded-for": f"198.51.100.{n}, 192.0.2.1"})
    assert answer.status_code == 429
    assert browser.sign_in(login.email, headers={"x-forwarded-for": "192.0.2.1, 192.0.2.2"}).status_code == 302
