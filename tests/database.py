"""What only the owner may do to a database of tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from nextroute.core.isolation import TABLES

WRITTEN_ONCE = ("audit_entry", "audit_detail", "audit_seal")


@contextmanager
def unguarded(owner: psycopg.Connection[Any]) -> Iterator[None]:
    """The audit trail without the triggers that refuse, as somebody who owns the database could have it."""
    for table in WRITTEN_ONCE:
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER written_once")
    try:
        yield
    finally:
        for table in WRITTEN_ONCE:
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER written_once")


def empty(owner: psycopg.Connection[Any]) -> None:
    """Every table the app writes, and the job queue, as after the migrations."""
    with unguarded(owner):
        owner.execute("TRUNCATE " + ", ".join(table for table in TABLES if "INSERT" in TABLES[table].may))
    owner.execute("TRUNCATE procrastinate.procrastinate_jobs, procrastinate.procrastinate_workers CASCADE")
