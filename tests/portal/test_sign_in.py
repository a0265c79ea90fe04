import pytest
from django.conf import settings
from django.core import signing

from nextroute.customers.models import Customer
from nextroute.identity import passwords, throttling
from nextroute.identity.models import Access, Login, PortalSession
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.doors import HOME, PASSWORD, SIGN_OUT, Browser, Clock, a_login, statements

DOOR = "/portal/at/bright-bins/"
WRONG = "not the password"


def test_the_right_password_leads_home(browser: Browser, login: Login) -> None:
    answer = browser.sign_in(" Ada@Example.com ")
    assert (answer.status_code, answer["Location"]) == (302, HOME)
    assert browser.get(HOME).status_code == 200


def test_the_cookies_are_for_this_server_and_no_script(browser: Browser, login: Login) -> None:
    answer = browser.sign_in(login.email)
    for name in (settings.PORTAL_COOKIE, settings.REMEMBERED_COOKIE):
        cookie = answer.cookies[name]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    assert answer.cookies[settings.PORTAL_COOKIE]["max-age"] == 30 * 24 * 3600
    assert answer.cookies[settings.REMEMBERED_COOKIE]["max-age"] == 365 * 24 * 3600
    assert "ada" not in answer.cookies[settings.REMEMBERED_COOKIE].value


def test_cookies_are_sent_over_tls_only_elsewhere_than_in_development(
    browser: Browser, login: Login, settings: object
) -> None:
    settings.DEV, settings.PORTAL_COOKIE, settings.REMEMBERED_COOKIE = False, "__Host-portal", "__Host-business"  # type: ignore[attr-defined]
    answer = browser.sign_in(login.email)
    assert all(answer.cookies[name]["secure"] for name in ("__Host-portal", "__Host-business"))


def test_every_refusal_is_the_same_answer_at_the_same_price(
    browser: Browser, ada: Customer, bright: Business, login: Login, hashes: list[str]
) -> None:
    a_login(ada, email="no-password@example.com", password="")
    a_login(ada, email="no-access@example.com")
    Access.objects.filter(login__email="no-access@example.com").delete()
    asked = {
        "nobody@example.com": PASSWORD,
        login.email: WRONG,
        "no-password@example.com": "",
        "no-access@example.com": PASSWORD,
    }
    told = set()
    for email, password in asked.items():
        with statements() as sent:
            answer = browser.sign_in(email, password or PASSWORD)
        told.add((answer.status_code, len(sent)))
        assert "That e-mail and password don’t go together." in answer.content.decode()
        assert settings.PORTAL_COOKIE not in answer.cookies
    assert hashes == ["verify"] * 4
    assert len(told) == 1


def test_a_refusal_gives_the_email_back_and_not_the_password(browser: Browser, login: Login) -> None:
    page = browser.sign_in(login.email, WRONG).content.decode()
    assert f'value="{login.email}"' in page
    assert WRONG not in page


@pytest.mark.parametrize(
    ("email", "password"),
    [("", PASSWORD), ("ada", PASSWORD), ("ada@example.com", ""), ("ada@example.com", "x" * 201), ("a\0@x.com", "x")],
)
def test_what_cannot_be_right_costs_no_hash(
    browser: Browser, login: Login, hashes: list[str], email: str, password: str
) -> None:
    answer = browser.sign_in(email, password)
    assert answer.status_code == 422
    assert hashes == []


def test_an_unknown_address_is_not_found_in_the_same_words(browser: Browser, bright: Business) -> None:
    answers = [
        browser.get("/portal/at/no-such/"),
        browser.get("/portal/at/another/"),
        browser.sign_in("ada@example.com", slug="no-such"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_a_login_of_one_business_opens_nothing_at_another(browser: Browser, login: Login, silk: Business) -> None:
    assert browser.sign_in(login.email, slug="silk-city").status_code == 422


def test_too_many_tries_are_asked_to_wait_before_any_hash(
    browser: Browser, login: Login, hashes: list[str], clock: Clock
) -> None:
    for _ in range(throttling.BY_BOTH.burst):
        browser.sign_in(login.email, WRONG)
    hashes.clear()
    answer = browser.sign_in(login.email)
    assert (answer.status_code, answer["Retry-After"], hashes) == (429, str(throttling.BY_BOTH.every), [])
    page = answer.content.decode()
    assert "Please wait 1 minute" in page
    assert f'value="{login.email}"' in page
    assert PASSWORD not in page
    clock.forward(seconds=throttling.BY_BOTH.every)
    assert browser.sign_in(login.email).status_code == 302


def test_an_owners_browser_comes_in_while_others_guess(signed_in: Browser, login: Login) -> None:
    for n in range(throttling.BY_EMAIL.burst + 1):
        throttling.sign_in("bright-bins", login.email, f"192.0.2.{n}", known=False, now=cast.NOON)
    signed_in.post(SIGN_OUT)
    assert Browser().sign_in(login.email).status_code == 429
    assert signed_in.sign_in(login.email).status_code == 302


def test_a_forged_memory_of_this_browser_counts_for_nothing(browser: Browser, login: Login) -> None:
    for forged in ("bright-bins.x", signing.get_cookie_signer(salt="other").sign("bright-bins.x"), "é", ":::"):
        browser.cookies[settings.REMEMBERED_COOKIE] = forged
        answer = browser.get(HOME)
        assert answer.status_code == 200
        assert "the company that serves you knows" in answer.content.decode()


def test_a_server_with_no_room_to_hash_says_so(browser: Browser, login: Login, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_PATIENCE", 0)
    monkeypatch.setattr(passwords._room, "acquire", lambda **_: False)
    answer = browser.sign_in(login.email)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Many people are signing in right now." in answer.content.decode()


def test_signing_in_ends_the_session_this_browser_had(signed_in: Browser, login: Login) -> None:
    before = signed_in.token
    signed_in.sign_in(login.email)
    assert signed_in.token != before
    assert PortalSession.objects.filter(ended_at=None).count() == 1


def test_a_token_planted_before_sign_in_is_not_taken_over(browser: Browser, login: Login) -> None:
    browser.token = "x" * 43
    browser.sign_in(login.email)
    assert browser.token != "x" * 43


def test_signing_out_ends_the_session_and_leads_to_the_businesss_own_door(signed_in: Browser) -> None:
    token = signed_in.token
    answer = signed_in.post(SIGN_OUT)
    assert (answer.status_code, answer["Location"]) == (302, DOOR)
    assert PortalSession.objects.get().ended_at == cast.NOON
    assert answer.cookies[settings.PORTAL_COOKIE]["max-age"] == 0
    signed_in.token = token
    assert signed_in.get(HOME)["Location"] == DOOR


def test_signing_out_twice_or_by_a_link_does_no_harm(signed_in: Browser) -> None:
    assert signed_in.get(SIGN_OUT).status_code == 405
    assert signed_in.get(HOME).status_code == 200
    assert [signed_in.post(SIGN_OUT).status_code for _ in range(2)] == [302, 302]


def test_the_door_of_ones_own_business_leads_home_while_signed_in(signed_in: Browser, silk: Business) -> None:
    assert signed_in.get(DOOR)["Location"] == HOME
    assert signed_in.get("/portal/at/silk-city/").status_code == 200


def test_the_door_of_ones_own_business_stays_open_when_the_session_is_over(signed_in: Browser, clock: Clock) -> None:
    clock.forward(hours=2)
    page = signed_in.get(DOOR, follow=True)
    assert page.status_code == 200
    assert "You were signed out after a while" in page.content.decode()
    assert "after a while" not in signed_in.get(DOOR).content.decode()


def test_a_form_from_elsewhere_is_refused_with_a_way_on(login: Login) -> None:
    strict = Browser(enforce_csrf_checks=True)
    answer = strict.sign_in(login.email)
    assert answer.status_code == 403
    assert "Bright Bins" in answer.content.decode()
    assert "Go back, load the page again" in answer.content.decode()


def test_the_form_works_with_its_own_token(login: Login) -> None:
    strict = Browser(enforce_csrf_checks=True)
    page = strict.get(DOOR).content.decode()
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    answer = strict.post(DOOR, {"email": login.email, "password": PASSWORD, "csrfmiddlewaretoken": token})
    assert answer.status_code == 302


def test_a_new_business_may_be_signed_into_from_the_same_browser(
    signed_in: Browser, dee: Customer, clock: Clock
) -> None:
    a_login(dee)
    assert signed_in.sign_in(dee.email, slug="silk-city").status_code == 302
    clock.forward(minutes=1)
    assert "Silk City" in signed_in.get(HOME).content.decode()
    assert signed_in.get("/portal/at/silk-city/")["Location"] == HOME


def test_nothing_of_a_person_is_written_to_the_log(
    browser: Browser, login: Login, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG", logger="django.request"), caplog.at_level("DEBUG", logger="nextroute"):
        browser.sign_in(login.email, WRONG, headers={"user-agent": "ada's phone"})
        browser.sign_in(login.email)
        browser.get("/nowhere")
    assert not [word for word in (login.email, WRONG, PASSWORD, "ada's phone", browser.token) if word in caplog.text]
