"""Statements over whole sets of rows. In scope: one business."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection


def execute(statement: str, parameters: Mapping[str, Any]) -> int:
    """How many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        count: int = cursor.rowcount
    return count


def rows(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def value(statement: str, parameters: Mapping[str, Any]) -> Any:
    """The first column of its only row."""
    return rows(statement, parameters)[0][0]


def table(name: str, contents: str, parameters: Mapping[str, Any]) -> None:
    """Make a temporary table of what a SELECT answers, and let the planner know it; it goes with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name}")
        cursor.execute(f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS {contents}", parameters)
        cursor.execute(f"ANALYZE {name}")


@contextmanager
def over_whole_sets() -> Iterator[None]:
    """Join by hashing: the business's tables may never have been analysed, and guessing small costs most."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('enable_nestloop', 'off', true)")
        yield
        cursor.execute("SELECT set_config('enable_nestloop', 'on', true)")
