"""A photo is its customer's alone, and never changes: a browser keeps it, and is sent it once."""

from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image

from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from nextroute.scheduling import photos
from nextroute.scheduling.models import Photo, Subscription
from tests import cast
from tests.doors import Browser, Clock, a_login, statements


@pytest.fixture
def photo(ada: Customer, folder: Path) -> Photo:
    stop = cast.a_stop(Subscription.objects.get(customer=ada), "2026-05-26")
    content = cast.a_picture((1000, 800))
    return photos.add(stop=stop, kind=Photo.Kind.BEFORE, content=content, actor=SYSTEM, now=cast.NOON)


def address(photo: Photo, size: str = "") -> str:
    return f"/portal/history/photos/{photo.pk}/{size}"


@pytest.mark.parametrize(("size", "pixels"), [("", (1000, 800)), ("small/", (280, 224))])
def test_ada_sees_her_photo_large_and_small(
    signed_in: Browser, photo: Photo, size: str, pixels: tuple[int, int]
) -> None:
    answer = signed_in.get(address(photo, size))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert Image.open(BytesIO(answer.content)).size == pixels


@pytest.mark.parametrize("size", ["", "small/"])
def test_nobody_else_does(
    signed_in: Browser, photo: Photo, eve: Customer, dee: Customer, clock: Clock, size: str
) -> None:
    for other in (eve, dee):
        browser = Browser()
        browser.come_in(a_login(other), now=clock.now)
        known = {"If-None-Match": f'"{photo.digest}"'}
        assert browser.get(address(photo, size)).status_code == 404
        assert browser.get(address(photo, size), headers=known).status_code == 404, "not even that it exists"
    assert Browser().get(address(photo, size)).status_code == 302
    assert signed_in.get(f"/portal/history/photos/{uuid4()}/{size}").status_code == 404


@pytest.mark.parametrize("size", ["", "small/"])
def test_a_browser_that_has_it_is_told_so(signed_in: Browser, photo: Photo, size: str) -> None:
    first = signed_in.get(address(photo, size))
    digest = photo.small_digest if size else photo.digest
    assert first.headers["ETag"] == f'"{digest}"'
    again = signed_in.get(address(photo, size), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    other = signed_in.get(address(photo, size), headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


def test_it_is_kept_by_this_browser_in_this_session_only_and_taken_for_nothing_but_a_picture(
    signed_in: Browser, photo: Photo
) -> None:
    for headers in (
        signed_in.get(address(photo)).headers,
        signed_in.get(address(photo), headers={"If-None-Match": f'"{photo.digest}"'}).headers,
    ):
        assert headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert headers["Vary"] == "Cookie"
        assert headers["X-Content-Type-Options"] == "nosniff"
    assert signed_in.get(address(photo)).headers["Content-Disposition"] == "inline"


def test_a_picture_crosses_the_wire_as_it_is(signed_in: Browser, photo: Photo) -> None:
    answer = signed_in.get(address(photo), headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers
    assert answer.headers["ETag"] == f'"{photo.digest}"', "a strong one"
    assert "gzip" in signed_in.get("/portal/", headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"]


def test_only_who_asks_and_the_one_photo_are_looked_up(signed_in: Browser, photo: Photo, clock: Clock) -> None:
    with statements() as sent:
        signed_in.get(address(photo))
    assert sum("set_config" not in sql for sql in sent) == 3, "\n".join(sent)


def test_a_photo_whose_bytes_are_lost_is_missing_and_the_office_can_read_which(
    signed_in: Browser, photo: Photo, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (lost,) = folder.rglob(photo.digest)
    lost.unlink()
    assert signed_in.get(address(photo)).status_code == 404
    assert photo.digest in caplog.text


def test_photos_are_read_only(signed_in: Browser, photo: Photo) -> None:
    assert signed_in.post(address(photo)).status_code == 405
    assert signed_in.head(address(photo)).status_code == 200
