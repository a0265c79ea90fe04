"""Nothing that serves anybody runs as a role that row-level security does not hold back."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dj_database_url
import psycopg
import pytest
from django.db import connections
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from pytest_django import DjangoDbBlocker

from nextroute.config.embedded_postgres import Addresses, credentials
from nextroute.core import running_role
from nextroute.core.running_role import WrongRole


@pytest.fixture(autouse=True)
def _reachable(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def superuser(postgres: Addresses) -> tuple[str, str]:
    """Name and password."""
    folder = Path(str(conninfo_to_dict(postgres.app)["host"])).parent
    return credentials.SUPERUSER, credentials.passwords(folder)[credentials.SUPERUSER]


@contextmanager
def working_as(address: str, **changes: str) -> Iterator[None]:
    """This thread's connection is another role's."""
    usual = connections["default"]
    connections.settings["other"] = usual.settings_dict | dj_database_url.parse(address) | {"OPTIONS": {}} | changes
    connections["default"] = connections["other"]
    try:
        yield
    finally:
        connections["other"].close()
        connections["default"] = usual
        del connections["other"], connections.settings["other"]


def test_the_app_may_run(postgres: Addresses) -> None:
    with working_as(postgres.app):
        running_role.refuse_wrong_role()


def test_the_owner_may_not(postgres: Addresses) -> None:
    with working_as(postgres.owner), pytest.raises(WrongRole, match="nextroute_owner has BYPASSRLS"):
        running_role.refuse_wrong_role()


def test_a_superuser_may_not(postgres: Addresses, superuser: tuple[str, str]) -> None:
    user, password = superuser
    with working_as(postgres.app, USER=user, PASSWORD=password), pytest.raises(WrongRole, match="is a superuser"):
        running_role.refuse_wrong_role()


def test_who_has_the_owners_rights_may_not(postgres: Addresses, superuser: tuple[str, str]) -> None:
    user, password = superuser
    with psycopg.connect(make_conninfo(postgres.app, user=user, password=password), autocommit=True) as connection:
        connection.execute("CREATE ROLE clerk LOGIN NOBYPASSRLS PASSWORD 'clerk' IN ROLE nextroute_owner")
        try:
            with working_as(postgres.app, USER="clerk", PASSWORD="clerk"):
                with pytest.raises(WrongRole, match="clerk owns the tables"):
                    running_role.refuse_wrong_role()
        finally:
            connection.execute("DROP ROLE clerk")


def start_web(address: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import nextroute.config.wsgi"],
        env=os.environ
        | {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "nextroute.config.settings"}
        | {"NEXTROUTE_MAIL_URL": "smtp://127.0.0.1"},  # or mail would be kept, which takes the embedded database
        capture_output=True,
        text=True,
    )


def test_the_web_server_starts_as_the_app_and_as_nobody_else(postgres: Addresses) -> None:
    assert start_web(postgres.app).returncode == 0
    refused = start_web(postgres.owner)
    assert refused.returncode != 0
    assert "row-level security would not hold it back. Use nextroute_app." in refused.stderr
