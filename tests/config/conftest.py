import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from nextroute.config.embedded_postgres import Addresses

type Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(postgres: Addresses, committed: None) -> Run:
    """Run `nextroute …` against the test database, as an administrator would; `said` is typed in."""

    def command(*arguments: str, said: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        ours = {
            "DATABASE_URL": postgres.app,
            "DATABASE_OWNER_URL": postgres.owner,
            "DJANGO_SETTINGS_MODULE": "nextroute.config.settings",
            "NEXTROUTE_DEV": "1",
        }
        return subprocess.run(
            [sys.executable, "-m", "nextroute.config.cli", *arguments],
            env={name: value for name, value in (os.environ | ours | env).items() if value},
            input=said,
            capture_output=True,
            text=True,
        )

    return command
