"""Data for the measurements, written by the owner in a few statements: the same for the same size and day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from bench import clusters
from nextroute.config.embedded_postgres import Addresses
from nextroute.core.actors import SYSTEM
from nextroute.tenancy import settings
from nextroute.tenancy.businesses import Business

SLUG = "bench"
MONDAY = date(2026, 6, 1)


def seed(addresses: Addresses, size: int, *, today: date = MONDAY) -> Business:
    """A business with `size` active customers and a few that are not. Nothing is analysed."""
    business = settings.create(SLUG, {"name": "Bench Bins", "timezone": "America/Denver"}, actor=SYSTEM)
    with clusters.owner(addresses) as connection, connection.transaction():
        _run(connection, "customers", business=business.id, size=size, today=today)
    return business


def live_through(addresses: Addresses, business: Business, weeks: int, *, today: date) -> int:
    """A visit of each subscription in each of the last `weeks`, driven and on record; how many."""
    with clusters.owner(addresses) as connection:
        connection.execute("SET maintenance_work_mem = '512MB'")
        _run(connection, "past_routes", business=business.id, weeks=weeks, today=today)
        with _unburdened(connection, "scheduling_stop"):
            return _run(connection, "past_stops", business=business.id)


def left_unbilled(addresses: Addresses, business: Business, since: date) -> int:
    """The visits made on this day and later are on no invoice yet; how many."""
    with clusters.owner(addresses) as connection:
        return _run(connection, "unbilled", business=business.id, since=since)


def billed(addresses: Addresses, business: Business, ref: str, *, each: int, most: int, today: date) -> int:
    """`each` invoices of every active customer, `most` of one, without lines; all but two are paid; how many."""
    with clusters.owner(addresses) as connection, connection.transaction():
        return _run(connection, "invoices", business=business.id, ref=ref, each=each, most=most, today=today)


def _run(connection: psycopg.Connection[Any], name: str, **parameters: object) -> int:
    text = (Path(__file__).parent / "sql" / f"{name}.sql").read_text()
    return psycopg.ClientCursor(connection).execute(text.encode(), parameters).rowcount


@contextmanager
def _unburdened(connection: psycopg.Connection[Any], table: str) -> Iterator[None]:
    """The table without indexes, triggers and references, its own and those to it, for a bulk load; then made anew."""
    connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
    constraints = _rows(connection, _CONSTRAINTS, table)
    for of, name, _ in reversed(constraints):
        connection.execute(f'ALTER TABLE {of} DROP CONSTRAINT "{name}"'.encode())
    indexes = _rows(connection, _INDEXES, table)
    for name, _ in indexes:
        connection.execute(f'DROP INDEX "{name}"'.encode())
    yield
    for _, definition in indexes:
        connection.execute(definition.encode())
    for of, name, definition in constraints:
        connection.execute(f'ALTER TABLE {of} ADD CONSTRAINT "{name}" {definition}'.encode())
    connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())


def _rows(connection: psycopg.Connection[Any], question: bytes, table: str) -> list[tuple[str, ...]]:
    return connection.execute(question, {"table": table}).fetchall()


_CONSTRAINTS = b"""
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE (conrelid = %(table)s::regclass AND contype IN ('p', 'u', 'f'))
    OR (confrelid = %(table)s::regclass AND contype = 'f')
ORDER BY contype = 'f', conname
"""
_INDEXES = b"SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %(table)s ORDER BY indexname"
