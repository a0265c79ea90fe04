"""The plans a customer has and asking for another, on the pages they see. Noon of Monday, June 1, in Denver."""

import re

import pytest

from nextroute.customers.models import Customer
from nextroute.scheduling.models import Plan, Subscription, Zone
from nextroute.service_requests import answering
from nextroute.service_requests.models import ServiceRequest
from tests import cast
from tests.cast import NOON, D, days
from tests.doors import Browser, said, statements
from tests.service_requests import scene
from tests.service_requests.scene import BO, modes

ALL = "/portal/plans/"


def page(customer: Customer) -> str:
    return f"{ALL}{scene.subscription(customer).pk}/"


def rows(html: str) -> list[tuple[str, bool]]:
    """The days a preview lists, and whether each falls away."""
    found = re.findall(r'<time class="leaf is-list" datetime="([0-9-]+)"( data-state="off")?', html)
    return [(day, bool(off)) for day, off in found]


@pytest.fixture
def other(ready: Customer) -> dict[str, str]:
    return {"plan": str(scene.every_two_weeks(ready).pk)}


def test_each_plan_is_told_with_price_and_rhythm(signed_in: Browser, ready: Customer) -> None:
    html = said(signed_in.get(ALL))
    assert "Weekly Bin Cleaning" in html
    assert "$12.50 a visit, every week." in html
    assert f'href="{page(ready)}"' in html


def test_without_a_plan_a_person_is_offered(signed_in: Browser, ready: Customer) -> None:
    Subscription.objects.update(ends_on=D("2026-05-31"))
    assert "You have no plan at the moment." in said(signed_in.get(ALL))


def test_the_choice_names_what_each_costs_and_how_often(signed_in: Browser, ready: Customer) -> None:
    html = said(signed_in.get(page(ready)))
    assert "Now: Weekly Bin Cleaning at 8447 West 51st Avenue, $12.50 a visit, every week." in html
    assert "$15.00 a visit, every other week" in html
    assert "What changes" not in html


def test_the_preview_is_one_list_by_day(signed_in: Browser, ready: Customer, other: dict[str, str]) -> None:
    html = said(signed_in.get(page(ready), other))
    assert "From <time" in html
    assert ">Wednesday, July 1</time>: $15.00 a visit, every other week." in html
    found = rows(html)
    assert [day for day, _ in found] == sorted({day for day, _ in found})
    assert found[:4] == [("2026-07-07", False), ("2026-07-14", True), ("2026-07-21", False), ("2026-07-28", True)]
    assert found[-1][0] < "2026-08-26"
    assert "4 visits instead of 8" in html
    assert "That is $40.00 less for these weeks." in html
    assert not ServiceRequest.objects.exists()
    assert Subscription.objects.filter(customer=ready).count() == 1


def test_what_is_shown_is_what_comes(signed_in: Browser, ready: Customer, other: dict[str, str]) -> None:
    modes(ready, mode="instant")
    shown = rows(said(signed_in.get(page(ready), other)))
    assert "It’s arranged." in said(signed_in.post(page(ready), other, follow=True))
    assert [day for day, off in shown if not off and day <= "2026-07-15"] == [
        d for d in days(ready) if d > "2026-06-30"
    ]


def test_htmx_gets_the_stage_alone(signed_in: Browser, ready: Customer, other: dict[str, str]) -> None:
    html = said(signed_in.get(page(ready), other, headers={"HX-Request": "true"}))
    assert "<html" not in html
    assert rows(html)


def test_without_javascript_a_button_shows_it_and_asks_nothing(
    signed_in: Browser, ready: Customer, other: dict[str, str]
) -> None:
    answer = signed_in.post(page(ready), other | {"preview": "1", "note": "From July, please."})
    assert answer.status_code == 200
    assert rows(said(answer))
    assert "From July, please." in said(answer)
    assert not ServiceRequest.objects.exists()


def test_asking_waits_and_is_then_shown_instead_of_the_form(
    signed_in: Browser, ready: Customer, other: dict[str, str]
) -> None:
    answer = signed_in.post(page(ready), other, follow=True)
    request = ServiceRequest.objects.get()
    assert "Sent. Bright Bins will answer you by e-mail." in said(answer)
    there = f"/portal/requests/{request.pk}/"
    for again in (signed_in.get(page(ready)), signed_in.post(page(ready), other)):
        assert again["Location"] == there
    html = said(signed_in.get(ALL))
    assert f'href="{there}"' in html
    assert page(ready) not in html
    assert ServiceRequest.objects.count() == 1


def test_a_plan_that_follows_is_told_with_its_first_day(
    signed_in: Browser, ready: Customer, other: dict[str, str]
) -> None:
    answering.approve(request=scene.plan_change(ready), actor=BO, now=NOON)
    html = said(signed_in.get(ALL))
    assert ">Tuesday, June 30</time>." in html
    assert ">Wednesday, July 1</time>." in html
    assert page(ready) not in html  # the old one goes nowhere any more
    answer = signed_in.post(page(ready), other)
    assert answer.status_code == 422
    assert "Another plan is arranged for this place already." in said(answer)


@pytest.mark.parametrize("plan", ["", "x", "\x00", "00000000-0000-7000-8000-000000000000", "own", "hidden", "extra"])
def test_a_plan_that_is_not_on_offer_gets_a_sentence(signed_in: Browser, ready: Customer, plan: str) -> None:
    known = {
        "own": scene.subscription(ready).plan,
        "extra": cast.a_wash(ready.business),
        "hidden": cast.a_plan(ready.business, code="hoa", visibility="internal"),
    }
    answer = signed_in.post(page(ready), {"plan": str(known[plan].pk) if plan in known else plan, "note": "Thanks"})
    assert answer.status_code == 422
    wanted = "This plan isn’t on offer any more. Choose another." if plan else "Choose the plan you’d like."
    assert wanted in said(answer)
    assert "Thanks" in said(answer)
    assert not ServiceRequest.objects.exists()


def test_anothers_subscription_is_not_found(signed_in: Browser, ready: Customer, eve: Customer) -> None:
    assert signed_in.get(page(eve)).status_code == 404
    assert signed_in.post(page(eve), {}).status_code == 404


def test_where_it_is_off_plans_are_told_and_not_changed(signed_in: Browser, ready: Customer) -> None:
    modes(ready, mode="off")
    html = said(signed_in.get(ALL))
    assert "Weekly Bin Cleaning" in html
    assert "Change plan" not in html
    assert signed_in.get(page(ready)).status_code == 404
    assert signed_in.post(page(ready), {}).status_code == 404


def test_a_plan_by_the_month_says_so(signed_in: Browser, ready: Customer, other: dict[str, str]) -> None:
    Plan.objects.filter(pk=other["plan"]).update(billing_mode="flat", price_cents=4900)
    html = said(signed_in.get(page(ready), other))
    assert "$49.00 a month, every other week" in html
    assert "less for these weeks" not in html


def test_the_list_costs_the_same_for_one_plan_and_for_many(signed_in: Browser, ready: Customer) -> None:
    counts = []
    for n in (0, 6):
        for more in range(n):
            there = cast.a_property(ready, Zone.objects.get(), f"{more} Main Street")
            cast.a_subscription(there, scene.every_two_weeks(ready))
        with statements() as sent:
            signed_in.get(ALL)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 7 + 3, "\n".join(sent)  # three put the test’s own scope back
