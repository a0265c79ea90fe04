"""The server's process and files: starting it as our child, what it says of itself, where it listens."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Self

from nextroute.config.embedded_postgres.account import Account

# Seconds: coming up includes recovery after a crash; a fast shutdown writes a checkpoint.
_TO_START = 60
_TO_END = ((signal.SIGINT, 30), (signal.SIGQUIT, 5), (signal.SIGKILL, None))

# The folder a program is started in, as its `-D`. By this name an account may use it that has no way there.
HERE = "/proc/self/cwd" if sys.platform == "linux" else "."
_LIBC = ctypes.CDLL(None)  # loaded here, not between fork and exec
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Server:
    """What a server says of itself in postmaster.pid."""

    data: Path
    pid: int
    port: str
    socket_folder: str
    status: str

    @classmethod
    def of(cls, data: Path) -> Self | None:
        """The server that wrote the file in `data`; None without one, or with one that a crash cut short."""
        try:
            lines = os.fsdecode((data / "postmaster.pid").read_bytes()).split("\n")
        except FileNotFoundError:
            return None
        if not lines[0].isdecimal():
            return None
        # Number, data, time, port, socket folder, host, shared memory, status: added as the server comes up.
        lines += [""] * (8 - len(lines))
        return cls(data, int(lines[0]), port=lines[3], socket_folder=lines[4], status=lines[7].strip())

    @property
    def host(self) -> str:
        """Where it listens: an address, or the folder of its socket."""
        return str(self.data / self.socket_folder) if self.socket_folder else "127.0.0.1"

    @property
    def ready(self) -> bool:
        """Whether it took connections when it last wrote the file."""
        return self.status == "ready"

    @property
    def alive(self) -> bool:
        """Whether its process is there, no zombie, and not another that was given the number since."""
        try:
            return b" %b " % os.fsencode(_mark(self.data)) in _arguments(self.pid)
        except (FileNotFoundError, ProcessLookupError, subprocess.CalledProcessError):
            return False


def _mark(data: Path) -> str:
    """An option that means nothing to PostgreSQL, by which we know the server of `data`."""
    return f"--nextroute.data={data}"


def _arguments(pid: int) -> bytes:
    """The command line of a process, of which a zombie has none."""
    if sys.platform != "linux":
        return subprocess.check_output(["ps", "-ww", "-o", "args=", "-p", str(pid)])  # noqa: S603, S607
    # Every account may read this file, unlike the links beside it.
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")


def spawn(
    command: Sequence[str],
    owner: Account,
    folder: Path,
    log: BinaryIO,
    *,
    stdin: BinaryIO | int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start a program as `owner` in `folder`, that ends when we end. Ctrl-C is ours: its session is its own."""
    return subprocess.Popen(  # noqa: S603
        command,
        stdin=stdin,
        stdout=log,
        stderr=log,
        cwd=folder,
        env=environment(),
        user=owner.uid,
        group=owner.gid,
        extra_groups=owner.groups,
        start_new_session=True,
        preexec_fn=partial(_die_with, os.getpid()),
    )


def _die_with(parent: int) -> None:
    """In the child, once it has changed its account (which clears the signal): be told when `parent` ends."""
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:  # it ended before we asked
            os._exit(1)


def environment() -> dict[str, str]:
    """Ours, without what would lead PostgreSQL's programs elsewhere (PGDATA, PGPORT and their like)."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def came_up(process: subprocess.Popen[bytes], data: Path) -> Server | None:
    """The server once it takes connections; None when its process ended, by itself or for taking too long."""
    deadline = time.monotonic() + _TO_START
    while process.poll() is None:
        server = Server.of(data)
        if server and server.pid == process.pid and server.ready:
            return server
        if time.monotonic() > deadline:
            end(process)
        time.sleep(0.02)
    return None


def end(process: subprocess.Popen[bytes]) -> None:
    """End a server and wait for that: its connections are cut, then less gently. Nothing if it has ended."""
    for sign, seconds in _TO_END:
        process.send_signal(sign)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            return


def options(data: Path, owner: Account, settings: Mapping[str, str], undo: ExitStack) -> list[str]:
    """The server's arguments: its data, `settings`, and where to listen.

    That is a socket in `data`, else in a short folder, which `undo` removes, else a port of 127.0.0.1.
    """
    listening = {"listen_addresses": "", "unix_socket_directories": ".", "port": "5432"}
    if not _takes_a_socket(data):
        short = Path(tempfile.mkdtemp(prefix="nextroute-"))
        undo.callback(shutil.rmtree, short, ignore_errors=True)
        owner.own(short)
        listening["unix_socket_directories"] = str(short)
        if not _takes_a_socket(short):
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = free.getsockname()[1]
            listening = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "port": str(port)}
    named = (f"--{name}={value}" for name, value in {**settings, **listening}.items())
    return ["-D", HERE, _mark(data), *named]


def _takes_a_socket(folder: Path) -> bool:
    """Whether a server can listen there: the path may be too long, or the file system know no sockets."""
    if "," in str(folder):
        return False  # libpq would take it for two hosts
    path = folder / ".s.PGSQL.5432"
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            path.unlink(missing_ok=True)  # left by a killed server
            probe.bind(str(path))
            path.unlink()
        except OSError:
            return False
    return True
