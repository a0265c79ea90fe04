from datetime import timedelta
from hashlib import sha256

from nextroute.staff import sessions
from nextroute.staff.models import Session
from nextroute.staff.sessions import IDLE, LIFETIME, Store
from tests.cast import NOON

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def begun() -> str:
    """A session's key, with something in it."""
    store = Store(now=NOON)
    store["who"] = "dana"
    store.begin()
    store.save()
    return str(store.session_key)


def test_only_the_hash_of_a_key_is_kept(db: None) -> None:
    key = begun()
    assert Session.objects.get().pk == sha256(key.encode()).hexdigest()
    assert Store(key, now=NOON)["who"] == "dana"


def test_what_is_kept_opens_nothing(db: None) -> None:
    begun()
    assert Store(Session.objects.get().pk, now=NOON).get("who") is None


def test_it_ends_when_nothing_is_done_for_a_while(db: None) -> None:
    key = begun()
    assert Store(key, now=NOON + IDLE - MINUTE).get("who") == "dana"
    over = Store(key, now=NOON + IDLE)
    assert (over.get("who"), over.is_over, over.session_key) == (None, True, None)


def test_what_is_used_lasts_longer_but_not_beyond_a_shift(db: None) -> None:
    key = begun()
    for hours in (7, 11):
        store = Store(key, now=NOON + hours * HOUR)
        assert store["who"] == "dana"
        store.touch()
    assert Session.objects.get().expire_date == NOON + LIFETIME
    assert Store(key, now=NOON + LIFETIME).get("who") is None


def test_its_use_is_noted_once_a_minute(db: None) -> None:
    key = begun()
    for seconds, ends in ((59, NOON + IDLE), (60, NOON + IDLE + MINUTE)):
        store = Store(key, now=NOON + timedelta(seconds=seconds))
        assert "who" in store
        store.touch()
        assert Session.objects.get().expire_date == ends


def test_one_that_was_ended_stays_ended_whoever_is_still_using_it(db: None) -> None:
    key = begun()
    late = Store(key, now=NOON + HOUR)
    assert late["who"] == "dana"
    Store(key, now=NOON).flush()
    late.touch()
    assert not Session.objects.exists()


def test_a_key_nobody_was_given_is_no_session_and_not_over(db: None) -> None:
    stranger = Store("x" * 32, now=NOON)
    assert (stranger.get("who"), stranger.is_over) == (None, False)


def test_a_new_key_keeps_what_is_in_it_and_ends_the_old_one(db: None) -> None:
    key = begun()
    store = Store(key, now=NOON)
    store.cycle_key()
    store.save()
    assert store.session_key != key
    assert Store(store.session_key, now=NOON)["who"] == "dana"
    assert Session.objects.count() == 1


def test_what_is_over_is_let_go_a_day_later(db: None) -> None:
    begun()
    sessions.sweep(NOON + IDLE + timedelta(hours=23))
    assert Session.objects.exists()
    sessions.sweep(NOON + IDLE + timedelta(hours=25))
    assert not Session.objects.exists()
