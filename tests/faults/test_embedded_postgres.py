"""The embedded PostgreSQL through what happens to processes: kills, crashes, odd folders, other accounts.

Real servers throughout. Most tests share one cluster, each starting and ending its own server on it.
"""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import dj_database_url
import psycopg
import pytest

from nextroute.config.embedded_postgres import (
    AlreadyRunning,
    CannotStart,
    EmbeddedPostgres,
    account,
    launcher,
    running,
    server,
)
from nextroute.config.embedded_postgres.server import Server

ROOT = Path(__file__).parents[2]
BINARIES = launcher.packaged_binaries()
FAST = {"fsync": "off"}

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="needs the death signal of Linux")


@pytest.fixture(scope="module")
def room() -> Iterator[Path]:
    """A short path that every account can pass through, unlike pytest's own."""
    made = Path(tempfile.mkdtemp(prefix="nextroute-tests-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def folder(room: Path) -> Path:
    """With a cluster in it, and no server; its name would need quoting nearly everywhere."""
    folder = room / "año 1 \"'%$@:?#"
    with EmbeddedPostgres(folder, settings=FAST):
        return folder


@pytest.fixture
def copies(room: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where programs are copied for another account, in place of a folder of this machine."""
    monkeypatch.setattr(account, "COPIES", room / "copies")
    yield room / "copies"
    shutil.rmtree(room / "copies", ignore_errors=True)


def answer(address: str, question: str = "select 1") -> object:
    with psycopg.connect(address) as connection:
        row = connection.execute(question).fetchone()
        return row and row[0]


def last(folder: Path) -> Server:
    found = Server.of((folder / "data").resolve())
    assert found
    return found


def soon(happened: Callable[[], bool]) -> bool:
    """Whether it happens within ten seconds."""
    deadline = time.monotonic() + 10
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.02)
    return happened()


@contextmanager
def child(
    folder: Path, then: str = "", *, first: str = "", binaries: Path = BINARIES, wait: bool = True
) -> Iterator[subprocess.Popen[str]]:
    """Another Python that starts the server in `folder`, for which this waits, and goes on with `then`."""
    start = f"""\
        import os, signal, sys, time
        from pathlib import Path
        from nextroute.config.embedded_postgres import EmbeddedPostgres
        {first}
        postgres = EmbeddedPostgres(Path(sys.argv[1]), binaries=Path(sys.argv[2]), settings={FAST})
        address = postgres.start().app
        print("started", flush=True)
        """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(start) + textwrap.dedent(then), folder, binaries],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "HOME"},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout
        if wait:
            assert process.stdout.readline() == "started\n"
        try:
            yield process
        finally:
            process.kill()


# Starting and answering


def test_it_answers_at_its_addresses_until_it_is_stopped(folder: Path) -> None:
    postgres = EmbeddedPostgres(folder, settings=FAST)
    addresses = postgres.start()
    assert answer(addresses.app, "select current_user") == "nextroute_app"
    assert answer(addresses.owner, "select current_user") == "nextroute_owner"
    settings = dj_database_url.parse(addresses.app)
    assert settings["HOST"] == str(folder / "data")
    assert settings["PORT"] == 5432

    postgres.stop()
    assert running(folder) is None
    assert Server.of(folder / "data") is None
    with pytest.raises(psycopg.OperationalError):
        answer(addresses.app)
    postgres.stop()


def test_the_cluster_is_utf8_without_a_library_collation_and_has_checksums(folder: Path) -> None:
    with EmbeddedPostgres(folder, settings=FAST) as addresses:
        assert answer(addresses.app, "show data_checksums") == "on"
        assert answer(addresses.app, "show server_encoding") == "UTF8"
        assert answer(addresses.app, "show jit") == "off"
        assert answer(addresses.app, "show timezone") == "UTC"
        locale = "select datlocprovider::text || datlocale from pg_database where datname = current_database()"
        assert answer(addresses.app, locale) == "bC.UTF-8"


@as_root
def test_under_root_the_server_is_nobodys(folder: Path) -> None:
    with EmbeddedPostgres(folder, settings=FAST):
        assert Path(f"/proc/{last(folder).pid}").stat().st_uid == (folder / "data").stat().st_uid != 0


@as_root
def test_an_ordinary_user_can_run_it(room: Path, copies: Path) -> None:
    folder = Path(tempfile.mkdtemp(dir=room)) / "var" / "postgres"
    nobody = account.owner_of(folder)
    nobody.own(folder.parents[1])
    become = f"os.setgroups([]); os.setgid({nobody.gid}); os.setuid({nobody.uid})"
    with child(folder, "signal.pause()", first=become, binaries=account.runnable(BINARIES, nobody)):
        found = running(folder)
        assert found
        assert answer(found.app) == 1
        assert (folder / "passwords").stat().st_uid == nobody.uid


@as_root
def test_nobody_runs_it_in_folders_that_only_root_can_enter(copies: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        (tmp_path / name).symlink_to(BINARIES.parents[2] / name)
    binaries = tmp_path / "embedded_postgres" / "pginstall" / "bin"

    for _ in range(2):
        with EmbeddedPostgres(tmp_path / "postgres", binaries=binaries, settings=FAST) as addresses:
            assert answer(addresses.app) == 1
            assert Path(f"/proc/{last(tmp_path / 'postgres').pid}/exe").resolve().is_relative_to(copies)
    assert len(list(copies.iterdir())) == 1
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "postgres" / "data").stat().st_mode) == 0o700


def test_only_the_main_thread_may_start_it(folder: Path) -> None:
    refusals: list[Exception] = []

    def start() -> None:
        try:
            EmbeddedPostgres(folder).start()
        except CannotStart as refusal:
            refusals.append(refusal)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in str(refusals[0])


def test_a_refusal_shows_the_end_of_the_log_and_leaves_nothing_running(folder: Path) -> None:
    with pytest.raises(CannotStart, match=r"could not start(.|\n)*shared_buffers"):
        EmbeddedPostgres(folder, settings={"shared_buffers": "some"}).start()
    with EmbeddedPostgres(folder, settings=FAST) as addresses:
        assert answer(addresses.app) == 1


# Passwords


def test_passwords_are_the_accounts_own_and_needed(folder: Path) -> None:
    assert stat.S_IMODE((folder / "passwords").stat().st_mode) == 0o600
    with EmbeddedPostgres(folder, settings=FAST) as addresses:
        for role in ("nextroute_app", "nextroute_owner", "postgres"):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(addresses.app, user=role, password="wrong")


def test_psql_can_use_the_file_of_passwords(folder: Path) -> None:
    with EmbeddedPostgres(folder, settings=FAST) as addresses:
        without = addresses.owner.replace(f":{psycopg.conninfo.conninfo_to_dict(addresses.owner)['password']}", "")
        with psycopg.connect(without, passfile=str(folder / "passwords")) as connection:
            assert connection.info.user == "nextroute_owner"


def test_without_its_passwords_it_says_so(room: Path) -> None:
    (room / "robbed" / "data").mkdir(parents=True)
    with pytest.raises(CannotStart, match="passwords is gone"):
        EmbeddedPostgres(room / "robbed").start()


# One server a folder


def test_a_second_start_is_refused_and_a_second_process_can_join(folder: Path) -> None:
    with EmbeddedPostgres(folder, settings=FAST) as addresses:
        with pytest.raises(AlreadyRunning) as refusal:
            EmbeddedPostgres(folder).start()
        assert str(refusal.value) == (
            f"PostgreSQL is already running in {folder} (process {os.getpid()}). Stop it first."
        )
        assert running(folder) == addresses


def test_a_server_of_no_living_launcher_is_given_time_to_end_then_respected(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher, "_FOR_THE_LAST_ONE", 0.2)
    with EmbeddedPostgres(folder, settings=FAST) as addresses:
        (folder / "lock").unlink()
        with pytest.raises(AlreadyRunning, match=rf"\(process {last(folder).pid}\)"):
            EmbeddedPostgres(folder).start()
        assert answer(addresses.app) == 1


def test_nothing_runs_in_an_empty_folder(room: Path) -> None:
    assert running(room / "empty") is None


def test_a_fork_that_exits_leaves_the_server_alone(folder: Path) -> None:
    then = """\
        if not os.fork():
            sys.exit()
        os.wait()
        import psycopg
        print(psycopg.connect(address).execute("select 'still here'").fetchone()[0])
        """
    with child(folder, then) as process:
        assert process.communicate()[0] == "still here\n"


# Ends


@pytest.mark.parametrize(
    ("ending", "status"),
    [
        ("", 0),
        ("sys.exit(3)", 3),
        ("raise ValueError", 1),
        pytest.param("os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM, marks=on_linux),
    ],
)
def test_nothing_is_left_running(folder: Path, ending: str, status: int) -> None:
    with child(folder, f"time.sleep(0.1)\n{ending}") as process:
        started = last(folder)
        assert process.wait() == status
    assert soon(lambda: not started.alive)
    assert Server.of(folder / "data") is None


def test_ctrl_c_reaches_the_application_first(folder: Path) -> None:
    then = """\
        try:
            print("serving", flush=True)
            signal.pause()
        except KeyboardInterrupt:
            time.sleep(0.2)
            import psycopg
            print(psycopg.connect(address).execute("select 'last words'").fetchone()[0])
        """
    with child(folder, then) as process:
        started = last(folder)
        assert process.stdout
        assert process.stdout.readline() == "serving\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.communicate()[0] == "last words\n"
    assert not started.alive


# Kills


@on_linux
def test_a_killed_parent_takes_the_server_with_it_and_a_start_at_once_finds_all_data(folder: Path) -> None:
    with EmbeddedPostgres(folder, settings=FAST) as addresses:
        with psycopg.connect(addresses.owner) as connection:
            connection.execute("create table kept (answer int); grant all on kept to nextroute_app")
    then = """\
        import psycopg
        with psycopg.connect(address) as connection:
            connection.execute("insert into kept values (42)")
        print("written", flush=True)
        signal.pause()
        """
    with child(folder, then) as process:
        started = last(folder)
        assert process.stdout
        process.stdout.readline()
        process.kill()
        process.wait()
        with EmbeddedPostgres(folder, settings=FAST) as addresses:
            assert last(folder).pid != started.pid
            assert answer(addresses.owner, "select answer from kept") == 42


def test_a_killed_server_is_followed_by_another_once_its_busy_backends_are_gone(folder: Path) -> None:
    postgres = EmbeddedPostgres(folder, settings=FAST)
    connection = psycopg.connect(postgres.start().app)
    connection.pgconn.send_query(b"select sum(number) from generate_series(1, 5000000) as number")
    time.sleep(0.1)
    os.kill(last(folder).pid, signal.SIGKILL)
    assert soon(lambda: running(folder) is None)
    postgres.stop()
    connection.close()

    with EmbeddedPostgres(folder, settings=FAST) as addresses:
        assert answer(addresses.app) == 1
    assert "is still in use" in (folder / "log").read_text()


@on_linux
def test_a_cluster_whose_making_was_cut_short_is_made_anew(room: Path) -> None:
    folder, binaries = room / "halfway", room / "binaries"
    binaries.mkdir()
    (binaries / "postgres").symlink_to(BINARIES / "postgres")
    (binaries / "initdb").write_text('#!/bin/sh\n[ "$1" = --version ] && exit\necho 18 > PG_VERSION\nkill -9 $$\n')
    (binaries / "initdb").chmod(0o755)
    with pytest.raises(CannotStart, match="could not make its files"):
        EmbeddedPostgres(folder, binaries=binaries, settings=FAST).start()
    assert len(list(folder.glob("data.unfinished.*/PG_VERSION"))) == 1

    with child(folder, wait=False) as process:
        assert soon(lambda: any(folder.glob("data.unfinished.*/base/1")))
        process.kill()
        process.wait()
        assert not (folder / "data").exists()
        with EmbeddedPostgres(folder, settings=FAST) as addresses:
            assert answer(addresses.app) == 1


@pytest.mark.parametrize("holder", ["unrelated", "zombie", "gone"])
def test_a_stale_file_of_a_process_number_does_not_hold_it_up(folder: Path, holder: str) -> None:
    with subprocess.Popen(["sleep", "0" if holder == "zombie" else "5"]) as process:
        if holder == "zombie":
            time.sleep(0.1)
        if holder == "gone":
            process.kill()
            process.wait()
        stale = f"{process.pid}\n{folder}/data\n1700000000\n5432\n.\n\n  1234  5678\nready   \n"
        (folder / "data" / "postmaster.pid").write_text(stale)
        assert running(folder) is None
        with EmbeddedPostgres(folder, settings=FAST) as addresses:
            assert answer(addresses.app) == 1
        assert holder != "unrelated" or process.poll() is None
        process.kill()


def test_a_file_of_a_process_number_that_a_crash_emptied_does_not_hold_it_up(folder: Path) -> None:
    (folder / "data" / "postmaster.pid").write_text("")
    with EmbeddedPostgres(folder, settings=FAST) as addresses:
        assert answer(addresses.app) == 1


# Folders


def test_a_path_too_long_for_a_socket_gets_it_in_a_short_folder_for_the_time(room: Path) -> None:
    folder = room / ("long" * 30)
    with EmbeddedPostgres(folder, settings=FAST) as addresses:
        assert running(folder) == addresses
        assert answer(addresses.app) == 1
        short = Path(str(dj_database_url.parse(addresses.app)["HOST"]))
        assert stat.S_IMODE(short.stat().st_mode) == 0o700
    assert not short.exists()


def test_a_comma_is_not_taken_for_two_hosts(tmp_path: Path) -> None:
    (tmp_path / "a,b").mkdir()
    assert not server._takes_a_socket(tmp_path / "a,b")
    assert server._takes_a_socket(tmp_path)


def test_where_no_socket_is_possible_it_listens_on_a_port_of_this_machine(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_takes_a_socket", lambda folder: False)
    with EmbeddedPostgres(folder, settings=FAST) as addresses:
        assert "@127.0.0.1:" in addresses.app
        assert running(folder) == addresses
        assert answer(addresses.app) == 1
