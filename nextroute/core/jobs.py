"""Waking the worker: what an action leaves to be done after it.

A job only says that there is something to do for a business; what there is, is read from its tables. So a job that is
lost costs time, not work: a sweep (config/jobs.py) wakes the same tasks again.
"""

from contextlib import suppress
from functools import partial
from uuid import UUID

from django.db import transaction
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
    with suppress(AlreadyEnqueued):
        app.configure_task(task, queueing_lock=f"{task}:{key}", priority=priority).defer(key=str(key))
