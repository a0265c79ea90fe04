"""A customer reads their own trail in words, and nobody else's."""

import re
from datetime import timedelta

import pytest

from nextroute.audit.models import Detail
from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core.actors import SYSTEM, Actor, ActorKind
from nextroute.customers.models import Customer
from nextroute.portal import activity
from nextroute.scheduling import holds
from nextroute.service_requests import answering
from nextroute.tenancy.businesses import Business
from tests.cast import NOON, D
from tests.doors import Browser, statements
from tests.service_requests import scene

HERE = "/portal/activity/"


def text(browser: Browser, path: str = HERE) -> str:
    html = browser.get(path).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", html[html.index("<main") : html.index("</main>")]).split())


def sign_ins(customer: Customer, count: int) -> None:
    for _ in range(count):
        record(
            Verb.SIGNED_IN,
            actor=Actor(ActorKind.CUSTOMER),
            business_id=customer.business_id,
            subject=customer,
            customer_id=customer.id,
        )


def test_what_was_done_is_said_with_its_day_its_time_and_by_whom(signed_in: Browser, ada: Customer) -> None:
    holds.place(customer=ada, start_date=D("2026-06-08"), end_date=D("2026-06-17"), actor=SYSTEM, now=NOON)
    sign_ins(ada, 1)
    said = text(signed_in)
    assert re.search(r"Signed in You, at \d+:\d\d (in the|at) (morning|afternoon|evening|night)", said)
    assert re.search(r"Service on hold, June 8 to 17 Bright Bins, at", said)


def test_once_retention_has_deleted_a_detail_the_action_is_still_said(signed_in: Browser, ada: Customer) -> None:
    holds.place(customer=ada, start_date=D("2026-06-08"), end_date=D("2026-06-17"), actor=SYSTEM, now=NOON)
    Detail.objects.all().delete()
    assert "Service put on hold" in text(signed_in)


def test_nobody_reads_anothers_trail(signed_in: Browser, ada: Customer, eve: Customer) -> None:
    sign_ins(eve, 1)
    assert "Nothing has been done yet." in text(signed_in)


def test_the_offices_own_entries_are_nobodys(signed_in: Browser, bright: Business) -> None:
    record(Verb.SIGNED_IN, actor=SYSTEM, business_id=bright.id, subject="day")
    assert "Nothing has been done yet." in text(signed_in)


def test_a_long_trail_comes_page_by_page_each_entry_once(
    signed_in: Browser, ada: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity, "ON_A_PAGE", 10)
    sign_ins(ada, 25)
    path, counts = HERE, []
    while path:
        html = signed_in.get(path).content.decode()
        counts.append(html.count("<b>Signed in</b>"))
        found = re.search(r'href="([^"]*before=[^"]*)"', html)
        path = found[1] if found else ""
    assert counts == [10, 10, 5]


def test_a_page_costs_the_same_statements_however_long_the_trail(signed_in: Browser, ada: Customer) -> None:
    sign_ins(ada, 1)
    with statements() as few:
        signed_in.get(HERE)
    sign_ins(ada, 60)
    with statements() as many:
        signed_in.get(HERE)
    assert len(many) == len(few) <= 7 + 2  # the browser begins and ends each request with one of its own


@pytest.mark.parametrize("before", ["x", "0", "0" * 400, "%00", "00000000-0000-0000-0000-00000000000g"])
def test_a_place_that_is_none_is_not_found(signed_in: Browser, before: str) -> None:
    assert signed_in.get(f"{HERE}?before={before}").status_code == 404


def test_every_verb_that_is_said_has_words(signed_in: Browser) -> None:
    for sentence in activity.SAID.values():
        assert sentence({}, NOON.date() + timedelta(0))


def test_a_request_and_its_answer_are_said_with_what_they_are_about(signed_in: Browser, ada: Customer) -> None:
    request = scene.extra(ada, actor=Actor(ActorKind.CUSTOMER))
    answering.approve(request=request, actor=Actor(ActorKind.STAFF), now=NOON)
    said = text(signed_in)
    assert "Asked for: Driveway Wash, Tuesday, June 9 You, at" in said
    assert "Arranged: Driveway Wash, Tuesday, June 9 Bright Bins, at" in said
    Detail.objects.all().delete()
    assert "Asked for You, at" in text(signed_in)
