"""A verb is one transaction; when two of them collide, one is run again, once, where nothing else hangs on it."""

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, OperationalError, connection, connections, transaction
from pytest_django import DjangoDbBlocker

from nextroute.core.verbs import verb

DEADLOCK, SERIALIZATION, TIMEOUT = "40P01", "40001", "57014"


@pytest.fixture(autouse=True)
def _real(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Transactions that really end; nothing here writes a row that stays."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()


class Act:
    """A verb that the database ends with these errors, one a run, and then lets through."""

    def __init__(self, *errors: str) -> None:
        self.errors = list(errors)
        self.runs = 0

    @verb
    def __call__(self) -> str:
        self.runs += 1
        assert connection.in_atomic_block
        if self.errors:
            with connection.cursor() as cursor:
                cursor.execute(f"DO $$ BEGIN RAISE SQLSTATE '{self.errors.pop(0)}'; END $$")
        return "done"


@pytest.mark.parametrize("error", [DEADLOCK, SERIALIZATION])
def test_a_collision_is_tried_again(error: str) -> None:
    act = Act(error)
    assert act() == "done"
    assert act.runs == 2


def test_a_second_collision_is_told() -> None:
    act = Act(DEADLOCK, DEADLOCK, DEADLOCK)
    with pytest.raises(OperationalError):
        act()
    assert act.runs == 2


def test_other_faults_are_told_at_once() -> None:
    act = Act(TIMEOUT)
    with pytest.raises(DatabaseError):
        act()
    assert act.runs == 1


def test_inside_a_callers_transaction_nothing_is_tried_again() -> None:
    """All that was done before it would have to be, too."""
    act = Act(DEADLOCK)
    with pytest.raises(OperationalError), transaction.atomic():
        act()
    assert act.runs == 1


def test_what_the_failed_run_did_is_undone_before_the_next() -> None:
    found: list[int] = []

    @verb
    def act() -> None:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE IF NOT EXISTS tries (n int) ON COMMIT DROP")
            cursor.execute("INSERT INTO tries VALUES (1)")
            cursor.execute("SELECT count(*) FROM tries")
            found.append((cursor.fetchone() or (0,))[0])
            if len(found) == 1:
                cursor.execute(f"DO $$ BEGIN RAISE SQLSTATE '{DEADLOCK}'; END $$")

    act()
    assert found == [1, 1]
