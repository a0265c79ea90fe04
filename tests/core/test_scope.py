"""A scope is what the database believes, for one transaction and never longer."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from pytest_django import DjangoDbBlocker

from nextroute.core import scope
from nextroute.core.scope import NOWHERE, Scope, ScopeError

BRIGHT, SILK, ADA = uuid4(), uuid4(), uuid4()
IN_BRIGHT, IN_SILK, AS_ADA = Scope(BRIGHT), Scope(SILK), Scope(BRIGHT, ADA)


def believed() -> Scope:
    """The scope, as the database and this thread know it; the role has to fit."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT current_user, coalesce(current_setting('nextroute.business_id', true), ''),
                      coalesce(current_setting('nextroute.customer_id', true), ''),
                      coalesce(current_setting('nextroute.presented_key', true), '')"""
        )
        role, business, customer, key = cursor.fetchone() or ("", "", "", "")
    assert role == ("nextroute_customer" if customer else "nextroute_app")
    found = Scope(UUID(business) if business else None, UUID(customer) if customer else None, key)
    assert scope.current() == found
    return found


def fail() -> None:
    """A statement the database refuses, which ends its transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


def slip() -> None:
    """A fault of Python's, which leaves the transaction whole."""
    raise KeyError


@pytest.fixture
def real(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Transactions that really end; nothing here writes a row."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()


# Entering and leaving


@pytest.mark.django_db
def test_each_kind_of_scope_is_believed_inside_and_gone_after() -> None:
    assert believed() == NOWHERE
    with scope.business(BRIGHT):
        assert believed() == IN_BRIGHT
    with scope.customer(BRIGHT, ADA):
        assert believed() == AS_ADA
    with scope.presenting("bright-bins"):
        assert believed() == Scope(key="bright-bins")
    assert believed() == NOWHERE


@pytest.mark.django_db
def test_scopes_nest_and_each_gives_back_the_one_before() -> None:
    with scope.customer(BRIGHT, ADA):
        with scope.business():
            assert believed() == IN_BRIGHT, "the business of the customer, when none is named"
            with scope.customer(BRIGHT, ADA):
                assert believed() == AS_ADA
            with scope.business(SILK):
                assert believed() == IN_SILK
            assert believed() == IN_BRIGHT
        assert believed() == AS_ADA


@pytest.mark.django_db
def test_a_scope_entered_again_costs_no_statement(django_assert_num_queries: Any) -> None:
    with scope.business(BRIGHT), django_assert_num_queries(0):
        with scope.business(), scope.business(BRIGHT):
            pass
    assert believed() == NOWHERE


@pytest.mark.django_db
def test_an_exception_gives_back_the_scope_before() -> None:
    with scope.customer(BRIGHT, ADA):
        with pytest.raises(KeyError), scope.business():
            raise KeyError
        assert believed() == AS_ADA


@pytest.mark.django_db
def test_the_businesss_scope_needs_a_business() -> None:
    with pytest.raises(ScopeError), scope.business():
        pass
    with scope.presenting("bright-bins"), pytest.raises(ScopeError), scope.business():
        pass
    assert believed() == NOWHERE


def test_a_scope_needs_a_transaction(real: None) -> None:
    for asked in (scope.business(BRIGHT), scope.customer(BRIGHT, ADA), scope.presenting("bright-bins")):
        with pytest.raises(ScopeError), asked:
            pass
        assert scope.current() == NOWHERE
    with transaction.atomic():
        assert believed() == NOWHERE


# Savepoints


@pytest.mark.django_db
def test_rolling_back_to_a_savepoint_inside_a_scope_stays_in_it() -> None:
    with scope.business(BRIGHT):
        with pytest.raises(DatabaseError), transaction.atomic():
            fail()
        assert believed() == IN_BRIGHT
    assert believed() == NOWHERE


@pytest.mark.django_db
@pytest.mark.parametrize("before", [NOWHERE, IN_SILK, AS_ADA])
def test_rolling_back_to_a_savepoint_outside_a_scope_leaves_it(before: Scope) -> None:
    with entered(before):
        for fault in (fail, slip):
            with pytest.raises((DatabaseError, KeyError)), transaction.atomic(), scope.business(BRIGHT):
                fault()
            assert believed() == before


@pytest.mark.django_db
def test_a_scope_changed_inside_a_savepoint_that_rolls_back_is_the_one_before() -> None:
    with scope.business(BRIGHT):
        with pytest.raises(DatabaseError), transaction.atomic():
            with scope.customer(BRIGHT, ADA), transaction.atomic(), scope.business(SILK):
                fail()
        assert believed() == IN_BRIGHT


@pytest.mark.django_db
def test_a_savepoint_that_is_kept_does_not_keep_the_scope() -> None:
    with transaction.atomic(), scope.business(BRIGHT):
        pass
    assert believed() == NOWHERE


# Transactions


def test_a_failed_transaction_ends_its_scope_and_says_what_failed(real: None) -> None:
    with pytest.raises(DatabaseError, match="division by zero"), transaction.atomic(), scope.business(BRIGHT):
        fail()
    with transaction.atomic():
        assert believed() == NOWHERE


def test_a_fault_swallowed_inside_a_scope_is_not_made_worse_on_leaving_it(real: None) -> None:
    with transaction.atomic():
        with scope.business(BRIGHT):
            with pytest.raises(DatabaseError), transaction.atomic(savepoint=False):
                fail()
        assert scope.current() == NOWHERE
        with pytest.raises(transaction.TransactionManagementError, match="can't execute queries until the end"):
            believed()


@pytest.mark.parametrize("ends_in", ["commit", "rollback", "failure"])
@pytest.mark.parametrize("asked", [IN_BRIGHT, AS_ADA, Scope(key="bright-bins")])
def test_a_pooled_connection_carries_no_scope_on(real: None, asked: Scope, ends_in: str) -> None:
    """One connection, handed from one asker to the next, as between two requests."""
    with pool_of_one():
        first = backend()
        with expected(ends_in):
            ask(asked, then=ends_in)
        connection.close()
        assert backend() == first
        assert believed() == NOWHERE, "outside any transaction"
        with transaction.atomic():
            assert believed() == NOWHERE


def test_a_threads_scope_is_its_own(real: None) -> None:
    found: list[Scope] = []

    def ask() -> None:
        with transaction.atomic():
            found.append(believed())
        connections.close_all()

    with transaction.atomic(), scope.customer(BRIGHT, ADA):
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
        assert believed() == AS_ADA
    assert found == [NOWHERE]


# One transaction, learning who asks


def test_a_transaction_becomes_what_is_known_and_forgets_it_at_its_end(real: None) -> None:
    with scope.transaction_of() as become:
        assert believed() == NOWHERE
        for step in (Scope(key="bright-bins"), IN_BRIGHT, AS_ADA):
            become(step)
            assert believed() == step
        with scope.business():
            assert believed() == IN_BRIGHT
        assert believed() == AS_ADA
    assert scope.current() == NOWHERE
    with transaction.atomic():
        assert believed() == NOWHERE


@pytest.mark.django_db
@pytest.mark.parametrize("before", [NOWHERE, IN_SILK])
def test_inside_another_transaction_it_gives_back_the_scope_before(before: Scope) -> None:
    with entered(before):
        ask(AS_ADA, then="commit")
        assert believed() == before
        for ends_in in ("rollback", "failure"):
            with expected(ends_in):
                ask(AS_ADA, then=ends_in)
            assert believed() == before


def test_what_runs_after_the_commit_is_in_no_scope_and_can_enter_the_same_one(real: None) -> None:
    found: list[Scope] = []

    def after() -> None:
        with transaction.atomic():
            found.append(believed())
            with scope.business(BRIGHT):
                found.append(believed())

    with scope.transaction_of() as become:
        become(IN_BRIGHT)
        transaction.on_commit(after)
    assert found == [NOWHERE, IN_BRIGHT]

    with transaction.atomic(), scope.business(BRIGHT):
        transaction.on_commit(after)
    assert found[2:] == [NOWHERE, IN_BRIGHT]


def test_a_commit_that_fails_leaves_no_scope(real: None) -> None:
    """A deferred rule is checked at COMMIT, when the body has long ended well."""
    with pytest.raises(IntegrityError):
        ask(IN_BRIGHT, then="refused at commit")
    assert scope.current() == NOWHERE
    with transaction.atomic():
        assert believed() == NOWHERE


def ask(wanted: Scope, *, then: str) -> None:
    """A transaction that becomes somebody, and ends."""
    with scope.transaction_of() as become:
        become(wanted)
        assert believed() == wanted
        if then == "rollback":
            slip()
        if then == "failure":
            fail()
        if then == "refused at commit":
            with connection.cursor() as cursor:
                cursor.execute("CREATE TEMP TABLE once (n int UNIQUE DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP")
                cursor.execute("INSERT INTO once VALUES (1), (1)")


def expected(ends_in: str) -> AbstractContextManager[object]:
    return nullcontext() if ends_in == "commit" else pytest.raises((DatabaseError, KeyError))


@contextmanager
def entered(wanted: Scope) -> Iterator[None]:
    if wanted.business is None:
        yield
    elif wanted.customer is None:
        with scope.business(wanted.business):
            yield
    else:
        with scope.customer(wanted.business, wanted.customer):
            yield


@contextmanager
def pool_of_one() -> Iterator[None]:
    """This thread's connection comes from a pool that has one, and goes back to it when closed."""
    usual = connections["default"]
    connections.settings["one"] = usual.settings_dict | {"OPTIONS": {"pool": {"min_size": 1, "max_size": 1}}}
    one = connections["default"] = connections["one"]
    try:
        yield
    finally:
        connections["default"] = usual
        one.close()
        one.close_pool()  # type: ignore[attr-defined]
        del connections["one"], connections.settings["one"]


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone() or (0,)
    return int(pid)
