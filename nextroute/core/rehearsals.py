"""Doing something and taking it back, to see what it would do (docs/decisions/0012-previews-are-rehearsals.md)."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import connection, transaction


@contextmanager
def taken_back() -> Iterator[None]:
    """What is done in the block is rolled back. psycopg would then forget all it has prepared on the connection, for
    what it uses might be gone, too; nothing is, and every page after it would be planned anew."""
    with ExitStack() as after, transaction.atomic():
        yield
        transaction.set_rollback(True)
        raw = connection.connection
        after.callback(setattr, raw, "prepare_threshold", raw.prepare_threshold)
        raw.prepare_threshold = None
