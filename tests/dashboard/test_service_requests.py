"""The office's queue: what waits, and answering it. Noon of Monday, June 1, in Denver."""

import re
from uuid import uuid4

import pytest

from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from nextroute.scheduling import blackouts
from nextroute.scheduling.calendar import Effect
from nextroute.scheduling.reconcile import reconcile
from nextroute.service_requests.kinds import Kind
from nextroute.service_requests.models import ServiceRequest
from nextroute.staff.members import Membership, Role
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON, D
from tests.doors import DASHBOARD, Browser, Clock, a_login, a_member, said, statements
from tests.service_requests import scene
from tests.service_requests.scene import ASKS, TODAY, modes

QUEUE = "/dashboard/requests/"


@pytest.fixture
def asked(bright: Business, ada: Customer) -> Customer:
    """Ada, at a business that wants to be asked."""
    bright.email = "hello@brightbins.example"
    bright.save()
    reconcile(bright, TODAY, D("2026-07-15"), today=TODAY)
    ada.business = bright
    modes(ada, mode="approval")
    return ada


def page(request: ServiceRequest) -> str:
    return f"{QUEUE}{request.pk}/"


def test_nobody_waits_and_the_page_says_so(office: Browser) -> None:
    assert "Nobody waits for an answer." in said(office.get(QUEUE))
    assert "to answer" not in said(office.get(DASHBOARD))


def test_what_waits_is_listed_with_who_what_and_since_when(office: Browser, asked: Customer, clock: Clock) -> None:
    scene.extra(asked)
    clock.forward(days=2)
    office.come_in_as_staff(Membership.objects.get(), now=clock.now)
    html = said(office.get(QUEUE))
    assert "1 request waits for you." in html
    for words in ("<b>Ada</b>", "Driveway Wash, $65.00", "8447 West 51st Avenue", "Tuesday, June 9", "2 days ago"):
        assert words in html
    assert "1 request to answer" in said(office.get(DASHBOARD))


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.PROBLEM])
def test_a_request_is_approved_from_the_list(office: Browser, dana: Membership, asked: Customer, kind: Kind) -> None:
    request = ASKS[kind](asked)
    answer = office.post(page(request), {"do": "approve"}, follow=True)
    assert answer.redirect_chain == [(f"{QUEUE}?done={request.pk}", 302)]
    assert "They have been told by e-mail." in said(answer)
    assert "Nobody waits for an answer." in said(answer)
    request.refresh_from_db()
    assert (request.answer_state, request.answered_by) == ("approved", f"staff:{dana.user_id}")


def test_an_extra_that_was_approved_is_in_the_customers_schedule(
    office: Browser, asked: Customer, clock: Clock
) -> None:
    office.post(page(scene.extra(asked)), {"do": "approve"})
    browser = Browser()
    browser.come_in(a_login(asked), now=clock.now)
    assert "Driveway Wash" in said(browser.get("/portal/schedule/"))


def test_to_decline_one_says_why(office: Browser, asked: Customer) -> None:
    request = scene.extra(asked)
    wordless = office.post(page(request), {"do": "decline", "words": " "})
    assert wordless.status_code == 422
    assert "Please say it in a few words." in said(wordless)
    answer = office.post(page(request), {"do": "decline", "words": "The washer <b>is</b> broken."}, follow=True)
    assert "The washer &lt;b&gt;is&lt;/b&gt; broken." in said(answer)
    request.refresh_from_db()
    assert (request.answer_state, request.answer) == ("declined", "The washer <b>is</b> broken.")


def test_another_day_is_given_to_an_extra(office: Browser, asked: Customer) -> None:
    request = scene.extra(asked)
    nobody_out = office.post(page(request), {"do": "approve", "day": "2026-06-10", "words": "Wednesday?"})
    assert nobody_out.status_code == 422
    assert 'aria-invalid="true"' in said(nobody_out)
    assert "Wednesday?" in said(nobody_out)
    office.post(page(request), {"do": "approve", "day": "2026-06-16"})
    request.refresh_from_db()
    assert request.extra
    assert request.extra.day == D("2026-06-16")


def test_an_extra_that_lost_its_day_waits_again_and_gets_another(
    office: Browser, asked: Customer, bright: Business
) -> None:
    request = scene.extra(asked)
    office.post(page(request), {"do": "approve"})
    blackouts.add(business=bright, date=D("2026-06-09"), name="Training", effect=Effect.SKIP, actor=SYSTEM, now=NOON)
    assert "Its day is gone" in said(office.get(QUEUE))
    assert "Its day is gone: Training." in said(office.get(page(request)))
    office.post(page(request), {"do": "approve", "day": "2026-06-16"})
    assert "Nobody waits for an answer." in said(office.get(QUEUE))


def test_a_problem_is_answered_in_words(office: Browser, asked: Customer) -> None:
    request = scene.problem(asked, photo=cast.a_picture())
    html = said(office.get(page(request)))
    assert "We were missed" in html
    assert "“Nobody came.”" in html
    photo = office.get(f"{page(request)}photo/")
    assert (photo.status_code, photo["Content-Type"]) == (200, "image/jpeg")
    assert office.post(page(request), {"do": "approve"}).status_code == 422
    office.post(page(request), {"do": "answer", "words": "We come again today."})
    request.refresh_from_db()
    assert (request.answer_state, request.answer) == ("done", "We come again today.")


def test_who_answers_second_is_told_and_changes_nothing(office: Browser, asked: Customer) -> None:
    request = scene.extra(asked)
    office.post(page(request), {"do": "approve"})
    late = office.post(page(request), {"do": "decline", "words": "No."})
    assert late.status_code == 422
    assert "This is arranged already." in said(late)
    request.refresh_from_db()
    assert request.answer_state == "approved"


@pytest.mark.parametrize(
    "posted", [{}, {"do": "delete"}, {"do": "approve", "day": "tomorrow"}, {"do": "decline", "words": "x" * 1001}]
)
def test_what_cannot_be_sent_from_the_page_changes_nothing(
    office: Browser, asked: Customer, posted: dict[str, str]
) -> None:
    request = scene.extra(asked)
    assert office.post(page(request), posted).status_code in (404, 422)
    request.refresh_from_db()
    assert request.answer_state == "pending"


def test_anothers_request_is_not_found(office: Browser, asked: Customer, clock: Clock) -> None:
    request = scene.problem(asked, photo=cast.a_picture())
    silk = cast.a_business("silk-city")
    stranger = Browser()
    with cast.inside(silk):
        member = a_member(silk, "sam@example.com", Role.OWNER)
    stranger.come_in_as_staff(member, now=clock.now)
    for path in (page(request), f"{page(request)}photo/"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(page(request), {"do": "approve"}).status_code == 404
    assert office.get(f"{QUEUE}{uuid4()}/").status_code == 404


def test_the_queue_costs_the_same_however_many_wait(office: Browser, asked: Customer, eve: Customer) -> None:
    counts = []
    scene.cancellation(asked)
    for more in (False, True):
        if more:
            scene.plan_change(asked)
            scene.extra(asked)
            scene.skip(asked)
        with statements() as sent:
            html = said(office.get(QUEUE))
        counts.append(len(sent))
    assert len(re.findall("Look and answer", html)) == 4
    assert counts[0] == counts[1] <= 15
