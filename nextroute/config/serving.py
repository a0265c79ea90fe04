"""The web server: granian, two processes of four threads."""

import os
import subprocess
import sys
from contextlib import AbstractContextManager

from nextroute.config.children import child
from nextroute.config.embedded_postgres import EmbeddedPostgres

WORKERS, THREADS = 2, 4


def web(port: int) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """The web server on 127.0.0.1:`port`, as nextroute_app: the owner's address is not handed on."""
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--no-ws", "--log-level", "warning"),
        *("--respawn-failed-workers", "nextroute.config.wsgi:application"),
    ]
    return child(command, {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"})


def until_stopped(web: subprocess.Popen[bytes], postgres: EmbeddedPostgres | None) -> int:
    """Wait until the web server ends by itself (its status) or somebody stops us, by Ctrl-C or SIGTERM (0).

    The embedded PostgreSQL, when it is ours, is started again should it be killed.
    """
    try:
        while True:
            try:
                return web.wait(timeout=0.5)
            except subprocess.TimeoutExpired:
                if postgres:
                    postgres.revive()
    except KeyboardInterrupt:
        return 0
