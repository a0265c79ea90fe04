"""Processes that live and die with this one."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

_LIBC = ctypes.CDLL(None)  # loaded here, not between fork and exec
_PR_SET_PDEATHSIG = 1
_SECONDS_TO_STOP = 10


@contextmanager
def child(command: Sequence[str], env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` for as long as the block lasts; however this process ends, the child is told."""
    process = subprocess.Popen(  # noqa: S603
        command, env=dict(env), start_new_session=True, preexec_fn=partial(_die_with, os.getpid())
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def die_with_parent() -> None:
    """End at once when the process that started this one has ended without a word, as by kill -9."""
    _die_with(os.getppid(), signal.SIGKILL)


def _die_with(parent: int, sign: signal.Signals = signal.SIGTERM) -> None:
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_PDEATHSIG, sign)
        if os.getppid() != parent:  # it ended before we asked
            os._exit(1)


def port_is_free(port: int) -> bool:
    """Whether a server may listen on 127.0.0.1:`port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
