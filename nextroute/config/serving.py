"""The processes that serve: granian with two processes of four threads, and a worker beside it."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from nextroute.config.children import child
from nextroute.config.embedded_postgres import EmbeddedPostgres

HOST = "127.0.0.1"
WORKERS, THREADS = 2, 4


def web(port: int) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """The web server on 127.0.0.1:`port`, as nextroute_app: the owner's address is not handed on."""
    return child(command(port), _environment() | {"PORT": str(port), "NEXTROUTE_LISTENS_ON": HOST})


def command(port: int) -> list[str]:
    """What runs it."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port)),
        *("--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--no-ws", "--log-level", "warning"),
        *("--respawn-failed-workers", "nextroute.config.wsgi:application"),
    ]


@contextmanager
def workers() -> Iterator[Callable[[], None]]:
    """A worker; what this yields starts another one, should it have ended."""
    work = [sys.executable, "-m", "nextroute.config.cli", "worker"]
    with ExitStack() as lives:
        process = lives.enter_context(child(work, _environment()))

        def keep_working() -> None:
            nonlocal process
            if process.poll() is not None:
                process = lives.enter_context(child(work, _environment()))

        yield keep_working


@contextmanager
def text_messages(folder: Path) -> Iterator[None]:
    """A stand-in for the provider of text messages, where none is named; they land in `folder`, beside the mail."""
    if os.environ.keys() & {"NEXTROUTE_SMS_URL", "DATABASE_URL"}:
        yield
        return
    from nextroute.notifications import fake_sms, fake_sms_server

    provider = fake_sms.Provider("ACdemo", secrets.token_hex(16), folder=folder)
    with fake_sms_server.running(provider) as url:
        os.environ.update(
            NEXTROUTE_SMS_URL=url, NEXTROUTE_SMS_ACCOUNT=provider.account, NEXTROUTE_SMS_TOKEN=provider.token
        )
        yield


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"}


def until_stopped(
    web: subprocess.Popen[bytes], postgres: EmbeddedPostgres | None, keep_working: Callable[[], None] = lambda: None
) -> int:
    """Wait until the web server ends by itself (its status) or somebody stops us, by Ctrl-C or SIGTERM (0).

    The embedded PostgreSQL, when it is ours, is started again should it be killed; `keep_working` is called often.
    """
    try:
        while True:
            try:
                return web.wait(timeout=0.5)
            except subprocess.TimeoutExpired:
                if postgres:
                    postgres.revive()
                keep_working()
    except KeyboardInterrupt:
        return 0
