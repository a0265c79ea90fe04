"""Photos of a visit: kept once, small beside large, whose the visit is."""

from pathlib import Path

import pytest

from nextroute.core import files
from nextroute.core.actors import SYSTEM
from nextroute.core.errors import Refused
from nextroute.customers.models import Customer
from nextroute.scheduling import photos
from nextroute.scheduling.models import Photo, Stop, Subscription
from tests import cast
from tests.cast import NOON, a_picture

BEFORE, AFTER = Photo.Kind.BEFORE, Photo.Kind.AFTER


@pytest.fixture
def stop(ada: Customer, folder: Path) -> Stop:
    return cast.a_stop(Subscription.objects.get(customer=ada), "2026-05-26")


def add(stop: Stop, kind: Photo.Kind = BEFORE, content: bytes = b"") -> Photo:
    return photos.add(stop=stop, kind=kind, content=content or a_picture(), actor=SYSTEM, now=NOON)


def test_a_photo_is_the_stops_and_its_customers(stop: Stop, ada: Customer) -> None:
    photo = Photo.objects.get(pk=add(stop).pk)
    assert (photo.stop, photo.customer, photo.kind, photo.taken_at) == (stop, ada, "before", NOON)
    assert ada.photos.get() == photo


def test_large_and_small_are_kept_as_files_of_their_own(stop: Stop) -> None:
    photo = add(stop, content=a_picture((3200, 2400)))
    assert (photo.width, photo.height, photo.content_type) == (1600, 1200, "image/jpeg")
    large, small = files.read(photo.digest), files.read(photo.small_digest)
    assert large.startswith(b"\xff\xd8")
    assert small.startswith(b"\xff\xd8")
    assert len(small) < len(large)


def test_the_same_picture_again_is_the_photo_there_is(stop: Stop) -> None:
    first, again, after = add(stop), add(stop), add(stop, AFTER)
    assert first == again
    assert first != after
    assert first.digest == after.digest, "the bytes are kept once"
    assert Photo.objects.count() == 2


def test_pictures_of_one_kind_may_be_several(stop: Stop) -> None:
    add(stop, content=a_picture(colour="teal"))
    add(stop, content=a_picture(colour="plum"))
    assert Photo.objects.filter(stop=stop, kind=BEFORE).count() == 2


def test_what_is_no_picture_leaves_nothing_behind(stop: Stop, folder: Path) -> None:
    with pytest.raises(Refused, match="no picture"):
        add(stop, content=b"<svg/>")
    assert not Photo.objects.exists()
    assert list(folder.iterdir()) == []


def test_a_removed_stop_takes_no_photo_also_for_a_driver_with_an_old_list(stop: Stop, folder: Path) -> None:
    Stop.objects.update(removed_at=NOON, removed_by="office", removed_reason="office")
    with pytest.raises(Refused, match="not on its route any more"):
        add(stop)
    assert not Photo.objects.exists()
    assert list(folder.iterdir()) == []
