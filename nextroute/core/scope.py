"""Row-level security: which business's, and which customer's, rows the database shows.

A scope is transaction-local (`set_config(…, is_local => true)`), so a pooled connection never carries one on. Without a
scope every isolated table is empty. Inside a customer's scope the role is `nextroute_customer`, which can only read;
a verb's change runs in `business()`, in the same transaction. Policies: `core/isolation.py`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from psycopg.pq import TransactionStatus


class ScopeError(RuntimeError):
    """A scope was entered where the database could not hold it: outside a transaction, or without a business."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the current transaction may see. `customer` needs `business`; `key` is a secret the asker presented."""

    business: UUID | None = None
    customer: UUID | None = None
    key: str = ""


NOWHERE = Scope()
type Become = Callable[[Scope], None]
_current: ContextVar[Scope] = ContextVar("scope", default=NOWHERE)

# What is asked about one customer has the same small plan for each of them: PostgreSQL makes it once a connection.
# Beside millions of stops it would otherwise plan anew for every page, which takes longer than the answer.
SET = """SELECT set_config('role', %s, true), set_config('nextroute.business_id', %s, true),
       set_config('nextroute.customer_id', %s, true), set_config('nextroute.presented_key', %s, true),
       set_config('plan_cache_mode', %s, true)"""


def current() -> Scope:
    return _current.get()


@contextmanager
def business(business_id: UUID | None = None) -> Iterator[None]:
    """Work as the business (all its customers), by default the one already in scope."""
    wanted = business_id or current().business
    if wanted is None:
        raise ScopeError("no business is in scope; name one")
    with _within(Scope(wanted)):
        yield


@contextmanager
def customer(business_id: UUID, customer_id: UUID) -> Iterator[None]:
    """See what one customer may see, and change nothing."""
    with _within(Scope(business_id, customer_id)):
        yield


@contextmanager
def presenting(key: str) -> Iterator[None]:
    """See the one row whose key somebody presents: a session's token hash, a business's slug."""
    with _within(Scope(key=key)):
        yield


@contextmanager
def transaction_of() -> Iterator[Become]:
    """One transaction whose scope changes as more becomes known about the asker.

    Yields `become(scope)`. Nothing is restored at the end of a real transaction: COMMIT forgets the scope by itself.
    """
    nested = connection.in_atomic_block
    before = current()
    with transaction.atomic():
        token = _current.set(before)
        try:
            yield _become
            if nested:
                _apply(before)
        finally:
            # Before COMMIT: what runs after it (on_commit) must not take itself to be in a scope that is over.
            _current.reset(token)


def took(scope: Scope) -> None:
    """Say that a function of the database has put the transaction into this scope by itself. In `transaction_of`."""
    _current.set(scope)


def _become(scope: Scope) -> None:
    _current.set(scope)
    _apply(scope)


@contextmanager
def _within(scope: Scope) -> Iterator[None]:
    before = current()
    if scope == before:
        yield
        return
    token = _current.set(scope)
    try:
        _apply(scope)
        yield
    finally:
        _current.reset(token)
        # A failed transaction takes no statement, and needs none: its roll-back restores the settings.
        if _can_restore():
            _apply(before)


def _can_restore() -> bool:
    raw = connection.connection
    return (
        connection.in_atomic_block
        and not connection.needs_rollback
        and raw is not None
        and raw.info.transaction_status == TransactionStatus.INTRANS
    )


def _apply(scope: Scope) -> None:
    if not connection.in_atomic_block:
        raise ScopeError("a scope lives in a transaction; open one first")
    role, plans = ("nextroute_customer", "force_generic_plan") if scope.customer else ("none", "auto")
    with connection.cursor() as cursor:
        cursor.execute(SET, [role, str(scope.business or ""), str(scope.customer or ""), scope.key, plans])
