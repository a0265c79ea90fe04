"""The roles: what each may do, and that an administrator who is no superuser can make them."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import errors
from psycopg.conninfo import make_conninfo

from nextroute.config import roles
from nextroute.config.embedded_postgres import Addresses, EmbeddedPostgres, launcher

PSQL = launcher.packaged_binaries() / "psql"
PASSWORDS = {"NEXTROUTE_OWNER_PASSWORD": "owner's", "NEXTROUTE_APP_PASSWORD": "app's"}


@contextmanager
def server() -> Iterator[tuple[Path, Addresses]]:
    folder = Path(tempfile.mkdtemp(prefix="nextroute-tests-"))
    folder.chmod(0o711)
    try:
        with EmbeddedPostgres(folder, settings={"fsync": "off"}) as addresses:
            yield folder, addresses
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def addresses() -> Iterator[Addresses]:
    with server() as (_, addresses):
        yield addresses


@pytest.fixture
def app(addresses: Addresses) -> Iterator[psycopg.Connection]:
    with psycopg.connect(addresses.app, autocommit=True) as connection:
        yield connection


@pytest.fixture
def owner(addresses: Addresses) -> Iterator[psycopg.Connection]:
    with psycopg.connect(addresses.owner, autocommit=True) as connection:
        yield connection


def as_role(addresses: Addresses, user: str, password: str, *, dbname: str) -> str:
    return make_conninfo(addresses.app, user=user, password=password, dbname=dbname)


def run(script: str, address: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PSQL, "--no-psqlrc", "--quiet", address],
        input=script,
        env={name: value for name, value in os.environ.items() if name not in PASSWORDS} | environment,
        capture_output=True,
        text=True,
    )


# The web server's and the worker's


def test_the_app_is_neither_superuser_nor_beyond_row_security(app: psycopg.Connection) -> None:
    found = app.execute(
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin from pg_roles"
        " where rolname = current_user"
    ).fetchone()
    assert found == (False, False, False, False, True)


@pytest.mark.parametrize(
    "statement",
    [
        "create table mine ()",
        "create schema mine",
        "create role mine",
        "create database mine",
        "create extension hstore",
    ],
)
def test_the_app_defines_nothing(app: psycopg.Connection, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(statement)


def test_the_app_may_use_temporary_tables(app: psycopg.Connection) -> None:
    app.execute("create temp table scratch as select 1")


def test_the_app_becomes_a_customer_only_by_asking(app: psycopg.Connection, owner: psycopg.Connection) -> None:
    owner.execute("create table shown (); grant select on shown to nextroute_customer")
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute("select from shown")
    with app.transaction():
        app.execute("set local role nextroute_customer")
        app.execute("select from shown")
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute("select from shown")
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute("set role nextroute_owner")


def test_a_customer_cannot_sign_in(addresses: Addresses) -> None:
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(addresses.app, user="nextroute_customer")


# The owner's


def test_the_owner_migrates_past_row_security_and_is_no_superuser(owner: psycopg.Connection) -> None:
    found = owner.execute(
        "select rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = current_user"
    ).fetchone()
    assert found == (False, True, False)
    owner.execute("create table locked as select 1")
    owner.execute("alter table locked enable row level security, force row level security")
    assert owner.execute("select from locked").rowcount == 1


def test_the_owner_can_add_btree_gist(owner: psycopg.Connection) -> None:
    owner.execute("create extension btree_gist")
    owner.execute("create table held (who uuid, days daterange, exclude using gist (who with =, days with &&))")


def test_the_owner_can_make_a_database_for_tests_that_the_app_can_use(
    addresses: Addresses, owner: psycopg.Connection
) -> None:
    owner.execute("create database nextroute_test")
    with psycopg.connect(addresses.owner, dbname="nextroute_test") as connection:
        connection.execute("create extension btree_gist; create table things (); grant all on things to nextroute_app")
    with psycopg.connect(addresses.app, dbname="nextroute_test") as connection:
        connection.execute("insert into things default values")
        connection.execute("create temp table scratch ()")
    owner.execute("drop database nextroute_test")


# The script


def test_an_administrator_who_is_no_superuser_can_run_it_and_run_it_again() -> None:
    with server() as (folder, addresses):
        superusers = (folder / "passwords").read_text().splitlines()[0].rpartition(":")[2]
        first = as_role(addresses, "postgres", superusers, dbname="postgres")
        with psycopg.connect(first, autocommit=True) as connection:
            connection.execute("drop database nextroute")
            connection.execute("drop role nextroute_owner, nextroute_app, nextroute_customer")
            connection.execute("create role admin login createrole createdb bypassrls password 'admin'")

        admin = as_role(addresses, "admin", "admin", dbname="postgres")
        for _ in range(2):
            done = run(roles.sql("our-portal"), admin, **PASSWORDS)
            assert done.returncode == 0, done.stderr

        with psycopg.connect(as_role(addresses, "nextroute_owner", "owner's", dbname="our-portal")) as connection:
            connection.execute("create extension btree_gist; create table things ()")
        with psycopg.connect(as_role(addresses, "nextroute_app", "app's", dbname="our-portal")) as connection:
            connection.execute("set local role nextroute_customer")


@pytest.mark.parametrize("missing", PASSWORDS)
def test_without_both_passwords_it_stops_at_once(addresses: Addresses, missing: str) -> None:
    given = {name: password for name, password in PASSWORDS.items() if name != missing}
    done = run(roles.sql(), addresses.app, **given)
    assert done.returncode == 3
    assert "Set NEXTROUTE_OWNER_PASSWORD and NEXTROUTE_APP_PASSWORD first." in done.stderr


@pytest.mark.parametrize("name", ["", 'a"b', "a'b", "a;b", "a" * 64])
def test_a_name_of_a_database_that_would_need_escaping_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="plain name"):
        roles.sql(name)
