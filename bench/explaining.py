"""How PostgreSQL answers a statement of scheduling's, as the role and with the settings it really runs with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from bench.clusters import FOLDER
from nextroute.scheduling import question


@contextmanager
def written(name: str, file: str) -> Iterator[None]:
    """Write EXPLAIN (ANALYZE, BUFFERS) of `sql/<name>.sql` to var/bench, each time the block runs it (the last stays).

    Explaining makes the statement's changes, so they are undone before it runs for itself.
    """
    asked = question.sql(name)

    def explain(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql == asked:
            cursor = context["cursor"]
            cursor.execute("SAVEPOINT explained")
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + sql, params)
            (FOLDER / file).write_text("\n".join(line for (line,) in cursor.fetchall()) + "\n")
            cursor.execute("ROLLBACK TO explained")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield
