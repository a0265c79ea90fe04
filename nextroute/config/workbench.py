"""What commands work with: a reachable database, a Django that knows it, and the business that is meant."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nextroute.config.embedded_postgres import Addresses, AlreadyRunning, CannotStart, EmbeddedPostgres, running

if TYPE_CHECKING:
    from nextroute.tenancy.businesses import Business

VAR = Path(os.environ.get("NEXTROUTE_VAR", Path(__file__).resolve().parents[2] / "var"))


@contextmanager
def database(*, own: bool = False) -> Iterator[EmbeddedPostgres | None]:
    """A reachable database and a Django that knows it. `own`: do not join a server that another process runs.

    Yields the embedded PostgreSQL when this process runs it. What the person at the terminal can mend is said in one
    line.
    """
    from django.core.exceptions import ImproperlyConfigured

    from nextroute.core.errors import Refused

    # An orderly end by either, also where a shell started us in the background and had us ignore Ctrl-C.
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, signal.default_int_handler)
    try:
        with _server(own) as postgres:
            set_up()
            try:
                yield postgres
            finally:
                let_go()
    except Refused as refused:
        raise click.ClickException(f"{refused.field}: {refused.sentence}".removeprefix(": ")) from refused
    except (AlreadyRunning, CannotStart, ImproperlyConfigured) as problem:
        raise click.ClickException(str(problem)) from problem


@contextmanager
def _server(own: bool) -> Iterator[EmbeddedPostgres | None]:
    """Name a server in the environment, unless it names one; it is run here if need be."""
    named = {"DATABASE_URL", "DATABASE_OWNER_URL"} & os.environ.keys()
    if named == {"DATABASE_OWNER_URL"}:
        raise click.ClickException("Set DATABASE_URL beside DATABASE_OWNER_URL; see docs/running.md.")
    if named:
        yield None
        return
    os.environ.setdefault("NEXTROUTE_DEV", "1")
    folder = VAR / "postgres"
    if not own and (addresses := running(folder)):
        _use(addresses)
        yield None
        return
    binaries = os.environ.get("NEXTROUTE_POSTGRES_BINARIES")
    postgres = EmbeddedPostgres(folder, binaries=Path(binaries) if binaries else None)
    with postgres as addresses:
        _use(addresses)
        yield postgres


def _use(addresses: Addresses) -> None:
    os.environ.update(DATABASE_URL=addresses.app, DATABASE_OWNER_URL=addresses.owner)


def let_go() -> None:
    """Give the connections back. Without this, the pool's threads hold up the end of the process by 20 seconds."""
    from django.db import connections

    connections.close_all()
    connections["default"].close_pool()  # type: ignore[attr-defined]


def set_up() -> None:
    """Have Django know its settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nextroute.config.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as problem:
        raise click.ClickException(str(problem)) from problem


def business(slug: str) -> "Business":
    """The business with this slug."""
    from nextroute.tenancy.businesses import find

    found = find(slug)
    if found is None:
        raise click.ClickException(f"There is no business “{slug}”.")
    return found


def businesses(slug: str | None) -> "list[Business]":
    """The one with this slug, or all of them."""
    from nextroute.tenancy.businesses import every

    return [business(slug)] if slug else every()


def now() -> datetime:
    """The time commands hand down (UTC)."""
    from nextroute.tenancy.businesses import utc_now

    return utc_now()


def migrate(verbosity: int = 0) -> None:
    """Bring the tables up to date, as the owner. Needs a `database`."""
    from django.core.management import call_command

    if "DATABASE_OWNER_URL" not in os.environ:
        raise click.ClickException("Set DATABASE_OWNER_URL: only the owner may change tables.")
    call_command("migrate", database="owner", verbosity=verbosity)
