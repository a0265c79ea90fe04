"""The statements of `sql/*.sql`, with the parts they name in their places."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection

from nextroute.scheduling import question

_FOLDER = Path(__file__).parent / "sql"


@cache
def sql(name: str) -> str:
    """The statement `sql/<name>.sql`. `{part}` stands for another file."""
    text = (_FOLDER / f"{name}.sql").read_text()
    for part in ("books", "sources", "chosen", "post", "flat_months"):
        if f"{{{part}}}" in text:
            text = text.replace(f"{{{part}}}", sql(part))
    return text.replace("{visits of any term}", question.visits_of_any_term())


def rows(name: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """What it answers."""
    with connection.cursor() as cursor:
        cursor.execute(sql(name), parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def change(name: str, parameters: Mapping[str, Any]) -> int:
    """How many rows it changed, as its last part counts them."""
    with connection.cursor() as cursor:
        cursor.execute(sql(name), parameters)
        return int(cursor.rowcount)


@contextmanager
def without_nested_loops() -> Iterator[None]:
    """Over all customers every join is a hash join, whatever the planner takes the tables for: a run fills them between
    two looks of ANALYZE, and a loop over what it believes to be empty took minutes."""
    with connection.cursor() as cursor:
        cursor.execute(_NESTED, ["off"])
        yield
        cursor.execute(_NESTED, ["on"])


_NESTED = "SELECT set_config('enable_nestloop', %s, true)"
