"""The worker: procrastinate, for as long as nobody stops it, through every absence of the database."""

import asyncio
import logging
import signal

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from psycopg_pool import PoolTimeout

from nextroute.config import jobs, kept_mail
from nextroute.core.running_role import refuse_wrong_role

AT_ONCE = 4  # jobs, each with a connection of its own
_PAUSE = 1.0  # seconds before the database is asked again
log = logging.getLogger(__name__)


def run() -> None:
    """Work until SIGINT or SIGTERM; jobs under way are finished first. Any number of workers may run.

    Raises ImproperlyConfigured without a way to send mail, or where it must not be kept; WrongRole as a role that
    row-level security does not bind.
    """
    if not settings.MAILERS:
        raise ImproperlyConfigured("Set NEXTROUTE_MAIL_URL and NEXTROUTE_MAIL_FROM: the worker sends the mail.")
    kept_mail.refuse_real_database()
    refuse_wrong_role()
    asyncio.run(_work())


async def _work() -> None:
    stop = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    while not stop.is_set():
        await _until_it_ends(stop)


async def _until_it_ends(stop: asyncio.Event) -> None:
    """One life of procrastinate's worker, which ends when it is told to, or when the database goes away."""
    with jobs.app.replace_connector(_connector()) as app:
        working = asyncio.create_task(_live(app))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            working.cancel()
        try:
            await working
        except asyncio.CancelledError:
            return
        except (ConnectorException, PoolTimeout, OSError) as fault:
            log.warning("The database does not answer (%s); trying again.", type(fault.__cause__ or fault).__name__)
        finally:
            stopping.cancel()
        await asyncio.sleep(_PAUSE)


async def _live(app: App) -> None:
    async with app.open_async():
        await app.run_worker_async(
            concurrency=AT_ONCE,
            install_signal_handlers=False,
            delete_jobs="successful",
            fetch_job_polling_interval=5.0,
            stalled_worker_timeout=jobs.SILENT,
        )


def _connector() -> PsycopgConnector:
    """Beside Django's connections, which belong to the jobs themselves."""
    return PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=4, timeout=5.0)
