"""Mail is kept, and shown at /dev/mail/, under exactly three conditions; without one of them nothing starts."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from nextroute.config.embedded_postgres import Addresses, knows
from nextroute.config.embedded_postgres.credentials import passwords

# The web server as it starts, then whether it has the page.
WEB = """
import nextroute.config.wsgi
from django.urls import NoReverseMatch, reverse
try:
    print(reverse("dev_mail"))
except NoReverseMatch:
    print("not there")
"""
WORKER = "from nextroute.config.cli import main; main(['worker'])"

type Start = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def start(postgres: Addresses, django_db_setup: None, tmp_path: Path) -> Start:
    """Start a process on the test database, which is the embedded one under `tmp_path`, in a development machine's
    settings; what `env` says of it instead."""
    folder = tmp_path / "postgres"
    folder.mkdir()
    secret = urlsplit(postgres.app).password
    (folder / "passwords").write_text(f"*:*:*:nextroute_app:{secret}\n")

    def run(program: str, **env: str) -> subprocess.CompletedProcess[str]:
        ours = {
            "DATABASE_URL": postgres.app,
            "DJANGO_SETTINGS_MODULE": "nextroute.config.settings",
            "NEXTROUTE_DEV": "1",
            "NEXTROUTE_LISTENS_ON": "127.0.0.1",
            "NEXTROUTE_VAR": str(tmp_path),
        }
        return subprocess.run(
            [sys.executable, "-c", program],
            env={name: value for name, value in (os.environ | ours | env).items() if value},
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


def test_on_ones_own_machine_mail_is_shown(start: Start) -> None:
    assert start(WEB).stdout == "/dev/mail/\n"


def test_a_real_database_stops_web_server_and_worker(start: Start, tmp_path: Path) -> None:
    (tmp_path / "postgres" / "passwords").write_text("*:*:*:nextroute_app:another\n")
    for program in (WEB, WORKER):
        refused = start(program)
        assert refused.returncode != 0
        assert "unset DATABASE_URL, or set NEXTROUTE_MAIL_URL" in refused.stderr
    (tmp_path / "postgres" / "passwords").unlink()
    assert "unset DATABASE_URL" in start(WEB).stderr


@pytest.mark.parametrize("address", ["", "0.0.0.0", "192.0.2.7", "::"])
def test_a_web_server_others_may_reach_does_not_start(start: Start, address: str) -> None:
    refused = start(WEB, NEXTROUTE_LISTENS_ON=address)
    assert refused.returncode != 0
    assert "NEXTROUTE_LISTENS_ON is not loopback" in refused.stderr


def test_where_mail_is_sent_none_is_shown_and_nothing_is_asked(start: Start) -> None:
    sending = {"NEXTROUTE_MAIL_URL": "smtp://127.0.0.1", "NEXTROUTE_LISTENS_ON": "0.0.0.0"}
    assert start(WEB, **sending).stdout == "not there\n"


def test_in_production_none_is_shown_whatever_else_is_said(start: Start) -> None:
    production = {"NEXTROUTE_DEV": "", "NEXTROUTE_SECRET_KEY": "x" * 50, "NEXTROUTE_HOSTS": "portal.example"}
    assert start(WEB, **production).stdout == "not there\n"
    refused = start(WORKER, **production)
    assert refused.returncode == 1
    assert "Set NEXTROUTE_MAIL_URL and NEXTROUTE_MAIL_FROM" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_embedded_database_is_known_by_its_password(tmp_path: Path) -> None:
    assert not knows(tmp_path, "")
    assert not (tmp_path / "passwords").exists(), "asking makes none"
    own = passwords(tmp_path)["nextroute_app"]
    assert knows(tmp_path, own)
    for other in ("", "x", own[:-1], "é"):
        assert not knows(tmp_path, other)
