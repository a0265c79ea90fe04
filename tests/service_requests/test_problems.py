"""A problem with a visit of the last days: what can be reported, once, with a picture."""

from pathlib import Path
from typing import Any

import pytest

from nextroute.core import files
from nextroute.core.errors import Refused
from nextroute.customers.models import Customer
from nextroute.scheduling.models import Stop
from nextroute.service_requests import answering, problems
from nextroute.service_requests.kinds import Trouble
from nextroute.service_requests.models import ServiceRequest
from nextroute.service_requests.requests import RequestRefused
from tests import cast
from tests.cast import NOON, D
from tests.service_requests import scene
from tests.service_requests.scene import ADA, BO, TODAY, now_is

SKIPPED: dict[str, Any] = {"status": "skipped", "skip_category": "no_access", "skip_reason": "Gate"}


def refused(customer: Customer, **more: Any) -> str:
    before = ServiceRequest.objects.count()
    with pytest.raises(RequestRefused) as refusal:
        scene.problem(customer, **more)
    assert ServiceRequest.objects.count() == before
    return refusal.value.field


@pytest.mark.parametrize(
    ("day", "changes", "taken"),
    [
        ("2026-05-25", {}, True),
        ("2026-05-24", {}, False),
        ("2026-06-01", {}, True),
        ("2026-05-31", SKIPPED, True),
        ("2026-05-31", {"status": "pending"}, True),
        ("2026-05-31", {"status": "arrived"}, True),
        ("2026-06-01", {"status": "pending"}, False),
        ("2026-06-01", {"status": "arrived"}, False),
    ],
)
def test_a_visit_of_the_last_week_that_is_over_can_be_reported(
    ready: Customer, day: str, changes: dict[str, Any], taken: bool
) -> None:
    stop = cast.a_stop(scene.subscription(ready), day, **changes)
    assert problems.visits(ready, TODAY).filter(id=stop.id).exists() is taken
    if taken:
        assert scene.problem(ready, stop=stop).day == D(day)
    else:
        assert refused(ready, stop=stop) == "stop"


def test_one_that_was_removed_cannot(ready: Customer) -> None:
    assert refused(ready, stop=cast.not_made(scene.subscription(ready), "2026-05-31", "office")) == "stop"


def test_nobody_reports_anothers_visit(ready: Customer, eve: Customer) -> None:
    assert refused(ready, stop=cast.a_stop(eve.subscriptions.get(), "2026-05-31")) == "stop"


def test_a_visit_is_reported_once_while_it_is_open(ready: Customer) -> None:
    first = scene.problem(ready)
    assert refused(ready, topic="damage") == "stop"
    answering.answer(request=first, words="Sorry.", actor=BO, now=NOON)
    scene.problem(ready, topic="damage")


def test_something_has_to_be_said(ready: Customer) -> None:
    assert refused(ready, topic="") == "topic"
    assert refused(ready, topic="other", note=" ") == "note"
    for topic in (Trouble.MISSED, Trouble.DAMAGE, Trouble.BINS_NOT_PUT_BACK):
        request = scene.problem(ready, topic=topic, note="")
        answering.withdraw(request=request, actor=ADA, now=NOON)


def test_a_picture_is_made_anew_and_kept(ready: Customer, folder: Path) -> None:
    sent = cast.a_picture((800, 600))
    found = now_is(scene.problem(ready, photo=sent))
    for digest in (found.photo_digest, found.small_photo_digest):
        assert files.read(digest).startswith(b"\xff\xd8")
        assert files.read(digest) != sent
    assert found.photo_digest != found.small_photo_digest


def test_what_is_no_picture_is_refused(ready: Customer, folder: Path) -> None:
    with pytest.raises(Refused) as refusal:
        scene.problem(ready, photo=b"MZ")
    assert refusal.value.field == "content"
    assert not ServiceRequest.objects.exists()


def test_without_a_picture_there_is_none(ready: Customer) -> None:
    assert scene.problem(ready).photo_digest == ""


def test_the_latest_visit_comes_first(ready: Customer) -> None:
    cast.a_stop(scene.subscription(ready), "2026-05-30")
    found: list[Stop] = list(problems.visits(ready, TODAY))
    assert [stop.service_date for stop in found] == [D("2026-05-30"), D("2026-05-26")]
