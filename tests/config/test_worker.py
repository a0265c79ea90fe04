"""The worker as it runs: a process of its own, beside others."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from typing import cast as cast_to

import psycopg
import pytest
from procrastinate import JobContext

from nextroute.audit.verifying import verify
from nextroute.config import jobs
from nextroute.config.embedded_postgres import Addresses
from nextroute.config.worker import _connector
from nextroute.core.actors import SYSTEM
from nextroute.scheduling import stops
from nextroute.tenancy import businesses
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.postman import Postman, a_postman

type Worker = subprocess.Popen[str]
SECONDS = 30


@pytest.fixture
def postman() -> Iterator[Postman]:
    with a_postman() as running:
        yield running


@pytest.fixture
def start(postgres: Addresses, committed: None, tmp_path: Path, postman: Postman) -> Iterator[Callable[..., Worker]]:
    """Start a worker on the test database; it is gone after the test."""
    with ExitStack() as running:

        def begin(**env: str) -> Worker:
            ours = {
                "DATABASE_URL": postgres.app,
                "NEXTROUTE_DEV": "1",
                "NEXTROUTE_VAR": str(tmp_path),
                "NEXTROUTE_MAIL_URL": f"smtp://127.0.0.1:{postman.port}",
            }
            dropped = ("DATABASE_OWNER_URL", "DJANGO_SETTINGS_MODULE")
            given = {name: value for name, value in (os.environ | ours | env).items() if value and name not in dropped}
            process = subprocess.Popen(
                [sys.executable, "-m", "nextroute.config.cli", "worker"], env=given, stderr=subprocess.PIPE, text=True
            )
            running.callback(process.communicate)
            running.callback(process.kill)
            return process

        yield begin


@pytest.fixture
def bright(committed: None) -> Business:
    return cast.a_business("bright-bins")


def owe(business: Business, count: int) -> None:
    """Confirmations of visits that were made."""
    now = businesses.utc_now()
    with cast.inside(business):
        ada = cast.a_customer(business, "ada")
        subscription = cast.served(ada)
        route = cast.a_route(subscription, day=business.today(now))
        for stop in [cast.a_planned_stop(subscription, route, attempt=attempt) for attempt in range(1, count + 1)]:
            stops.complete(stop=stop, actor=SYSTEM, now=now)


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not reached():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


def query(owner: psycopg.Connection[Any], question: str) -> list[tuple[Any, ...]]:
    return owner.execute(question.encode()).fetchall()


def test_a_worker_sends_what_is_owed_seals_what_was_done_and_ends_in_order(
    start: Callable[..., Worker], bright: Business, owner: psycopg.Connection[Any], postman: Postman
) -> None:
    owe(bright, 3)
    worker = start()
    until(lambda: query(owner, "SELECT count(*) FROM notifications_delivery WHERE status = 'sent'") == [(3,)])
    assert len(postman.received) == 3
    until(lambda: query(owner, "SELECT count(*) FROM audit_unsealed") == [(0,)])
    assert verify(bright.id).findings == ()
    worker.send_signal(signal.SIGTERM)
    _, errors = worker.communicate(timeout=15)
    assert (worker.returncode, errors) == (0, "")


def test_what_is_owed_while_a_worker_runs_goes_out_at_once(
    start: Callable[..., Worker], bright: Business, owner: psycopg.Connection[Any]
) -> None:
    start()
    until(lambda: query(owner, "SELECT count(*) FROM procrastinate.procrastinate_workers") == [(1,)])
    began = time.monotonic()
    owe(bright, 1)
    until(lambda: query(owner, "SELECT count(*) FROM notifications_delivery WHERE status = 'sent'") == [(1,)])
    assert time.monotonic() - began < 5  # it was woken; nothing else would have come by for up to a minute


def test_several_workers_share_the_work(
    start: Callable[..., Worker], bright: Business, owner: psycopg.Connection[Any]
) -> None:
    owe(bright, 60)
    for _ in range(3):
        start()
    until(lambda: query(owner, "SELECT count(*) FROM notifications_delivery WHERE status = 'sent'") == [(60,)])
    assert query(owner, "SELECT DISTINCT attempts FROM notifications_delivery") == [(1,)]


def test_the_job_of_a_worker_that_died_is_done_by_the_next(
    start: Callable[..., Worker], bright: Business, owner: psycopg.Connection[Any]
) -> None:
    owe(bright, 1)
    owner.execute("INSERT INTO procrastinate.procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')")
    owner.execute(
        """UPDATE procrastinate.procrastinate_jobs SET status = 'doing',
           worker_id = (SELECT id FROM procrastinate.procrastinate_workers)"""
    )
    start()
    until(lambda: query(owner, "SELECT count(*) FROM notifications_delivery WHERE status = 'sent'") == [(1,)])
    until(
        lambda: query(owner, "SELECT count(*) FROM procrastinate.procrastinate_jobs WHERE status = 'doing'") == [(0,)]
    )


def test_a_job_that_failed_is_kept_for_a_week(bright: Business, owner: psycopg.Connection[Any]) -> None:
    for days in (6, 8):
        owner.execute(
            """WITH job AS (INSERT INTO procrastinate.procrastinate_jobs (queue_name, task_name, status, args)
                            VALUES ('default', 'seal', 'failed', '{}') RETURNING id)
               INSERT INTO procrastinate.procrastinate_events (job_id, type, at)
               SELECT id, 'failed', now() - make_interval(days => %s) FROM job""",
            [days],
        )

    async def tidy() -> None:
        with jobs.app.replace_connector(_connector()) as app:
            async with app.open_async():
                await jobs.tidy.func(cast_to("JobContext", SimpleNamespace(app=app)), timestamp=0)

    asyncio.run(tidy())
    assert query(owner, "SELECT count(*) FROM procrastinate.procrastinate_jobs") == [(1,)]


def test_nights_are_run_without_being_asked_for(
    start: Callable[..., Worker], bright: Business, owner: psycopg.Connection[Any]
) -> None:
    zone = next(name for name in ("Pacific/Kiritimati", "UTC") if _is_day(name))
    owner.execute("UPDATE tenancy_business SET timezone = %s", [zone])
    start()
    until(lambda: query(owner, "SELECT generated_through IS NOT NULL FROM tenancy_business") == [(True,)])


def _is_day(zone: str) -> bool:
    return Business(timezone=zone).here(businesses.utc_now()).hour >= 3


def test_without_a_way_to_send_mail_no_worker_starts(start: Callable[..., Worker]) -> None:
    worker = start(NEXTROUTE_DEV="", NEXTROUTE_MAIL_URL="", NEXTROUTE_SECRET_KEY="x" * 50, NEXTROUTE_HOSTS="127.0.0.1")
    _, errors = worker.communicate(timeout=SECONDS)
    assert worker.returncode == 1
    assert "Set NEXTROUTE_MAIL_URL" in errors


def test_nobody_works_as_the_owner(start: Callable[..., Worker], postgres: Addresses) -> None:
    worker = start(DATABASE_URL=postgres.owner)
    _, errors = worker.communicate(timeout=SECONDS)
    assert worker.returncode == 1
    assert "Use nextroute_app." in errors
