"""The worker of production on a measured database, and a mail server that takes everything."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench import clusters
from nextroute.config.children import child
from nextroute.config.embedded_postgres import Addresses

_SINK = """
import time
from aiosmtpd.controller import Controller
class Sink:
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"
controller = Controller(Sink(), hostname="127.0.0.1", port={port})
controller.start()
while True:
    time.sleep(60)
"""


@contextmanager
def working(addresses: Addresses, *, smtp_port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A worker on that database, for as long as the block lasts; its mail goes to 127.0.0.1:`smtp_port`."""
    mail = {"NEXTROUTE_MAIL_URL": f"smtp://127.0.0.1:{smtp_port}", "NEXTROUTE_MAIL_FROM": "portal@example.com"}
    env = os.environ | clusters.environment(addresses) | mail
    env.pop("DATABASE_OWNER_URL")
    with child([sys.executable, "-m", "nextroute.config.cli", "worker"], env) as process:
        yield process


@contextmanager
def mail_server(port: int) -> Iterator[subprocess.Popen[bytes]]:
    with child([sys.executable, "-c", _SINK.format(port=port)], os.environ) as process:
        yield process


def until(reached: Callable[[], bool], *, seconds: float) -> float:
    """Wait; how long it took. Raises TimeoutError."""
    begun = time.monotonic()
    while not reached():
        if time.monotonic() - begun > seconds:
            raise TimeoutError
        time.sleep(0.1)
    return time.monotonic() - begun
