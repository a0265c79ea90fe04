"""Waking the worker: what an action leaves to be done after it.

A job only says that there is something to do for a business; what there is, is read from its tables. So a job that is
lost costs time, not work: a sweep (config/jobs.py) wakes the same tasks again.
"""

from contextlib import suppress
from functools import partial
from uuid import UUID

from django.db import connection, transaction
from procrastinate.contrib.django.db_cleanup import DjangoApp
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued

app = DjangoApp(connector=DjangoConnector())


def wake(task: str, key: UUID, *, priority: int = 0) -> None:
    """Once this transaction is committed, have `task` run for the business (or thing) with this key.

    One waiting job is enough for all who ask. An action that is done stays done if the queue cannot be reached.
    """
    transaction.on_commit(partial(defer, task, key, priority=priority), robust=True)


def defer(task: str, key: UUID, *, priority: int = 0) -> None:
    """The same at once, outside of any transaction: in one, a job that waits already would be the end of it."""
    lock = f"{task}:{key}"
    if _waits(lock):
        return
    with suppress(AlreadyEnqueued):  # by somebody in this very moment
        app.configure_task(task, queueing_lock=lock, priority=priority).defer(key=str(key))


def _waits(lock: str) -> bool:
    """Asked first, because each refusal would be an error in the database's log."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM procrastinate_jobs WHERE queueing_lock = %s AND status = 'todo'", [lock])
        return cursor.fetchone() is not None
