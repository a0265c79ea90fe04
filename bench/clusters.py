"""PostgreSQL servers of the measurements, under var/bench: made anew, migrated, and known to Django."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dj_database_url
import psycopg
from django.db import connection, connections

from nextroute.config.embedded_postgres import Addresses, EmbeddedPostgres

FOLDER = Path(os.environ.get("NEXTROUTE_VAR", Path(__file__).resolve().parents[1] / "var")) / "bench"
# For tables that are to stay unknown to the planner.
NEVER_ANALYSED = {"autovacuum": "off"}
# For counting what is sent.
EVERY_STATEMENT = {"log_statement": "all"}


@contextmanager
def fresh(name: str, settings: Mapping[str, str] | None = None) -> Iterator[Addresses]:
    """A new, empty, migrated server, which is gone after the block."""
    with kept(name), running(name, settings) as addresses:
        migrate(addresses)
        yield addresses


@contextmanager
def kept(name: str) -> Iterator[None]:
    """Nothing by that name before the block, and nothing after it; in between it may be run several times."""
    shutil.rmtree(FOLDER / name, ignore_errors=True)
    try:
        yield
    finally:
        shutil.rmtree(FOLDER / name, ignore_errors=True)


@contextmanager
def running(name: str, settings: Mapping[str, str] | None = None) -> Iterator[Addresses]:
    """The server by that name, with its data, for as long as the block lasts; Django works there, as nextroute_app."""
    with EmbeddedPostgres(FOLDER / name, settings=settings) as addresses:
        disconnect()
        connections["default"].settings_dict.update(dj_database_url.parse(addresses.app))
        try:
            yield addresses
        finally:
            disconnect()


def disconnect() -> None:
    connections.close_all()
    connection.close_pool()  # type: ignore[attr-defined] # PostgreSQL's


def owner(addresses: Addresses) -> psycopg.Connection[Any]:
    """A connection as nextroute_owner, in autocommit: to seed, to empty and to analyse, never to measure."""
    return psycopg.connect(addresses.owner, autocommit=True)


def analyse(addresses: Addresses) -> None:
    """As after every bulk load."""
    with owner(addresses) as connection:
        connection.execute("VACUUM ANALYZE")


def migrate(addresses: Addresses) -> None:
    nextroute = [sys.executable, "-m", "nextroute.config.cli", "migrate"]
    subprocess.run(nextroute, env=environment(addresses), check=True, stdout=subprocess.DEVNULL)


def environment(addresses: Addresses) -> dict[str, str]:
    return os.environ | {"DATABASE_URL": addresses.app, "DATABASE_OWNER_URL": addresses.owner}


def postmaster(name: str) -> int:
    """The server's first process, whose children are all the others."""
    return int((FOLDER / name / "data" / "postmaster.pid").read_text().split("\n")[0])
