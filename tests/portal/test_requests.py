"""What was asked for, on the pages a customer sees. Noon of Monday, June 1, in Denver."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from nextroute.customers.models import Customer
from nextroute.scheduling.models import Extra
from nextroute.service_requests import answering, listing
from nextroute.service_requests.kinds import Kind, State
from nextroute.service_requests.listing import Rank
from nextroute.service_requests.models import ServiceRequest
from tests import cast
from tests.cast import NOON, D
from tests.doors import HOME, SCHEDULE, Browser, Clock, said, statements
from tests.service_requests import scene
from tests.service_requests.scene import ASKS, BO, TODAY, modes, now_is

ALL = "/portal/requests/"


def page(request: ServiceRequest) -> str:
    return f"{ALL}{request.pk}/"


def listed(html: str) -> list[str]:
    """The keys of the requests on a page, in order."""
    return re.findall(rf'<b><a href="{ALL}([0-9a-f-]+)/"', html)


def extras(customer: Customer, count: int) -> list[ServiceRequest]:
    first = D("2026-06-09")
    return [scene.extra(customer, day=first + timedelta(weeks=n)) for n in range(count)]


def test_somebody_who_has_asked_for_nothing_reads_what_can_be_asked(signed_in: Browser, ready: Customer) -> None:
    html = said(signed_in.get(ALL))
    assert "You haven’t asked for anything yet." in html
    for link in ("/portal/extras/new/", "/portal/plans/", "/portal/cancel/"):
        assert f'href="{link}"' in html


def test_what_the_business_does_not_take_is_not_offered(signed_in: Browser, ready: Customer) -> None:
    modes(ready, mode="off")
    html = said(signed_in.get(ALL))
    assert "/portal/extras/new/" not in html
    assert "/portal/cancel/" not in html
    assert "Change your plan" not in html


@pytest.mark.parametrize("kind", ASKS)
def test_each_kind_is_listed_with_a_page_of_its_own(signed_in: Browser, ready: Customer, kind: Kind) -> None:
    modes(ready, mode="approval")
    request = ASKS[kind](ready)
    html = said(signed_in.get(ALL))
    assert listed(html) == [str(request.pk)]
    assert "Waiting for Bright Bins since" in html
    assert "Bright Bins hasn’t answered yet." in said(signed_in.get(page(request)))


def test_open_ones_come_first_then_arranged_ones_then_the_rest(signed_in: Browser, ready: Customer) -> None:
    declined, arranged, waiting = extras(ready, 3)
    answering.decline(request=declined, answer="Our truck is in the shop.", actor=BO, now=NOON)
    answering.approve(request=arranged, actor=BO, now=NOON)
    html = said(signed_in.get(ALL))
    assert listed(html) == [str(one.pk) for one in (waiting, arranged, declined)]
    assert re.findall('<h2 class="label" id="[a-z]+">(.*?)</h2>', html)[:3] == ["Waiting", "Arranged", "Before"]
    assert "“Our truck is in the shop.”" in html


def test_the_list_goes_on_page_by_page_and_names_each_once(signed_in: Browser, ready: Customer) -> None:
    asked = extras(ready, 30)
    for one in asked[:10]:
        answering.withdraw(request=one, actor=BO, now=NOON)
    first = said(signed_in.get(ALL))
    more = re.search(rf'href="({ALL}\?after=[^"]+)"', first)
    assert more
    second = said(signed_in.get(more[1]))
    keys = [str(one.pk) for one in (*reversed(asked[10:]), *reversed(asked[:10]))]
    assert listed(first) == keys[:25]
    assert listed(second) == keys[25:]
    assert "after=" not in second


@pytest.mark.parametrize("after", ["x", "2.x", "7.00000000-0000-7000-8000-000000000000", "2." + "-" * 36, "2.\x00"])
def test_nonsense_for_a_page_is_not_found(signed_in: Browser, ready: Customer, after: str) -> None:
    assert signed_in.get(ALL, {"after": after}).status_code == 404


def test_a_list_costs_the_same_for_one_request_and_for_many(signed_in: Browser, ready: Customer) -> None:
    counts: list[int] = []
    for more in (1, 24):
        for n in range(more):
            scene.extra(ready, day=D("2026-06-09") + timedelta(weeks=len(counts) * 30 + n))
        with statements() as sent:
            signed_in.get(ALL)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 7 + 3, "\n".join(sent)  # three put the test’s own scope back


@pytest.mark.parametrize("kind", ASKS)
def test_the_database_ranks_as_the_state_says(ready: Customer, kind: Kind) -> None:
    """Through every state that a request can have, weeks ahead."""
    modes(ready, mode="approval")
    request = ASKS[kind](ready)
    if kind is not Kind.PROBLEM:
        _agree(ready)
        request = answering.approve(request=request, actor=BO, now=NOON)
    _agree(ready)
    if request.extra:
        Extra.objects.update(dropped_at=NOON)
        _agree(ready)
        Extra.objects.update(called_off_at=NOON)
        _agree(ready)
    ServiceRequest.objects.update(answer_state=State.DECLINED, answered_at=NOON)
    _agree(ready)


def _agree(customer: Customer) -> None:
    ranks = {State.PENDING: Rank.OPEN, State.APPROVED: Rank.ARRANGED}
    for weeks in range(12):
        today = TODAY + timedelta(weeks=weeks)
        (one,) = listing.of(customer, today=today, rows=5).requests
        assert vars(one)["rank"] == ranks.get(one.state(today), Rank.OVER), today
        assert bool(listing.waiting(customer, today=today)) == (one.state(today) is State.PENDING)


def test_it_is_taken_back_by_a_button_and_pressed_twice_once(signed_in: Browser, ready: Customer) -> None:
    request = scene.extra(ready)
    html = said(signed_in.get(page(request)))
    assert "You can take this back until we answer." in html
    for _ in range(2):
        answer = signed_in.post(page(request), follow=True)
        assert answer.redirect_chain == [(f"{page(request)}?done=withdrawn", 302)]
    assert "Done. It’s taken back." in said(answer)
    assert now_is(request).answer_state == State.WITHDRAWN


@pytest.mark.parametrize(
    ("kind", "until"),
    [
        (Kind.EXTRA, "You can undo this through Saturday, June 6."),
        (Kind.PLAN_CHANGE, "You can undo this through Tuesday, June 30."),
        (Kind.CANCELLATION, "You can undo this through Tuesday, June 16."),
    ],
)
def test_what_is_arranged_is_undone_until_the_day_it_says(
    signed_in: Browser, ready: Customer, kind: Kind, until: str
) -> None:
    modes(ready, mode="instant")
    request = ASKS[kind](ready)
    html = said(signed_in.get(page(request), {"done": "arranged"}))
    assert "It’s arranged." in html
    assert until in html
    assert "Done. It’s taken back." in said(signed_in.post(page(request), follow=True))


def test_after_its_notice_an_extra_offers_no_undo_and_takes_none(
    signed_in: Browser, ready: Customer, clock: Clock
) -> None:
    modes(ready, mode="instant")
    request = scene.extra(ready)
    clock.forward(days=6)
    signed_in.come_in(ready.accesses.get().login, now=clock.now)
    assert "You can undo this" not in said(signed_in.get(page(request)))
    answer = signed_in.post(page(request))
    assert answer.status_code == 422
    assert "It is too late for this day here." in said(answer)
    assert now_is(request).answer_state == State.APPROVED


def test_the_offices_words_stand_on_its_page(signed_in: Browser, ready: Customer) -> None:
    request = scene.extra(ready)
    answering.decline(request=request, answer="We’re full <that> day.", actor=BO, now=NOON)
    html = said(signed_in.get(page(request)))
    assert "We’re sorry, this isn’t possible." in html
    assert "“We’re full &lt;that&gt; day.”" in html
    assert 'href="/portal/extras/new/"' in html
    assert '<form method="post">' not in html


def test_what_nobody_answered_in_time_says_so(signed_in: Browser, ready: Customer, clock: Clock) -> None:
    request = scene.extra(ready)
    clock.forward(days=20)
    signed_in.come_in(ready.accesses.get().login, now=clock.now)
    assert "We’re sorry, we didn’t answer in time." in said(signed_in.get(page(request)))
    assert signed_in.post(page(request)).status_code == 422


def test_anothers_request_is_not_found(signed_in: Browser, ready: Customer, eve: Customer) -> None:
    theirs = scene.extra(eve)
    assert signed_in.get(page(theirs)).status_code == 404
    assert signed_in.post(page(theirs)).status_code == 404
    assert str(theirs.pk) not in said(signed_in.get(ALL))
    assert now_is(theirs).answer_state == State.PENDING


def test_a_photo_is_shown_to_its_owner_alone(signed_in: Browser, ready: Customer, eve: Customer, folder: Path) -> None:
    hers = scene.problem(ready, photo=cast.a_picture())
    for size in ("", "small/"):
        assert f'{page(hers)}photo/{size}"' in said(signed_in.get(page(hers)))
        answer = signed_in.get(f"{page(hers)}photo/{size}")
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "private" in answer["Cache-Control"]
    theirs = scene.problem(eve, photo=cast.a_picture(colour="red"))
    assert signed_in.get(f"{page(theirs)}photo/").status_code == 404
    without = scene.problem(ready, stop=scene.a_made_stop(ready, "2026-05-27"))
    assert signed_in.get(f"{page(without)}photo/").status_code == 404


def test_home_names_what_waits_and_leads_there(signed_in: Browser, ready: Customer) -> None:
    request = scene.extra(ready)
    html = said(signed_in.get(HOME))
    assert "Driveway Wash, Tuesday, June 9" in html
    assert "Waiting for Bright Bins." in html
    assert f'href="{page(request)}"' in html
    answering.decline(request=request, answer="No.", actor=BO, now=NOON)
    assert "Driveway Wash" not in said(signed_in.get(HOME))


def test_the_schedule_and_the_menu_lead_there(signed_in: Browser, ready: Customer) -> None:
    html = said(signed_in.get(SCHEDULE))
    assert 'href="/portal/extras/new/"' in html
    assert f'href="{ALL}"' in html
    modes(ready, mode="off")
    assert 'href="/portal/extras/new/"' not in said(signed_in.get(SCHEDULE))
