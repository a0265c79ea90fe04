"""Reporting a problem with a visit, on the page a customer sees. Noon of Monday, June 1, in Denver."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from nextroute.core import pictures
from nextroute.customers.models import Customer
from nextroute.scheduling.models import Stop
from nextroute.service_requests.models import ServiceRequest
from tests import cast
from tests.cast import D
from tests.doors import HISTORY, Browser, said
from tests.service_requests import scene


@pytest.fixture
def made(ready: Customer, folder: Path) -> Stop:
    """Of Tuesday, May 26, six days ago."""
    return ready.stops.get(service_date=D("2026-05-26"))


def page(stop: Stop) -> str:
    return f"{HISTORY}{stop.pk}/problem/"


def a_file(content: bytes, name: str = "lid.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def test_visits_of_the_last_week_offer_it(signed_in: Browser, made: Stop, ready: Customer) -> None:
    older = scene.a_made_stop(ready, "2026-05-24")
    html = said(signed_in.get(HISTORY))
    assert page(made) in html
    assert page(older) not in html
    assert signed_in.get(page(older)).status_code == 404


def test_every_visit_that_offers_it_has_the_page(signed_in: Browser, ready: Customer, made: Stop) -> None:
    of, last = scene.subscription(ready), "2026-05-30"
    cast.a_stop(of, "2026-05-28", status="skipped", skip_category="no_access")
    cast.a_stop(of, "2026-05-29", status="pending")
    cast.a_stop(of, last, status="arrived")
    cast.not_made(of, "2026-05-31", "office")
    html = said(signed_in.get(HISTORY))
    offered = [stop for stop in Stop.objects.filter(customer=ready) if page(stop) in html]
    assert len(offered) == 4
    assert all(signed_in.get(page(stop)).status_code == 200 for stop in offered)


def test_it_is_sent_with_words_and_a_photo(signed_in: Browser, made: Stop) -> None:
    sent = {"topic": "damage", "note": "The lid broke.", "photo": a_file(cast.a_picture())}
    answer = signed_in.post(page(made), sent, follow=True)
    request = ServiceRequest.objects.get()
    assert answer.redirect_chain == [(f"/portal/requests/{request.pk}/?done=sent", 302)]
    assert "Something was damaged" in said(answer)
    assert "“The lid broke.”" in said(answer)
    assert f"/portal/requests/{request.pk}/photo/small/" in said(answer)
    assert (request.stop_id, request.note) == (made.pk, "The lid broke.")


def test_without_a_photo_it_is_sent_too(signed_in: Browser, made: Stop) -> None:
    assert signed_in.post(page(made), {"topic": "missed", "note": "", "photo": a_file(b"")}).status_code == 302
    assert ServiceRequest.objects.get().photo_digest == ""


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"topic": ""}, "Choose what went wrong."),
        ({"topic": "aliens"}, "Choose what went wrong."),
        ({"topic": "other", "note": " "}, "Tell us in a few words what went wrong."),
        ({"note": "x" * 5000}, "That’s more than we can read at once."),
        ({"photo": b"no picture"}, "This is no picture we can read. Choose a JPEG, PNG or WebP."),
        ({"photo": b"<svg/>"}, "This is no picture we can read. Choose a JPEG, PNG or WebP."),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_the_rest(
    signed_in: Browser, made: Stop, changed: dict[str, str | bytes], sentence: str
) -> None:
    sent = {"topic": "damage", "note": "The lid broke."} | changed
    data = {key: a_file(value) if isinstance(value, bytes) else value for key, value in sent.items()}
    answer = signed_in.post(page(made), data)
    assert answer.status_code == 422
    html = said(answer)
    assert sentence in html
    assert "required." not in html
    if "note" not in changed:
        assert "The lid broke." in html
    if "topic" not in changed:
        assert 'value="damage" checked' in html
    assert not ServiceRequest.objects.exists()


def test_a_photo_that_is_too_large_is_said_to_be(
    signed_in: Browser, made: Stop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MOST_BYTES", 1000)
    answer = signed_in.post(page(made), {"topic": "damage", "photo": a_file(cast.a_picture() + b"x" * 2000)})
    assert answer.status_code == 422
    assert "This picture is too large." in said(answer)


def test_a_second_report_leads_to_the_first(signed_in: Browser, made: Stop) -> None:
    signed_in.post(page(made), {"topic": "missed"})
    there = f"/portal/requests/{ServiceRequest.objects.get().pk}/"
    assert signed_in.get(page(made))["Location"] == there
    assert signed_in.post(page(made), {"topic": "missed"})["Location"] == there
    assert ServiceRequest.objects.count() == 1


def test_anothers_visit_and_one_to_come_are_not_found(
    signed_in: Browser, made: Stop, ready: Customer, eve: Customer
) -> None:
    theirs = scene.a_made_stop(eve)
    to_come = ready.stops.filter(service_date__gt=scene.TODAY).first()
    assert to_come
    for stop in (theirs, to_come):
        assert signed_in.get(page(stop)).status_code == 404
        assert signed_in.post(page(stop), {"topic": "missed"}).status_code == 404
    assert not ServiceRequest.objects.exists()
