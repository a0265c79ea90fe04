import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from nextroute.core.actors import SYSTEM, Actor, ActorKind
from nextroute.core.scope import current
from nextroute.dashboard import askers
from nextroute.dashboard.doors import staff_page
from nextroute.dashboard.requests import StaffRequest
from nextroute.identity import throttling
from nextroute.identity.models import Login
from nextroute.staff import members
from nextroute.staff.members import Membership, Role
from nextroute.staff.models import User
from nextroute.tenancy.businesses import Business
from tests.doors import ANYWHERE, BUSINESSES, DASHBOARD, HOME, STAFF_DOOR, Browser, Clock, a_member, said, statements

EXPIRED, UNSENT = f"{STAFF_DOOR}?why=expired", f"{STAFF_DOOR}?why=unsent"


def test_a_view_is_told_who_asks_at_which_business_and_when(
    office: Browser, dana: Membership, bright: Business, clock: Clock
) -> None:
    seen: list[object] = []
    actors: list[Actor] = []

    @staff_page(Role.OWNER)
    def view(request: StaffRequest) -> HttpResponse:
        seen.extend((request.member, request.business, request.now, request.today, current().business))
        actors.append(askers.member_of(request))
        return HttpResponse()

    request = RequestFactory().get("/", headers={"user-agent": "Firefox"})
    request.COOKIES[settings.STAFF_COOKIE] = office.staff_token
    request.link = lambda *_, **__: "/"  # type: ignore[attr-defined]
    view(request)
    assert seen == [dana, bright, clock.now, bright.today(clock.now), bright.pk]
    assert actors == [Actor(ActorKind.STAFF, dana.user_id, "127.0.0.1", "Firefox")]


def test_a_page_costs_six_statements_before_it_asks_anything(office: Browser) -> None:
    """The session, the person with their memberships, the business, what waits; and the scope twice."""
    with statements() as sent:
        assert office.get("/dashboard/payments/new/").status_code == 200
    assert len(sent) == 6 + 3  # the test's own scope is left, and entered again at either end


def test_a_portal_page_costs_nothing_for_the_staffs_cookie(signed_in: Browser, dana: Membership, clock: Clock) -> None:
    with statements() as without:
        signed_in.get(HOME)
    signed_in.come_in_as_staff(dana, now=clock.now)
    with statements() as with_cookie:
        signed_in.get(HOME)
    assert len(with_cookie) == len(without)


def test_neither_cookie_opens_the_others_pages(signed_in: Browser, dana: Membership, clock: Clock) -> None:
    assert signed_in.get(DASHBOARD)["Location"] == STAFF_DOOR
    signed_in.staff_token = signed_in.token
    assert signed_in.get(DASHBOARD)["Location"] == STAFF_DOOR
    fresh = Browser()
    fresh.come_in_as_staff(dana, now=clock.now)
    fresh.token = fresh.staff_token
    assert fresh.get("/portal/schedule/")["Location"] == f"{ANYWHERE}?next=%2Fportal%2Fschedule%2F"


def test_a_customers_login_is_nobody_of_the_staff(browser: Browser, login: Login) -> None:
    assert browser.sign_in_as_staff(login.email).status_code == 422


def test_who_is_signed_out_is_led_back_to_what_they_looked_at(browser: Browser, db: None) -> None:
    assert browser.get(DASHBOARD)["Location"] == STAFF_DOOR
    assert browser.get(f"{BUSINESSES}?a=b")["Location"] == f"{STAFF_DOOR}?next=%2Fdashboard%2Fbusinesses%2F%3Fa%3Db"


def test_what_was_sent_signed_out_is_said_not_to_be(browser: Browser, db: None) -> None:
    answer = browser.post(BUSINESSES, {"business": "x"}, follow=True)
    assert answer.redirect_chain == [(UNSENT, 302)]
    assert "so nothing was changed" in said(answer)


def test_a_session_ends_after_eight_hours_of_nothing(office: Browser, clock: Clock) -> None:
    clock.forward(hours=7, minutes=59)
    assert office.get(STAFF_DOOR)["Location"] == DASHBOARD
    clock.forward(minutes=1)
    answer = office.get(DASHBOARD, follow=True)
    assert answer.redirect_chain == [(EXPIRED, 302)]
    assert "You were signed out after a while" in said(answer)
    assert not office.staff_token


def test_a_session_ends_after_twelve_hours_whatever_is_done(office: Browser, clock: Clock) -> None:
    for _ in range(2):
        clock.forward(hours=5, minutes=55)
        assert office.get(DASHBOARD).status_code == 200
    clock.forward(minutes=10)
    assert office.get(DASHBOARD)["Location"] == EXPIRED


def test_who_is_removed_is_out_at_the_next_click(office: Browser, dana: Membership, bright: Business) -> None:
    a_member(bright, "ruth@example.com")
    members.remove(business=bright, email=dana.user.email, actor=SYSTEM)
    assert office.get(DASHBOARD)["Location"] == STAFF_DOOR


def test_who_is_not_active_is_out_at_the_next_click(office: Browser) -> None:
    User.objects.update(is_active=False)
    assert office.get(DASHBOARD)["Location"] == STAFF_DOOR


def test_a_new_password_ends_every_session(office: Browser, bright: Business) -> None:
    members.set_password(business=bright, email="dana@example.com", password="another", actor=SYSTEM)
    assert office.get(DASHBOARD)["Location"] == STAFF_DOOR


def test_another_secret_key_ends_every_session(office: Browser, settings: Settings) -> None:
    settings.SECRET_KEY = "another"
    assert office.get(DASHBOARD)["Location"] == STAFF_DOOR


def test_a_new_role_holds_from_the_next_click_on(office: Browser, dana: Membership) -> None:
    Membership.objects.filter(pk=dana.pk).update(role=Role.DRIVER)
    assert office.get(DASHBOARD).status_code == 403


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("dispatcher", 200), ("driver", 403)])
def test_the_office_is_for_owners_and_dispatchers(
    browser: Browser, bright: Business, clock: Clock, role: str, status: int
) -> None:
    browser.come_in_as_staff(a_member(bright, "sam@example.com", role), now=clock.now)
    answer = browser.get(DASHBOARD)
    assert answer.status_code == status
    assert "Bright Bins" in said(answer)
    assert "Sign out" in said(answer)


def test_tokens_nobody_was_given_are_slowed_down(browser: Browser, db: None) -> None:
    statuses = []
    for n in range(throttling.BY_UNKNOWN_TOKEN.burst + 1):
        browser.staff_token = f"{n:032}"
        statuses.append(browser.get(DASHBOARD).status_code)
    assert statuses[-2:] == [302, 429]


def test_what_is_not_there_leads_back_to_the_dashboard(office: Browser) -> None:
    for answer in (office.post(BUSINESSES, {"business": "nothing"}), office.get(f"{DASHBOARD}nowhere/")):
        assert answer.status_code == 404
        assert f'href="{DASHBOARD}"' in said(answer)
        assert "See your visits" not in said(answer)
