"""The demo as its user starts it: one process, with its own database, on a free port."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.ports import free_port

SECONDS_TO_START = 180


@dataclass(slots=True)
class Demo:
    """`nextroute demo` with its files in `var`, on a port of its own."""

    var: Path
    port: int
    sign_ins: list[dict[str, str]] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def sign_in(self, email: str, business: str = "Bright Bins") -> dict[str, str]:
        return next(one for one in self.sign_ins if (one["email"], one["business"]) == (email, business))

    @property
    def env(self) -> dict[str, str]:
        """Of a process that works in its world."""
        ours = {"DATABASE_URL", "DATABASE_OWNER_URL", "DJANGO_SETTINGS_MODULE"}
        return {name: value for name, value in os.environ.items() if name not in ours} | {
            "NEXTROUTE_VAR": str(self.var)
        }

    def command(self) -> subprocess.Popen[str]:
        """Start it once more, whatever comes of it."""
        return subprocess.Popen(
            [sys.executable, "-m", "nextroute.config.cli", "demo", "--port", str(self.port)],
            env=self.env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def start(self) -> None:
        """Run it until it answers."""
        self.process = self.command()
        deadline = time.monotonic() + SECONDS_TO_START
        while self.status("/healthz") != 200:
            if self.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail("The demo did not come up.")
            time.sleep(0.2)
        self.sign_ins = json.loads((self.var / "demo.json").read_text())

    def status(self, path: str) -> int:
        """Of the answer to a GET; 0 when there is none."""
        try:
            with urllib.request.urlopen(self.origin + path, timeout=20) as response:
                return int(response.status)
        except urllib.error.HTTPError as answer:
            return answer.code
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return 0

    def stop(self) -> int:
        """Ctrl-C; its exit status."""
        assert self.process
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=30)
        return self.process.returncode


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    running = Demo(tmp_path_factory.mktemp("demo"), free_port())
    running.start()
    yield running
    running.stop()
