"""Planning a time away, changing it and being back, on the pages a customer sees. Noon of Monday, June 1, in Denver."""

import re
from datetime import timedelta

import pytest

from nextroute.audit.models import Entry
from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from nextroute.notifications.models import Delivery
from nextroute.scheduling import holds, routes
from nextroute.scheduling.models import Hold, Route
from nextroute.scheduling.reconcile import reconcile
from nextroute.service_requests import answering
from nextroute.service_requests.models import ServiceRequest
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON, D, days
from tests.doors import Browser, Clock, said, statements

NEW, ALL = "/portal/holds/new/", "/portal/holds/"
JUNE = {"first": "2026-06-08", "back": "2026-06-20"}
TODAY = D("2026-06-01")


@pytest.fixture(autouse=True)
def _generated(bright: Business, ada: Customer) -> None:
    reconcile(bright, TODAY, D("2026-06-30"), today=TODAY)


def page(first: Hold) -> str:
    return f"/portal/holds/{first.pk}/"


def placed(customer: Customer, first: str = "2026-06-08", last: str = "2026-06-19") -> Hold:
    return holds.place(customer=customer, start_date=D(first), end_date=D(last), actor=SYSTEM, now=NOON)[0]


def struck(html: str) -> list[str]:
    """The days that a page lists as falling away."""
    return re.findall(r'<time class="leaf is-list" datetime="([0-9-]+)" data-state="off"', html)


def test_nothing_is_asked_of_the_database_twice_while_the_form_is_empty(signed_in: Browser) -> None:
    html = said(signed_in.get(NEW))
    assert "Going away?" in html
    assert "We need a day’s notice, so visits before June 3 still happen." in html
    assert "What changes" not in html
    assert "aria-invalid" not in html


def test_the_visits_that_fall_away_are_shown_before_anything_happens(signed_in: Browser, ada: Customer) -> None:
    html = said(signed_in.get(NEW, JUNE))
    assert struck(html) == ["2026-06-09", "2026-06-16"]
    assert re.search(r'2 visits fall away, <span class="nowrap">\$25\.00 less</span> to pay\.', html)
    assert "After that we come next on" in html
    assert not Hold.objects.exists()
    assert not Delivery.objects.exists()
    assert len(days(ada)) == 5


def test_htmx_gets_the_stage_alone(signed_in: Browser) -> None:
    answer = signed_in.get(NEW, JUNE, headers={"HX-Request": "true"})
    assert "<html" not in said(answer)
    assert struck(said(answer)) == ["2026-06-09", "2026-06-16"]
    assert "HX-Request" in answer["Vary"]


@pytest.mark.parametrize(
    ("length", "back"), [("week", "2026-06-15"), ("two-weeks", "2026-06-22"), ("month", "2026-07-08")]
)
def test_a_preset_fills_in_the_first_day_back(signed_in: Browser, length: str, back: str) -> None:
    html = said(signed_in.get(NEW, {"first": "2026-06-08", "for": length}))
    assert f'value="{back}"' in html


def test_a_preset_without_a_first_day_begins_when_visits_can_be_stopped(signed_in: Browser) -> None:
    html = said(signed_in.get(NEW, {"first": "", "back": "", "for": "week"}))
    assert 'value="2026-06-03"' in html
    assert 'value="2026-06-10"' in html


def test_pressing_the_button_holds_the_service_and_says_so(signed_in: Browser, ada: Customer) -> None:
    answer = signed_in.post(NEW, JUNE | {"notes": "Bins are in the garage."}, follow=True)
    hold = Hold.objects.get()
    assert answer.redirect_chain == [(f"{page(hold)}?done=placed", 302)]
    html = said(answer)
    assert "Done. Your service is on hold." in html
    assert "You’re away" in html
    assert struck(html) == ["2026-06-09", "2026-06-16"]
    assert "We’ve e-mailed ada@example.com a confirmation." in html
    assert days(ada) == ["2026-06-02", "2026-06-23", "2026-06-30"]
    assert (hold.start_date, hold.end_date, hold.notes) == (D("2026-06-08"), D("2026-06-19"), "Bins are in the garage.")
    entry = Entry.objects.get(verb="hold.placed")
    assert entry.actor_id == ada.accesses.get().login_id


def test_undo_right_after_puts_everything_back(signed_in: Browser, ada: Customer) -> None:
    signed_in.post(NEW, JUNE)
    lifted = signed_in.post(f"{page(Hold.objects.get())}lift/", follow=True)
    assert "Called off. We’ll come as usual." in said(lifted)
    assert len(days(ada)) == 5
    again = re.findall(r'<input type="hidden" name="(first|back|place)" value="([^"]*)"', said(lifted))
    assert dict(again) == JUNE | {"place": ""}
    signed_in.post(NEW, dict(again))
    assert len(days(ada)) == 3


def test_pressed_twice_it_is_placed_once_and_the_second_time_says_so(signed_in: Browser) -> None:
    signed_in.post(NEW, JUNE)
    answer = signed_in.post(NEW, JUNE)
    assert answer.status_code == 422
    assert "You’re away June 8 to 19 already." in said(answer)
    assert Hold.objects.count() == 1


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"first": "2026-06-10", "back": "2026-06-10"}, "That is before you leave."),
        ({"first": "2026-06-10", "back": "2026-06-05"}, "That is before you leave."),
        ({"first": "2026-05-31", "back": "2026-06-10"}, "This day is over. Choose today or a later one."),
        ({"first": "2026-06-01", "back": "2026-06-03"}, "It’s too late to stop these visits."),
        ({"first": "2026-06-10", "back": "2026-12-24"}, "That is longer than 90 days"),
        ({"first": "2029-06-10", "back": "2029-06-20"}, "That is too far ahead."),
        ({"first": "9999-12-31", "back": "0001-01-01"}, "Is the year right?"),
        ({"first": "tomorrow", "back": "2026-06-20"}, "such as 2026-07-03"),
        ({"first": "2026-02-30", "back": "2026-06-20"}, "such as 2026-07-03"),
        ({"first": "", "back": "2026-06-20"}, "Choose the day from which you’re away."),
        ({"first": "2026-06-10", "back": ""}, "Choose the day visits should start again."),
        ({"first": "2026-06-10\x00", "back": "2026-06-20"}, "such as 2026-07-03"),
    ],
)
def test_days_that_cannot_be_held_come_back_with_a_sentence_beside_them(
    signed_in: Browser, asked: dict[str, str], sentence: str
) -> None:
    for answer in (signed_in.post(NEW, asked), signed_in.get(NEW, asked)):
        html = said(answer)
        assert sentence in re.sub("<[^>]+>", "", " ".join(re.findall('<p class="fault".*?</p>', html, re.DOTALL)))
        assert "<title>Please check - " in html
    assert not Hold.objects.exists()
    assert signed_in.post(NEW, asked).status_code == 422


def test_a_note_is_not_lost_when_the_days_have_to_be_changed(signed_in: Browser, ada: Customer) -> None:
    placed(ada)
    html = said(signed_in.post(NEW, JUNE | {"notes": "Bins are in the <garage>."}))
    assert "Bins are in the &lt;garage&gt;." in html
    later = JUNE | {"first": "2026-06-21", "back": "2026-06-26", "notes": "Bins are in the <garage>.", "preview": ""}
    preview = said(signed_in.post(NEW, later))
    assert struck(preview) == ["2026-06-23"]
    assert "Bins are in the &lt;garage&gt;." in preview
    assert Hold.objects.count() == 1


@pytest.mark.parametrize("place", ["nowhere", "00000000-0000-7000-8000-000000000000", "eves"])
def test_a_place_that_is_not_theirs_is_no_choice(signed_in: Browser, ada: Customer, eve: Customer, place: str) -> None:
    cast.a_property(ada, ada.properties.get().zone, "3120 Teller Street")  # type: ignore[arg-type]
    chosen = str(eve.properties.get().pk) if place == "eves" else place
    answer = signed_in.post(NEW, JUNE | {"place": chosen})
    assert answer.status_code == 422
    assert "Choose one of your addresses." in said(answer)
    assert not Hold.objects.exists()


def test_one_of_two_homes_can_be_held_alone(signed_in: Browser, ada: Customer, bright: Business) -> None:
    there = cast.a_property(ada, ada.properties.get().zone, "3120 Teller Street")  # type: ignore[arg-type]
    cast.a_subscription(there, cast.a_plan(bright))
    reconcile(bright, TODAY, D("2026-06-30"), today=TODAY)
    assert "Both addresses" in said(signed_in.get(NEW))
    answer = signed_in.post(NEW, JUNE | {"place": str(there.pk)}, follow=True)
    assert "Only at 3120 Teller Street." in said(answer)
    assert struck(said(answer)) == ["2026-06-09", "2026-06-16"]
    assert len(days(ada)) == 8


def test_what_is_on_the_truck_is_said_before_and_after(signed_in: Browser, ada: Customer, clock: Clock) -> None:
    routes.dispatch(route=Route.objects.get(date=D("2026-06-09")), actor=SYSTEM, now=NOON)
    for html in (said(signed_in.get(NEW, JUNE)), said(signed_in.post(NEW, JUNE, follow=True))):
        banner = re.search(r'<div class="banner" data-tone="warn".*?</div></div>', html, re.DOTALL)
        assert banner
        assert "We’ll still come on" in banner[0]
        assert "2026-06-09" in banner[0]
        assert "That is on the truck already." in banner[0]
        assert struck(html) == ["2026-06-16"]
    assert "2026-06-09" in days(ada)


def test_a_visit_inside_the_notice_is_said_to_come_all_the_same(signed_in: Browser) -> None:
    html = said(signed_in.get(NEW, {"first": "2026-06-01", "back": "2026-06-20"}))
    assert "It’s too late to stop that here." in html
    assert struck(html) == ["2026-06-09", "2026-06-16"]


def test_other_days_are_previewed_and_taken(signed_in: Browser, ada: Customer) -> None:
    hold = placed(ada)
    form = said(signed_in.get(f"{page(hold)}change/"))
    assert 'value="2026-06-20"' in form
    assert "What changes" not in form
    later = {"first": "2026-06-08", "back": "2026-06-25"}
    html = said(signed_in.get(f"{page(hold)}change/", later))
    assert struck(html) == ["2026-06-23"]
    answer = signed_in.post(f"{page(hold)}change/", later, follow=True)
    assert struck(said(answer)) == ["2026-06-09", "2026-06-16", "2026-06-23"]
    assert days(ada) == ["2026-06-02", "2026-06-30"]


def test_who_is_away_says_that_they_are_back(signed_in: Browser, ada: Customer, clock: Clock) -> None:
    hold = placed(ada)
    clock.now = NOON + timedelta(days=9)
    signed_in.come_in(ada.accesses.get().login, now=clock.now)
    preview = said(signed_in.get(f"{page(hold)}lift/"))
    assert "Back already?" in preview
    assert "2026-06-16" in preview
    answer = signed_in.post(f"{page(hold)}lift/", follow=True)
    assert "Welcome back. Your service goes on." in said(answer)
    assert "2026-06-16" in days(ada)
    assert "2026-06-09" not in days(ada)


def test_a_hold_that_is_over_is_not_lifted_again(signed_in: Browser, ada: Customer) -> None:
    hold = placed(ada)
    signed_in.post(f"{page(hold)}lift/")
    answer = signed_in.post(f"{page(hold)}lift/")
    assert answer.status_code == 422
    assert "This time away is over, or was called off already." in said(answer)


@pytest.mark.parametrize("way", ["", "change/", "lift/"])
def test_anothers_hold_is_not_found(signed_in: Browser, eve: Customer, way: str) -> None:
    hold = placed(eve)
    assert signed_in.get(f"{page(hold)}{way}").status_code == 404
    assert signed_in.post(f"{page(hold)}{way}", JUNE).status_code in (404, 405)
    hold.refresh_from_db()
    assert hold.lifted_at is None


def test_the_list_shows_what_is_planned_with_what_continues_it_as_one(signed_in: Browser, ada: Customer) -> None:
    hold = placed(ada)
    holds.change(hold=hold, start_date=hold.start_date, end_date=D("2026-06-25"), actor=SYSTEM, now=NOON)
    assert Hold.objects.count() == 2
    html = said(signed_in.get(ALL))
    assert html.count("You’re away") == 1
    assert "June 8 to 25" in html
    assert "You’re away June 8 to 25" in said(signed_in.get("/portal/"))


def test_where_it_is_off_it_is_hidden_and_refused(signed_in: Browser, bright: Business) -> None:
    Business.objects.update(hold_mode="off")
    assert "Going away?" not in said(signed_in.get("/portal/"))
    assert signed_in.get(NEW).status_code == 404
    assert signed_in.post(NEW, JUNE).status_code == 404
    assert not Hold.objects.exists()


def test_a_preview_costs_the_same_for_one_visit_and_for_many(signed_in: Browser, bright: Business) -> None:
    counts = []
    reconcile(bright, TODAY, D("2026-09-30"), today=TODAY)
    for back in ("2026-06-10", "2026-08-30"):
        with statements() as sent:
            assert signed_in.get(NEW, {"first": "2026-06-08", "back": back}).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_by_approval_the_days_are_asked_for_and_nothing_is_held_yet(signed_in: Browser, ada: Customer) -> None:
    Business.objects.update(hold_mode="approval")
    html = said(signed_in.get(NEW, JUNE))
    assert struck(html) == ["2026-06-09", "2026-06-16"]
    assert "Ask to hold my service" in html
    before = days(ada)
    answer = signed_in.post(NEW, JUNE | {"notes": "Bins are in the\x00 garage."}, follow=True)
    request = ServiceRequest.objects.get()
    assert answer.redirect_chain == [(f"/portal/requests/{request.pk}/?done=sent", 302)]
    assert "Sent. Bright Bins will answer you by e-mail." in said(answer)
    assert request.note == "Bins are in the garage."
    assert not Hold.objects.exists()
    assert days(ada) == before


def test_by_approval_bad_days_get_a_sentence_and_twice_is_once(signed_in: Browser) -> None:
    Business.objects.update(hold_mode="approval")
    answer = signed_in.post(NEW, JUNE | {"back": "2026-06-01"})
    assert answer.status_code == 422
    assert "That is before you leave." in said(answer)
    signed_in.post(NEW, JUNE)
    again = signed_in.post(NEW, JUNE)
    assert again.status_code == 422
    assert "You’ve asked for this already. We’ll answer soon." in said(again)
    assert ServiceRequest.objects.count() == 1


def test_by_approval_the_preview_is_what_the_answer_does(signed_in: Browser, ada: Customer) -> None:
    Business.objects.update(hold_mode="approval")
    before = days(ada)
    shown = struck(said(signed_in.get(NEW, JUNE)))
    signed_in.post(NEW, JUNE)
    answering.approve(request=ServiceRequest.objects.get(), actor=SYSTEM, now=NOON)
    assert sorted({*before} - {*days(ada)}) == shown
