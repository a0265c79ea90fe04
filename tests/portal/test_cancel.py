"""Ending a service, on the page a customer sees. Noon of Monday, June 1, in Denver; a week’s notice."""

import re
from typing import Any

import pytest

from nextroute.customers.models import Customer
from nextroute.scheduling.models import Subscription, Zone
from nextroute.service_requests.models import ServiceRequest
from tests import cast
from tests.cast import D, days
from tests.doors import Browser, said, statements
from tests.service_requests import scene
from tests.service_requests.scene import modes, subscription

HERE = "/portal/cancel/"
END = {"last_day": "2026-06-16", "topic": "moving", "comment": "Thank you!"}


def a_second(customer: Customer) -> Subscription:
    there = cast.a_property(customer, Zone.objects.get(), "3120 Teller Street")
    return cast.a_subscription(there, cast.a_plan(customer.business))


def struck(html: str) -> list[str]:
    return re.findall(r'<time class="leaf is-list" datetime="([0-9-]+)" data-state="off"', html)


def test_one_screen_with_the_earliest_day_what_changes_and_the_button(signed_in: Browser, ready: Customer) -> None:
    html = said(signed_in.get(HERE))
    assert "We need 7 days’ notice, so the earliest is Monday, June 8." in html
    assert 'value="2026-06-08"' in html
    assert "We come for the last time on" in html
    assert struck(html) == [f"2026-0{day}" for day in ["6-09", "6-16", "6-23", "6-30", "7-07", "7-14", "7-21", "7-28"]]
    assert '<button class="button">Ask to end my service</button>' in html
    assert "aria-invalid" not in html
    assert not ServiceRequest.objects.exists()


def test_what_changes_follows_the_day(signed_in: Browser, ready: Customer) -> None:
    html = said(signed_in.get(HERE, {"last_day": "2026-06-16"}, headers={"HX-Request": "true"}))
    assert "<html" not in html
    assert ">Tuesday, June 16</time>." in html
    assert struck(html)[0] == "2026-06-23"


def test_the_button_is_there_whatever_is_missing(signed_in: Browser, ready: Customer) -> None:
    a_second(ready)
    for query in ({}, {"last_day": ""}, {"last_day": "2026-06-02"}, {"topic": "away"}):
        assert "Ask to end my service</button>" in said(signed_in.get(HERE, query))


def test_what_could_help_stands_with_its_reason(signed_in: Browser, ready: Customer) -> None:
    html = said(signed_in.get(HERE))
    reason = r'<div class="reason">.*?value="(\w+)"(.*?)(?=<div class="reason"|</fieldset)'
    by_reason = dict(re.findall(reason, html, re.DOTALL))
    assert "/portal/holds/new/" in by_reason["away"]
    assert f"/portal/plans/{subscription(ready).pk}/?plan=" in by_reason["too_often"]
    assert "Biweekly Bin Cleaning, $15.00 a visit, every other week" in by_reason["too_often"]
    assert "instead" not in by_reason["moving"]
    modes(ready, mode="off")
    ready.business.cancellation_mode = "approval"
    ready.business.save()
    assert 'class="instead"' not in said(signed_in.get(HERE))


def test_asking_waits_and_lists_what_ends(signed_in: Browser, ready: Customer) -> None:
    answer = signed_in.post(HERE, END, follow=True)
    assert "Sent. Bright Bins will answer you by e-mail." in said(answer)
    request = ServiceRequest.objects.get()
    assert (request.day, request.topic, request.note) == (D("2026-06-16"), "moving", "Thank you!")
    assert subscription(ready).ends_on is None
    html = said(signed_in.get(HERE))
    assert "You’ve asked to end your service." in html
    assert f"/portal/requests/{request.pk}/" in html
    assert "</button>\n</form>" not in html.partition("<main")[2]


def test_where_it_is_instant_it_ends_and_can_be_undone(signed_in: Browser, ready: Customer) -> None:
    modes(ready, mode="instant")
    before = days(ready)
    assert ">End my service</button>" in said(signed_in.get(HERE))
    shown = struck(said(signed_in.get(HERE, END)))
    answer = signed_in.post(HERE, END, follow=True)
    assert "It’s arranged." in said(answer)
    assert "You can undo this through Tuesday, June 16." in said(answer)
    assert sorted({*before} - {*days(ready)}) == [day for day in shown if day in before]
    assert days(ready)[-1] == "2026-06-16"
    signed_in.post(answer.redirect_chain[-1][0])
    assert days(ready) == before


def test_of_several_the_chosen_one_ends(signed_in: Browser, ready: Customer) -> None:
    modes(ready, mode="instant")
    other = a_second(ready)
    html = said(signed_in.get(HERE))
    assert html.count('name="services"') == 2
    assert "Choose what should end" in html
    signed_in.post(HERE, END | {"services": [str(other.pk)]})
    other.refresh_from_db()
    assert other.ends_on == D("2026-06-16")
    assert subscription(ready).ends_on is None


def test_sent_twice_it_is_asked_once(signed_in: Browser, ready: Customer) -> None:
    signed_in.post(HERE, END)
    answer = signed_in.post(HERE, END)
    assert answer.status_code == 422
    assert "You’ve asked to end your service." in said(answer)
    assert ServiceRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"topic": ""}, "Choose why you’d like to cancel."),
        ({"topic": "boredom"}, "Choose why you’d like to cancel."),
        ({"last_day": ""}, "Choose the last day."),
        ({"last_day": "soon"}, "Write the day as year, month and day"),
        ({"last_day": "2026-06-07"}, "That is too soon. The earliest last day is Monday, June 8."),
        ({"last_day": "2099-01-01"}, "That is too far ahead."),
        ({"last_day": "9999-12-31"}, "Is the year right?"),
        ({"comment": "x" * 5000}, "That’s more than we can read at once."),
        ({"services": ["x"]}, "One of these has changed since. Please choose again."),
        ({"services": []}, "Choose what should end."),
    ],
)
def test_bad_input_gets_a_sentence_and_changes_nothing(
    signed_in: Browser, ready: Customer, changed: dict[str, Any], sentence: str
) -> None:
    one = a_second(ready)
    answer = signed_in.post(HERE, END | {"services": [str(one.pk)]} | changed)
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert "required." not in said(answer)
    if "comment" not in changed:
        assert "Thank you!" in said(answer)
    assert not ServiceRequest.objects.exists()


def test_anothers_service_is_no_choice(signed_in: Browser, ready: Customer, eve: Customer) -> None:
    a_second(ready)
    answer = signed_in.post(HERE, END | {"services": [str(subscription(eve).pk)]})
    assert answer.status_code == 422
    assert not ServiceRequest.objects.exists()


def test_with_nothing_to_end_a_person_is_offered(signed_in: Browser, ready: Customer) -> None:
    Subscription.objects.update(ends_on=D("2026-06-05"))
    assert "There’s nothing to end." in said(signed_in.get(HERE))
    assert signed_in.post(HERE, END).status_code == 422


def test_where_it_is_off_it_is_hidden_and_refused(signed_in: Browser, ready: Customer) -> None:
    modes(ready, mode="off")
    assert HERE not in said(signed_in.get("/portal/plans/"))
    assert signed_in.get(HERE).status_code == 404
    assert signed_in.post(HERE, END).status_code == 404


def test_it_costs_the_same_for_one_service_and_for_many(signed_in: Browser, ready: Customer) -> None:
    counts = []
    a_second(ready)
    for n in (0, 6):
        for more in range(n):
            there = cast.a_property(ready, Zone.objects.get(), f"{more} Main Street")
            cast.a_subscription(there, scene.every_two_weeks(ready))
        chosen = [str(key) for key in ready.subscriptions.values_list("pk", flat=True)]
        with statements() as sent:
            assert "We come for the last time" in said(signed_in.get(HERE, END | {"services": chosen}))
        counts.append(len(sent))
    assert counts[0] == counts[1], "\n".join(sent)
