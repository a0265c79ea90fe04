"""A site of its own: database, two workers, web and mail server; all but the last can be killed at any moment."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dj_database_url

from nextroute.config import serving
from nextroute.config.children import child
from nextroute.config.embedded_postgres import Addresses, EmbeddedPostgres
from tests.doors import connected_by
from tests.ports import free_port
from tests.postman import Postman, a_postman

# A commit that was acknowledged must outlive the server's processes; the machine itself is not pulled the plug.
DURABLE = {"fsync": "off", "synchronous_commit": "on", "full_page_writes": "off"}
LEASE = 4  # seconds; as long as somebody's message waits when its worker is killed


@dataclass(slots=True)
class Site:
    postgres: EmbeddedPostgres
    addresses: Addresses
    postman: Postman
    port: int
    processes: dict[str, subprocess.Popen[bytes]]
    start: Callable[[str], None]

    def kill(self, what: str) -> None:
        """kill -9, of a worker, the web server's or the database's first process."""
        process = self.postgres._process if what == "database" else self.processes[what]
        assert process
        os.kill(process.pid, signal.SIGKILL)
        process.wait()

    def mend(self) -> None:
        """Start again whatever is dead, as a supervisor would. From the main thread."""
        self.postgres.revive()
        for name, process in self.processes.items():
            if process.poll() is not None:
                self.start(name)

    def rage(self, chance: random.Random, done: Callable[[], int], until: Callable[[], bool]) -> int:
        """Kill and mend one after the other until it is over, every few dozen actions that were `done`; how often."""
        kills, due = 0, chance.randint(10, 40)
        while not until():
            if done() >= due:
                time.sleep(chance.uniform(0, 0.02))
                self.kill(chance.choice([*self.processes, "database"]))
                kills, due = kills + 1, due + chance.randint(10, 60)
                time.sleep(chance.uniform(0, 0.3))
            self.mend()
            time.sleep(0.01)
        return kills


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    """Django works there meanwhile, as nextroute_app."""
    with ExitStack() as lives:
        postman = lives.enter_context(a_postman())
        postgres = EmbeddedPostgres(folder / "postgres", settings=DURABLE)
        addresses = lives.enter_context(postgres)
        env = _environment(addresses, folder, postman.port)
        cli = [sys.executable, "-m", "nextroute.config.cli"]
        owner = {"DATABASE_OWNER_URL": addresses.owner}
        subprocess.run([*cli, "migrate"], env=env | owner, check=True, stdout=subprocess.DEVNULL)
        port, processes = free_port(), dict[str, Any]()
        commands = {"worker": [*cli, "worker"], "another worker": [*cli, "worker"], "web": serving.command(port)}

        def start(name: str) -> None:
            processes[name] = lives.enter_context(child(commands[name], env))

        for name in commands:
            start(name)
        lives.enter_context(connected_by(**dj_database_url.parse(addresses.app)))
        yield Site(postgres, addresses, postman, port, processes, start)


def _environment(addresses: Addresses, folder: Path, smtp: int) -> dict[str, str]:
    dropped = ("DATABASE_OWNER_URL", "DJANGO_SETTINGS_MODULE")
    return {name: value for name, value in os.environ.items() if name not in dropped} | {
        "DATABASE_URL": addresses.app,
        "NEXTROUTE_DEV": "1",
        "NEXTROUTE_VAR": str(folder),
        "NEXTROUTE_MAIL_URL": f"smtp://127.0.0.1:{smtp}",
        "NEXTROUTE_DELIVERY_LEASE": str(LEASE),
        "NEXTROUTE_PROXIES": "1",
    }
