"""The web server: granian, two processes of four threads."""

import os
import signal
import subprocess
import sys
from contextlib import AbstractContextManager

from nextroute.config.children import child

WORKERS, THREADS = 2, 4


def web(port: int) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """The web server on 127.0.0.1:`port`, as nextroute_app: the owner's address is not handed on."""
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--no-ws", "--log-level", "warning"),
        *("--respawn-failed-workers", "nextroute.config.wsgi:application"),
    ]
    return child(command, {name: value for name, value in os.environ.items() if name != "DATABASE_OWNER_URL"})


def until_stopped(process: subprocess.Popen[bytes]) -> int:
    """Wait until the process ends by itself (its status) or somebody stops us, by Ctrl-C or SIGTERM (0)."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return process.wait()
    except KeyboardInterrupt:
        return 0
