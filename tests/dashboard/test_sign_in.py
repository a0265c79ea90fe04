import pytest
from django.conf import settings
from django.test import RequestFactory

from nextroute.audit.models import Entry
from nextroute.core.actors import ActorKind
from nextroute.dashboard import cookies
from nextroute.identity import passwords, throttling
from nextroute.staff.members import Membership
from nextroute.staff.models import Session, User
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.doors import (
    BUSINESSES,
    DASHBOARD,
    PASSWORD,
    STAFF_DOOR,
    STAFF_OUT,
    Browser,
    Clock,
    a_member,
    said,
    statements,
)

WRONG = "not the password"
TOGETHER = "That e-mail and password don’t go together."


def test_the_right_password_leads_in(browser: Browser, dana: Membership) -> None:
    answer = browser.sign_in_as_staff(" Dana@Example.com ")
    assert (answer.status_code, answer["Location"]) == (302, DASHBOARD)
    assert "Dana" in said(browser.get(DASHBOARD))


def test_signing_in_is_recorded_where_they_act(browser: Browser, dana: Membership) -> None:
    browser.sign_in_as_staff(dana.user.email, headers={"user-agent": "Firefox"})
    entry = Entry.objects.latest_first()[0]
    assert (entry.verb, entry.actor_kind, entry.actor_id) == ("staff.signed_in", ActorKind.STAFF, dana.user_id)
    assert (entry.subject_id, entry.ip, entry.user_agent) == (dana.pk, "127.0.0.1", "Firefox")


def test_the_cookies_are_for_this_server_and_no_script(browser: Browser, dana: Membership) -> None:
    answer = browser.sign_in_as_staff(dana.user.email)
    for name, hours in ((settings.STAFF_COOKIE, 12), (settings.STAFF_KNOWN_COOKIE, 365 * 24)):
        cookie = answer.cookies[name]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
        assert cookie["max-age"] == hours * 3600
    assert "dana" not in answer.cookies[settings.STAFF_KNOWN_COOKIE].value


def test_the_cookie_is_sent_over_tls_only_elsewhere_than_in_development(
    browser: Browser, dana: Membership, settings: object
) -> None:
    settings.DEV, settings.STAFF_COOKIE, settings.STAFF_KNOWN_COOKIE = False, "__Host-staff", "__Host-known"  # type: ignore[attr-defined]
    answer = browser.sign_in_as_staff(dana.user.email)
    assert all(answer.cookies[name]["secure"] for name in ("__Host-staff", "__Host-known"))


def test_every_refusal_is_the_same_answer_at_the_same_price(
    browser: Browser, bright: Business, dana: Membership, hashes: list[str]
) -> None:
    idle = a_member(bright, "idle@example.com")
    User.objects.filter(pk=idle.user_id).update(is_active=False)
    told = set()
    for email, password in ((dana.user.email, WRONG), ("nobody@example.com", PASSWORD), ("idle@example.com", PASSWORD)):
        with statements() as sent:
            answer = browser.sign_in_as_staff(email, password)
        told.add((answer.status_code, len(sent)))
        assert TOGETHER in said(answer)
        assert settings.STAFF_COOKIE not in answer.cookies
    assert hashes == ["verify"] * 3
    assert told == {(422, 2 + 2)}  # throttling, and the look for who it is; the browser begins and ends each request


def test_who_works_nowhere_any_more_is_told_the_same(browser: Browser, dana: Membership, hashes: list[str]) -> None:
    dana.delete()
    answer = browser.sign_in_as_staff("dana@example.com")
    assert answer.status_code == 422
    assert TOGETHER in said(answer)
    assert hashes == ["verify"]
    assert not Session.objects.exists()


def test_a_refusal_gives_the_email_back_and_not_the_password(browser: Browser, dana: Membership) -> None:
    page = said(browser.sign_in_as_staff(dana.user.email, WRONG))
    assert f'value="{dana.user.email}"' in page
    assert WRONG not in page


@pytest.mark.parametrize(
    ("email", "password"),
    [("", PASSWORD), ("dana", PASSWORD), ("dana@example.com", ""), ("d@example.com", "x" * 201), ("a\0@x.com", "x")],
)
def test_what_cannot_be_right_costs_no_hash(browser: Browser, hashes: list[str], email: str, password: str) -> None:
    assert browser.sign_in_as_staff(email, password).status_code == 422
    assert hashes == []


def test_too_many_tries_are_asked_to_wait_before_any_hash(
    browser: Browser, dana: Membership, hashes: list[str], clock: Clock
) -> None:
    limit = throttling.STAFF_BY_BOTH
    for _ in range(limit.burst):
        browser.sign_in_as_staff(dana.user.email, WRONG)
    hashes.clear()
    answer = browser.sign_in_as_staff(dana.user.email)
    assert (answer.status_code, answer["Retry-After"], hashes) == (429, str(limit.every), [])
    assert "Please wait 1 minute" in said(answer)
    assert f'value="{dana.user.email}"' in said(answer)
    clock.forward(seconds=limit.every)
    assert browser.sign_in_as_staff(dana.user.email).status_code == 302


def test_an_owners_browser_comes_in_while_others_guess(browser: Browser, dana: Membership) -> None:
    browser.sign_in_as_staff(dana.user.email)
    for n in range(throttling.STAFF_BY_EMAIL.burst + 1):
        throttling.staff_sign_in(dana.user.email, f"192.0.2.{n}", known=False, now=cast.NOON)
    assert Browser().sign_in_as_staff(dana.user.email).status_code == 429
    assert browser.sign_in_as_staff(dana.user.email).status_code == 302


def test_a_desk_knows_the_last_four_who_worked_at_it(browser: Browser, bright: Business) -> None:
    emails = [f"{name}@example.com" for name in ("ann", "ben", "cal", "deb", "eli")]
    for email in emails:
        a_member(bright, email)
        browser.sign_in_as_staff(email)
    request = RequestFactory().get(STAFF_DOOR)
    request.COOKIES[settings.STAFF_KNOWN_COOKIE] = browser.cookies[settings.STAFF_KNOWN_COOKIE].value
    assert [email for email in emails if cookies.knows(request, email)] == emails[1:]
    request.COOKIES[settings.STAFF_KNOWN_COOKIE] += "x"
    assert not any(cookies.knows(request, email) for email in emails)


def test_a_server_with_no_room_to_hash_says_so(
    browser: Browser, dana: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_PATIENCE", 0)
    monkeypatch.setattr(passwords._room, "acquire", lambda **_: False)
    answer = browser.sign_in_as_staff(dana.user.email)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Many people are signing in right now." in said(answer)


def test_signing_in_gives_a_new_key_and_ends_the_one_before(browser: Browser, dana: Membership) -> None:
    browser.staff_token = planted = "x" * 32
    browser.sign_in_as_staff(dana.user.email)
    first = browser.staff_token
    assert first != planted
    browser.sign_in_as_staff(dana.user.email)
    assert browser.staff_token != first
    assert Session.objects.count() == 1


def test_the_token_is_kept_hashed(office: Browser) -> None:
    kept = Session.objects.get()
    assert office.staff_token not in (kept.pk, kept.session_data)
    assert len(kept.pk) == 64


def test_signing_out_ends_the_session_in_the_database(office: Browser) -> None:
    token = office.staff_token
    answer = office.post(STAFF_OUT)
    assert (answer.status_code, answer["Location"]) == (302, STAFF_DOOR)
    assert answer.cookies[settings.STAFF_COOKIE]["max-age"] == 0
    assert not Session.objects.exists()
    assert Entry.objects.latest_first()[0].verb == "staff.signed_out"
    office.staff_token = token
    assert office.get(DASHBOARD)["Location"] == STAFF_DOOR


def test_signing_out_twice_or_by_a_link_does_no_harm(office: Browser) -> None:
    assert office.get(STAFF_OUT).status_code == 405
    assert office.get(DASHBOARD).status_code == 200
    assert [office.post(STAFF_OUT).status_code for _ in range(2)] == [302, 302]


def test_who_is_in_already_is_led_on(office: Browser) -> None:
    assert office.get(STAFF_DOOR)["Location"] == DASHBOARD


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        (BUSINESSES, BUSINESSES),
        (f"{DASHBOARD}?a=b&c=d", f"{DASHBOARD}?a=b&c=d"),
        ("/portal/", DASHBOARD),
        ("//elsewhere.example/dashboard/", DASHBOARD),
        ("https://elsewhere.example/dashboard/", DASHBOARD),
        ("/\\elsewhere.example", DASHBOARD),
    ],
)
def test_it_leads_on_to_a_page_of_the_dashboard_and_nowhere_else(
    browser: Browser, dana: Membership, wanted: str, leads_to: str
) -> None:
    assert browser.sign_in_as_staff(dana.user.email, then=wanted)["Location"] == leads_to


def test_a_form_from_elsewhere_is_refused_with_the_staffs_way_on(dana: Membership) -> None:
    strict = Browser(enforce_csrf_checks=True)
    answer = strict.sign_in_as_staff(dana.user.email)
    assert answer.status_code == 403
    assert "Go back, load the page again" in said(answer)
    assert f'href="{DASHBOARD}"' in said(answer)


def test_the_form_works_with_its_own_token(dana: Membership) -> None:
    strict = Browser(enforce_csrf_checks=True)
    token = said(strict.get(STAFF_DOOR)).partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    form = {"email": dana.user.email, "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert strict.post(STAFF_DOOR, form).status_code == 302


def test_nothing_of_a_person_is_written_to_the_log(
    browser: Browser, dana: Membership, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG", logger="django.request"), caplog.at_level("DEBUG", logger="nextroute"):
        browser.sign_in_as_staff(dana.user.email, WRONG)
        browser.sign_in_as_staff(dana.user.email)
    assert not [word for word in (dana.user.email, WRONG, PASSWORD, browser.staff_token) if word in caplog.text]
