"""Asking for an extra visit, on the page a customer sees. Noon of Monday, June 1, in Denver."""

import re

import pytest

from nextroute.customers.models import Customer
from nextroute.scheduling.models import Extra, Plan, Zone
from nextroute.service_requests.models import ServiceRequest
from tests import cast
from tests.cast import days
from tests.doors import Browser, said, statements
from tests.service_requests import scene
from tests.service_requests.scene import modes

NEW = "/portal/extras/new/"


@pytest.fixture
def wash(ready: Customer) -> Plan:
    return cast.a_wash(ready.business)


def wish(plan: Plan, day: str = "2026-06-09", **more: str) -> dict[str, str]:
    return {"plan": str(plan.pk), "day": day, "note": "", **more}


def offered(html: str) -> list[str]:
    return re.findall(r'name="day" value="([0-9-]+)"', html)


def test_days_are_those_their_zone_is_served_after_the_notice(signed_in: Browser, wash: Plan) -> None:
    html = said(signed_in.get(NEW))  # one plan and one place need no choosing
    assert offered(html)[:3] == ["2026-06-09", "2026-06-16", "2026-06-23"]
    assert "We need 2 days’ notice, so the first day our route comes by is Tuesday, June 9." in html
    assert len(offered(html.partition("<details")[0])) == 8
    assert "aria-invalid" not in html


def test_with_several_plans_the_days_follow_the_choice(signed_in: Browser, wash: Plan, ready: Customer) -> None:
    cast.a_plan(ready.business, "one_time", code="deep", name="Deep Clean", plan_type="addon", price_cents=3900)
    html = said(signed_in.get(NEW))
    assert not offered(html)
    assert "$65.00" in html
    assert "$39.00" in html
    assert offered(said(signed_in.get(NEW, {"plan": str(wash.pk)})))


def test_the_price_is_shown_large_before_anything_happens(signed_in: Browser, wash: Plan) -> None:
    html = said(signed_in.get(NEW, wish(wash)))
    assert '<p class="voice t3">$65.00</p>' in html
    assert "Bright Bins will confirm" in html
    assert not ServiceRequest.objects.exists()


def test_more_bins_are_in_the_price(signed_in: Browser, wash: Plan, ready: Customer) -> None:
    Plan.objects.filter(pk=wash.pk).update(additional_bin_price_cents=500)
    ready.properties.update(bin_count=3)
    assert '<p class="voice t3">$75.00</p>' in said(signed_in.get(NEW, wish(wash)))


def test_htmx_gets_the_stage_alone(signed_in: Browser, wash: Plan) -> None:
    answer = signed_in.get(NEW, wish(wash), headers={"HX-Request": "true"})
    assert "<html" not in said(answer)
    assert "$65.00" in said(answer)
    assert "csrfmiddlewaretoken" not in said(answer)


def test_without_javascript_a_button_shows_the_price_and_asks_nothing(signed_in: Browser, wash: Plan) -> None:
    answer = signed_in.post(NEW, wish(wash, note="Mind the dog.") | {"preview": "1"})
    assert answer.status_code == 200
    assert "Mind the dog." in said(answer)
    assert '<p class="voice t3">$65.00</p>' in said(answer)
    assert not ServiceRequest.objects.exists()


def test_asking_waits_for_the_business(signed_in: Browser, wash: Plan) -> None:
    answer = signed_in.post(NEW, wish(wash, note="Mind the dog."), follow=True)
    request = ServiceRequest.objects.get()
    assert answer.redirect_chain == [(f"/portal/requests/{request.pk}/?done=sent", 302)]
    assert "Sent. Bright Bins will answer you by e-mail." in said(answer)
    assert (request.price_cents, request.note) == (6500, "Mind the dog.")
    assert not Extra.objects.exists()


def test_where_it_is_instant_it_is_ordered(signed_in: Browser, wash: Plan, ready: Customer) -> None:
    modes(ready, mode="instant")
    assert "Order this visit" in said(signed_in.get(NEW, wish(wash)))
    answer = signed_in.post(NEW, wish(wash), follow=True)
    assert "It’s arranged." in said(answer)
    assert days(ready).count("2026-06-09") == 2


def test_sent_twice_it_is_asked_once_and_the_second_time_says_so(signed_in: Browser, wash: Plan) -> None:
    signed_in.post(NEW, wish(wash))
    answer = signed_in.post(NEW, wish(wash))
    assert answer.status_code == 422
    assert "You’ve asked for this already. We’ll answer soon." in said(answer)
    assert ServiceRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"plan": "x"}, "This isn’t on offer any more. Choose another."),
        ({"plan": "00000000-0000-7000-8000-000000000000"}, "This isn’t on offer any more. Choose another."),
        ({"day": ""}, "Choose a day."),
        ({"day": "2026-06-10"}, "We can’t come on this day. Please choose another."),  # a Wednesday
        ({"day": "2026-06-02"}, "We can’t come on this day. Please choose another."),  # inside the notice
        ({"day": "\x00"}, "We can’t come on this day. Please choose another."),
        ({"day": "9999-12-31"}, "We can’t come on this day. Please choose another."),
        ({"note": "x" * 5000}, "That’s more than we can read at once."),
    ],
)
def test_bad_input_gets_a_sentence_and_changes_nothing(
    signed_in: Browser, wash: Plan, changed: dict[str, str], sentence: str
) -> None:
    answer = signed_in.post(NEW, wish(wash, note="Mind the dog.") | changed)
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert "required." not in said(answer)
    if "plan" not in changed and "note" not in changed:
        assert "Mind the dog." in said(answer)
    assert not ServiceRequest.objects.exists()


def test_what_customers_may_not_see_cannot_be_asked_for(signed_in: Browser, wash: Plan, ready: Customer) -> None:
    hidden = cast.a_plan(ready.business, "one_time", code="x", name="Secret", plan_type="addon", visibility="internal")
    assert "Secret" not in said(signed_in.get(NEW))
    assert signed_in.post(NEW, wish(hidden)).status_code == 422
    assert signed_in.post(NEW, wish(scene.every_two_weeks(ready))).status_code == 422
    assert not ServiceRequest.objects.exists()


def test_anothers_place_cannot_be_chosen(signed_in: Browser, wash: Plan, ready: Customer, eve: Customer) -> None:
    cast.a_property(ready, Zone.objects.get(), "3120 Teller Street")
    answer = signed_in.post(NEW, wish(wash, place=str(eve.properties.get().pk)))
    assert answer.status_code == 422
    assert "Choose one of your addresses." in said(answer)
    assert not ServiceRequest.objects.exists()


def test_a_letter_no_database_takes_is_left_out_of_the_note(signed_in: Browser, wash: Plan) -> None:
    assert signed_in.post(NEW, wish(wash, note="Mind\x00 the dog.")).status_code == 302
    assert ServiceRequest.objects.get().note == "Mind the dog."


def test_where_nothing_is_on_offer_a_person_is(signed_in: Browser, ready: Customer) -> None:
    Plan.objects.exclude(plan_type="recurring").update(visibility="internal")
    assert "There’s nothing extra to order at the moment." in said(signed_in.get(NEW))
    assert signed_in.post(NEW, {}).status_code == 422


def test_where_it_is_off_it_is_hidden_and_refused(signed_in: Browser, wash: Plan, ready: Customer) -> None:
    modes(ready, mode="off")
    assert signed_in.get(NEW).status_code == 404
    assert signed_in.post(NEW, wish(wash)).status_code == 404


def test_a_look_costs_the_same_for_one_plan_and_for_many(signed_in: Browser, wash: Plan, ready: Customer) -> None:
    counts = []
    for n in (0, 8):
        for extra in range(n):
            cast.a_plan(ready.business, "one_time", code=f"a{extra}", plan_type="addon")
        with statements() as sent:
            signed_in.get(NEW, wish(wash))
        counts.append(len(sent))
    assert counts[0] == counts[1], "\n".join(sent)
