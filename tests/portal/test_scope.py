"""No scope and no role survives a request: not in the transaction, not on the pooled connection, not in the thread."""

from collections.abc import Iterator

import pytest
from django.db import connection, connections

from nextroute.core import scope
from nextroute.scheduling import visits
from tests import cast
from tests.doors import (
    CALENDAR,
    CHOOSE,
    CHOOSE_BUSINESS,
    HOME,
    SCHEDULE,
    SENT,
    SET_PASSWORD,
    SIGN_OUT,
    Browser,
    Clock,
    a_login,
    connected_by,
)
from tests.post import Post


@pytest.fixture
def one_connection(committed: None) -> Iterator[None]:
    """A pool of one, so that every request gets the connection of the one before."""
    with connected_by(OPTIONS={"pool": {"min_size": 1, "max_size": 1, "timeout": 5}}):
        yield


@pytest.fixture
def visitor(one_connection: None) -> Browser:
    bright = cast.a_business()
    with cast.inside(bright):
        ada = cast.a_customer(bright, "ada")
        cast.served(ada)
    a_login(ada)
    return Browser(raise_request_exception=False)


def left() -> tuple[object, ...]:
    connections.close_all()  # back to the pool, as at the end of a request
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user::text, coalesce(current_setting('nextroute.business_id', true), ''),"
            " coalesce(current_setting('nextroute.customer_id', true), ''),"
            " coalesce(current_setting('nextroute.presented_key', true), ''),"
            " (SELECT count(*) FROM tenancy_business)"
        )
        return tuple(cursor.fetchone() or ())


NOTHING = ("nextroute_app", "", "", "", 0)


def test_no_request_leaves_a_scope_behind(visitor: Browser) -> None:
    assert left() == NOTHING
    visitor.sign_in("ada@example.com", "wrong")
    assert left() == NOTHING
    visitor.sign_in("ada@example.com")
    assert left() == NOTHING
    for path in (HOME, SCHEDULE, CHOOSE, "/portal/at/bright-bins/", "/nowhere", f"{SCHEDULE}?from=x", "/healthz"):
        visitor.get(path)
        assert left() == NOTHING
        assert scope.current() == scope.NOWHERE
    for wish in ("open", "renew", "explode"):
        visitor.post(CALENDAR, {"do": wish})
        assert left() == NOTHING
    page = visitor.get(CALENDAR).content.decode()
    for path in (page.split('value="http://127.0.0.1')[1].split('"')[0], f"{CALENDAR}{'x' * 43}.ics"):
        visitor.get(path)
        assert left() == NOTHING
        assert scope.current() == scope.NOWHERE
    visitor.post(SET_PASSWORD, {"current": "wrong", "password": "x"})
    assert left() == NOTHING
    visitor.post(SIGN_OUT)
    assert left() == NOTHING


def test_nor_does_any_step_of_a_way_in_by_mail(visitor: Browser, clock: Clock) -> None:
    post = Post(clock)
    visitor.ask("ada@example.com")
    assert left() == NOTHING
    letter = post.letter()
    assert left() == NOTHING
    for answer in (visitor.get(SENT), visitor.type_code("000000"), visitor.get(letter.link), visitor.post(letter.link)):
        assert answer.status_code in (200, 302, 422)
        assert left() == NOTHING
    visitor.ask("ada@example.com", slug="")
    visitor.get(CHOOSE_BUSINESS)
    assert left() == NOTHING
    assert scope.current() == scope.NOWHERE


def test_a_view_that_fails_leaves_none_either(visitor: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor.sign_in("ada@example.com")

    def fail(*_: object, **__: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")

    monkeypatch.setattr(visits, "ahead", fail)
    assert visitor.get(HOME).status_code == 500
    assert left() == NOTHING
    assert scope.current() == scope.NOWHERE


def test_a_refused_response_leaves_none_in_a_test_either(signed_in: Browser) -> None:
    inside = scope.current()
    signed_in.get(HOME)
    signed_in.get(f"{SCHEDULE}?from=x")
    assert scope.current() == inside
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text, current_setting('nextroute.business_id')")
        assert cursor.fetchone() == ("nextroute_app", str(inside.business))
