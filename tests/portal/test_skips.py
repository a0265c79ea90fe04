"""Doing without one visit, on the pages a customer sees. Noon of Monday, June 1, in Denver."""

import re

import pytest

from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from nextroute.scheduling import routes, skips
from nextroute.scheduling.models import Route, Skip, Subscription
from nextroute.scheduling.reconcile import reconcile
from nextroute.service_requests import answering
from nextroute.service_requests.models import ServiceRequest
from nextroute.tenancy.businesses import Business
from tests.cast import NOON, D, days
from tests.doors import HOME, SCHEDULE, Browser, Clock, said

TODAY = D("2026-06-01")


@pytest.fixture
def weekly(bright: Business, ada: Customer) -> Subscription:
    reconcile(bright, TODAY, D("2026-06-12"), today=TODAY)
    return ada.subscriptions.get()


def address(weekly: Subscription, day: str) -> str:
    return f"/portal/visits/{weekly.pk}/{day}/skip/"


def test_only_visits_that_can_still_be_skipped_offer_it(signed_in: Browser, weekly: Subscription) -> None:
    """Tomorrow's is inside the day's notice; next week's has a route, the ones after are expected."""
    offered = re.findall(r'href="(/portal/visits/[^"]+)"', said(signed_in.get(SCHEDULE)))
    assert address(weekly, "2026-06-02") not in offered
    assert {address(weekly, day) for day in ("2026-06-09", "2026-06-16", "2026-08-25")} <= set(offered)
    assert "Skip this visit" not in said(signed_in.get(HOME))


def test_home_offers_to_skip_the_next_visit(signed_in: Browser, weekly: Subscription, clock: Clock) -> None:
    skips.place(subscription=weekly, due_on=D("2026-06-02"), actor=SYSTEM, now=NOON)
    assert address(weekly, "2026-06-09") in said(signed_in.get(HOME))


@pytest.mark.parametrize("day", ["2026-06-09", "2026-06-16"])
def test_a_visit_is_skipped_and_brought_back(signed_in: Browser, weekly: Subscription, ada: Customer, day: str) -> None:
    """With a route, and expected."""
    before = days(ada)
    ask = said(signed_in.get(address(weekly, day)))
    assert "1 visit falls away" in ask
    assert not Skip.objects.exists()
    done = signed_in.post(address(weekly, day), {"do": "skip"}, follow=True)
    assert "Done. We won’t come on" in said(done)
    assert day not in days(ada)
    assert "Skipped by you" in said(signed_in.get(SCHEDULE))
    back = signed_in.post(address(weekly, day), {"do": "undo"}, follow=True)
    assert "Done. We’ll come on" in said(back)
    assert days(ada) == before


def test_pressed_twice_it_is_done_once(signed_in: Browser, weekly: Subscription) -> None:
    for _ in range(2):
        answer = signed_in.post(address(weekly, "2026-06-09"), {"do": "skip"})
        assert answer.status_code == 302
    assert Skip.objects.count() == 1
    for _ in range(2):
        assert signed_in.post(address(weekly, "2026-06-09"), {"do": "undo"}).status_code == 302
    assert Skip.objects.filter(undone_at=None).count() == 0


def test_too_late_is_said_with_whom_to_call(signed_in: Browser, weekly: Subscription, ada: Customer) -> None:
    html = said(signed_in.get(address(weekly, "2026-06-02")))
    assert "It’s too late to skip this visit here." in html
    answer = signed_in.post(address(weekly, "2026-06-02"), {"do": "skip"})
    assert answer.status_code == 422
    assert "It’s too late to change this visit here." in said(answer)
    assert "2026-06-02" in days(ada)


def test_a_visit_on_the_truck_is_not_promised_away(signed_in: Browser, weekly: Subscription, ada: Customer) -> None:
    routes.dispatch(route=Route.objects.get(date=D("2026-06-09")), actor=SYSTEM, now=NOON)
    assert "already on the truck" in said(signed_in.get(address(weekly, "2026-06-09")))
    answer = signed_in.post(address(weekly, "2026-06-09"), {"do": "skip"})
    assert answer.status_code == 422
    assert not Skip.objects.exists()


def test_after_the_notice_it_cannot_be_brought_back(signed_in: Browser, weekly: Subscription, clock: Clock) -> None:
    signed_in.post(address(weekly, "2026-06-09"), {"do": "skip"})
    clock.forward(days=7)
    signed_in.come_in(weekly.customer.accesses.get().login, now=clock.now)
    assert "It’s too late to bring it back here." in said(signed_in.get(address(weekly, "2026-06-09")))
    assert signed_in.post(address(weekly, "2026-06-09"), {"do": "undo"}).status_code == 422


@pytest.mark.parametrize("day", ["2026-06-03", "2026-05-26", "2026-13-45", "0001-01-01", "9999-12-31"])
def test_a_day_without_a_visit_is_not_found(signed_in: Browser, weekly: Subscription, day: str) -> None:
    assert signed_in.get(address(weekly, day)).status_code == 404
    assert signed_in.post(address(weekly, day), {"do": "skip"}).status_code == 404


def test_anothers_visit_is_not_found(signed_in: Browser, weekly: Subscription, eve: Customer) -> None:
    hers = eve.subscriptions.get()
    assert signed_in.get(address(hers, "2026-06-16")).status_code == 404
    assert signed_in.post(address(hers, "2026-06-16"), {"do": "skip"}).status_code == 404


def test_where_it_is_off_it_is_hidden_and_refused(signed_in: Browser, weekly: Subscription) -> None:
    Business.objects.update(skip_mode="off")
    assert "Skip this visit" not in said(signed_in.get(SCHEDULE))
    assert signed_in.post(address(weekly, "2026-06-16"), {"do": "skip"}).status_code == 404
    assert not Skip.objects.exists()


def test_by_approval_a_skip_is_asked_for_and_then_shown_instead(
    signed_in: Browser, weekly: Subscription, ada: Customer
) -> None:
    Business.objects.update(skip_mode="approval")
    here = address(weekly, "2026-06-09")
    html = said(signed_in.get(here))
    assert "1 visit falls away" in html
    assert "Ask to skip it" in html
    answer = signed_in.post(here, {"do": "skip"}, follow=True)
    request = ServiceRequest.objects.get()
    assert "Sent. Bright Bins will answer you by e-mail." in said(answer)
    assert "2026-06-09" in days(ada)
    for again in (signed_in.get(here), signed_in.post(here, {"do": "skip"})):
        assert again["Location"] == f"/portal/requests/{request.pk}/"
    assert ServiceRequest.objects.count() == 1
    answering.approve(request=request, actor=SYSTEM, now=NOON)
    assert "We won’t come on" in said(signed_in.get(here))


def test_by_approval_too_late_is_said_too(signed_in: Browser, weekly: Subscription) -> None:
    Business.objects.update(skip_mode="approval")
    assert "It’s too late to skip this visit here." in said(signed_in.get(address(weekly, "2026-06-02")))
    assert signed_in.post(address(weekly, "2026-06-02"), {"do": "skip"}).status_code == 422
    assert not ServiceRequest.objects.exists()
