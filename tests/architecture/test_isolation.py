"""Nobody else's data: what the database shows and refuses, for every table, whatever the code forgets.

The rule: docs/decisions/0003-isolation.md. Every test takes its tables from the database or from the list of classes,
so a new table is covered from its first migration on, or fails here.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction
from psycopg import errors, sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from pytest_django import DjangoDbBlocker

from nextroute.config.embedded_postgres import Addresses
from nextroute.core import scope
from nextroute.core.isolation import TABLES, Kind, TableClass
from tests import database
from tests.architecture import world as worlds
from tests.architecture.world import World

type Owner = psycopg.Connection[Any]

EVERY = sorted(TABLES)
OF_A_BUSINESS = [table for table in EVERY if TABLES[table].kind not in (Kind.PLATFORM, Kind.KEYED)]
KEYED = [table for table in EVERY if TABLES[table].kind is Kind.KEYED]
PLATFORM = [table for table in EVERY if TABLES[table].kind is Kind.PLATFORM]
SHOWN = [table for table in EVERY if TABLES[table].kind in (Kind.OWN, Kind.SHARED_READ)]
PRESENTED = [table for table in EVERY if TABLES[table].presented]

# As the catalogue spells the expressions.
_SETTING = """( SELECT {open}NULLIF(current_setting('nextroute.{name}'::text, true), ''::text){close} AS "nullif")"""
_UUID = {"open": "(", "close": ")::uuid"}
BUSINESS_IN_SCOPE = _SETTING.format(name="business_id", **_UUID)
CUSTOMER_IN_SCOPE = _SETTING.format(name="customer_id", **_UUID)
KEY_IN_SCOPE = _SETTING.format(name="presented_key", open="", close="")

SEES_PAST_ROW_SECURITY = {
    "nextroute_business_slugs()": "slugs, which are public: cron works for each business in turn",
    "audit_unsealed_businesses()": "keys of businesses, for the job that seals each in turn",
    "identity_businesses_of(text)": "keys of businesses, to the worker and to who has proven that mailbox",
    "identity_waiting_asks(timestamp with time zone)": "keys of asks, for the job that mints each in turn",
    "notifications_due_businesses(timestamp with time zone)": "keys of businesses, for the job that wakes each in turn",
}

# Unique words that are one of a few, or a hash: no copy can have others.
OF_A_FORM = {"kind", "digest"}

# Of these columns a row has one.
ONE_OF = {
    "billing_allocation": {"payment_id", "credit_note_id"},
    "billing_invoiceline": {"invoice_id", "credit_note_id"},
}

copies = count(1)


@pytest.fixture(scope="module")
def world(postgres: Addresses, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Committed, so that the owner's connection sees it too."""
    with django_db_blocker.unblock():
        made = worlds.build()
        connections.close_all()
    yield made
    with psycopg.connect(postgres.owner, autocommit=True) as owner:
        database.empty(owner)


# The list and the catalogue agree


def test_every_relation_has_a_class_and_every_class_a_table(owner: Owner, django_db_setup: None) -> None:
    """A view would show its owner's rows, a materialized one could have no policy: there are tables only."""
    found = owner.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind NOT IN ('i', 'I', 'S')"
    ).fetchall()
    assert {name for (name,) in found} == TABLES.keys()


def test_everything_is_the_owners(owner: Owner, django_db_setup: None) -> None:
    found = owner.execute(
        "SELECT DISTINCT relowner::regrole::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    ).fetchall()
    assert found == [("nextroute_owner",)]


def test_a_table_without_a_business_says_why() -> None:
    assert [table for table in PLATFORM + KEYED if not TABLES[table].because] == []


@pytest.mark.parametrize("table", EVERY)
def test_row_security_is_on_and_forced_but_for_platform_tables(owner: Owner, table: str, django_db_setup: None) -> None:
    found = owner.execute(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", [table]
    ).fetchone()
    isolated = TABLES[table].kind is not Kind.PLATFORM
    assert found == (isolated, isolated)


@pytest.mark.parametrize("table", EVERY)
def test_a_tables_policies_are_its_classs_one_for_each_role(owner: Owner, table: str, django_db_setup: None) -> None:
    found = owner.execute(
        """SELECT polname, polpermissive, polroles::regrole[]::text, polcmd::text,
                  pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
           FROM pg_policy WHERE polrelid = %s::regclass""",
        [table],
    ).fetchall()
    assert set(found) == set(_policies(TABLES[table]))


def _policies(rule: TableClass) -> Iterator[tuple[object, ...]]:
    if rule.kind is Kind.PLATFORM:
        return
    if rule.kind is Kind.KEYED:
        key = f"({KEY_IN_SCOPE} = ANY (ARRAY[{', '.join(rule.keys).replace('id::', '(id)::')}]))"
        yield "added", True, "{nextroute_app}", "a", None, "true"
        yield "presented", True, "{nextroute_app}", "r", key, None
        yield "changed", True, "{nextroute_app}", "w", key, key
        yield "outlived", True, "{nextroute_app}", "d", "(asked_at < (now() - '1 day'::interval))", None
        return
    business = f"({rule.business} = {BUSINESS_IN_SCOPE})"
    yield "in_business", True, "{nextroute_app}", "*", business, business
    if rule.presented:
        shown = rule.presented.replace("user_id::", "(user_id)::")
        yield "presented", True, "{nextroute_app}", "r", f"({shown} = {KEY_IN_SCOPE})", None
    if rule.kind is Kind.SHARED_READ:
        yield "of_customer", True, "{nextroute_customer}", "r", business, None
    if rule.kind is Kind.OWN:
        customer = f"({rule.customer} = {CUSTOMER_IN_SCOPE})"
        yield "of_customer", True, "{nextroute_customer}", "r", f"({business} AND {customer})", None


@pytest.mark.parametrize("table", EVERY)
def test_the_app_may_read_and_write_a_customer_may_read_what_is_shown_and_nobody_else_anything(
    owner: Owner, table: str, django_db_setup: None
) -> None:
    found = owner.execute(
        """SELECT grantee::regrole::text, privilege_type, is_grantable, NULL FROM pg_class, aclexplode(relacl)
           WHERE oid = %(table)s::regclass AND grantee <> relowner
           UNION ALL
           SELECT grantee::regrole::text, privilege_type, is_grantable, attname FROM pg_attribute, aclexplode(attacl)
           WHERE attrelid = %(table)s::regclass""",
        {"table": table},
    ).fetchall()
    rule = TABLES[table]
    expected: set[tuple[str, str, bool, str | None]] = {
        ("nextroute_app", privilege, False, None) for privilege in rule.may
    }
    if table in SHOWN:
        expected |= {("nextroute_customer", "SELECT", False, column) for column in rule.columns or (None,)}
    assert set(found) == expected


def test_neither_role_can_define_anything_nor_will_be_given_what_comes_later(
    owner: Owner, django_db_setup: None
) -> None:
    for role in ("nextroute_app", "nextroute_customer", "public"):
        may = owner.execute("SELECT has_schema_privilege(%s, 'public', 'CREATE')", [role]).fetchone()
        assert may == (False,)
    assert owner.execute("SELECT FROM pg_default_acl").rowcount == 0


def test_a_function_that_sees_past_row_security_is_one_of_these_and_the_apps_alone(
    owner: Owner, django_db_setup: None
) -> None:
    """SECURITY DEFINER shows the owner's rows, every business's: each is named above, with what it may give away."""
    found = owner.execute(
        """SELECT oid::regprocedure::text, proconfig, array(SELECT grantee::regrole::text FROM aclexplode(proacl))
           FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"""
    ).fetchall()
    assert {name for name, _, _ in found} == SEES_PAST_ROW_SECURITY.keys()
    for name, configuration, grantees in found:
        assert any(setting.startswith("search_path=") for setting in configuration or ()), f"{name} trusts the caller's"
        assert set(grantees) == {"nextroute_owner", "nextroute_app"}, name


# What is shown


@pytest.mark.parametrize("table", EVERY)
def test_the_world_fills_every_table_for_both_businesses_and_all_customers(
    owner: Owner, world: World, table: str
) -> None:
    """A new table without a row in world.py would be proved on nothing."""
    if TABLES[table].kind in (Kind.PLATFORM, Kind.KEYED) and TABLES[table].may:
        assert stored(owner, table)
    for house in world:
        if TABLES[table].kind in (Kind.SHARED_READ, Kind.OFFICE):
            assert stored(owner, table, house.business)
        if TABLES[table].kind is Kind.OWN:
            for customer in house.customers:
                assert stored(owner, table, house.business, customer)


@pytest.mark.django_db
@pytest.mark.parametrize("table", OF_A_BUSINESS)
def test_a_business_sees_all_of_its_rows_and_no_others(owner: Owner, world: World, table: str) -> None:
    for house in world:
        with scope.business(house.business):
            assert seen(table) == stored(owner, table, house.business)


@pytest.mark.django_db
@pytest.mark.parametrize("table", SHOWN)
def test_a_customer_sees_their_own_rows_and_what_the_business_shows_everyone(
    owner: Owner, world: World, table: str
) -> None:
    rule = TABLES[table]
    for house in world:
        for customer in house.customers:
            own = customer if rule.kind is Kind.OWN else None
            with scope.customer(house.business, customer):
                assert seen(table, rule.columns) == stored(owner, table, house.business, own, rule.columns)


@pytest.mark.django_db
@pytest.mark.parametrize("table", SHOWN)
def test_a_customer_of_one_business_sees_nothing_in_another(world: World, table: str) -> None:
    rule = TABLES[table]
    with scope.customer(world.theirs.business, world.ours.customers[0]):
        if rule.kind is Kind.OWN:
            assert seen(table, rule.columns) == []
        else:
            with scope.business(world.theirs.business):
                shared = seen(table, rule.columns)
            assert seen(table, rule.columns) == shared, "shared rows are the business's in scope"


@pytest.mark.django_db
@pytest.mark.parametrize("table", [table for table in EVERY if table not in SHOWN])
def test_a_customer_cannot_even_ask_for_what_is_the_offices_or_the_platforms(world: World, table: str) -> None:
    with scope.customer(world.ours.business, world.ours.customers[0]), refused(errors.InsufficientPrivilege):
        run(f"SELECT count(*) FROM {table}")


@pytest.mark.django_db
@pytest.mark.parametrize("table", [table for table in SHOWN if TABLES[table].columns])
def test_a_customer_cannot_read_the_columns_kept_back(owner: Owner, world: World, table: str) -> None:
    kept_back = set(columns_of(owner, table)) - set(TABLES[table].columns)
    assert kept_back
    with scope.customer(world.ours.business, world.ours.customers[0]):
        for column in [*kept_back, "*"]:
            with refused(errors.InsufficientPrivilege):
                run(f"SELECT {column} FROM {table}")
            with refused(errors.InsufficientPrivilege):
                run(f"SELECT 1 FROM {table} ORDER BY {column if column != '*' else table}")


@pytest.mark.django_db
@pytest.mark.parametrize("table", OF_A_BUSINESS)
def test_a_forgotten_scope_shows_nothing(world: World, table: str) -> None:
    assert seen(table) == []
    run("SET LOCAL ROLE nextroute_customer")
    if table in SHOWN:
        assert seen(table, TABLES[table].columns) == []


@pytest.mark.django_db
@pytest.mark.parametrize("table", OF_A_BUSINESS)
def test_a_presented_key_shows_the_one_row_that_has_it_and_only_where_the_table_says_so(
    owner: Owner, world: World, table: str
) -> None:
    presented = TABLES[table].presented
    for house in world:
        for key in (house.slug, *house.secrets, str(house.business), str(house.customers[0]), ""):
            with scope.presenting(key):
                found = seen(table)
            if presented:
                wanted = sql.SQL(f"WHERE {presented} = {{}}").format(key)
                assert found == texts(owner, table, where=wanted)
            else:
                assert found == []


@pytest.mark.parametrize("table", PRESENTED)
def test_every_presented_key_is_one_of_the_worlds(owner: Owner, world: World, table: str) -> None:
    """Or the test above would be about nothing."""
    keys = {key for house in world for key in (house.slug, *house.secrets)}
    found = {key for (key,) in owner.execute(f"SELECT {TABLES[table].presented} FROM {table}")}
    assert found
    assert found <= keys


@pytest.mark.django_db
@pytest.mark.parametrize("table", PRESENTED)
def test_a_presented_key_is_one_row_at_most_but_for_memberships_one_at_each_business(owner: Owner, table: str) -> None:
    column = TABLES[table].presented.partition("::")[0]
    wanted = ["business_id", column] if table == "staff_membership" else [column]
    unique = owner.execute(
        """SELECT FROM pg_index WHERE indrelid = %s::regclass AND indisunique AND indpred IS NULL
           AND %s::name[] = ARRAY(SELECT attname FROM unnest(indkey) WITH ORDINALITY AS k (num, n)
                                  JOIN pg_attribute ON attrelid = indrelid AND attnum = num ORDER BY n)""",
        [table, wanted],
    )
    assert unique.rowcount == 1


@pytest.mark.django_db
@pytest.mark.parametrize("table", KEYED)
def test_a_keyed_row_is_there_for_who_presents_any_one_of_its_keys(owner: Owner, world: World, table: str) -> None:
    """Each key of each row shows exactly the rows that have it, and lets exactly these be changed."""
    column = columns_of(owner, table)[-1]
    for key in keys_of(owner, table):
        with scope.presenting(key):
            found = seen(table)
            assert found == texts(owner, table, where=having(table, key))
            assert run(f"UPDATE {table} SET {column} = {column}") == len(found) > 0


@pytest.mark.django_db
@pytest.mark.parametrize("table", KEYED)
def test_a_keyed_row_is_there_for_nobody_else(world: World, table: str) -> None:
    """Not for its business, not for who has another key, not without one."""
    strangers = [no_scope(), scope.business(world.ours.business)]
    strangers += [scope.presenting(key) for key in (world.ours.slug, *world.ours.secrets, "", "null", str(uuid4()))]
    for stranger in strangers:
        with stranger:
            assert seen(table) == []
            assert run(f"UPDATE {table} SET id = id") == 0
            assert run(f"SELECT FROM {table} FOR UPDATE") == 0
            assert run(f"DELETE FROM {table}") == 0


@pytest.mark.django_db
@pytest.mark.parametrize("table", KEYED)
def test_a_keyed_row_is_not_changed_into_somebody_elses(owner: Owner, world: World, table: str) -> None:
    columns = [key.partition("::")[0] for key in TABLES[table].keys]
    with scope.presenting(keys_of(owner, table)[0]), refused(errors.InsufficientPrivilege):
        run(f"UPDATE {table} SET {', '.join(f'{column} = gen_random_uuid()' for column in columns)}")


@pytest.mark.django_db
@pytest.mark.parametrize("table", KEYED)
def test_anybody_may_put_a_keyed_row_in_and_take_away_those_that_are_outlived(
    owner: Owner, world: World, table: str
) -> None:
    row = owner.cursor(row_factory=dict_row).execute(f"SELECT * FROM {table}").fetchone()
    assert row is not None
    fresh_one, old_one = fresh(owner, table, row), fresh(owner, table, row)
    now = datetime.now(UTC)
    insert(table, fresh_one | {"asked_at": now - timedelta(hours=23)})
    insert(table, old_one | {"asked_at": now - timedelta(hours=25)})
    assert run(f"DELETE FROM {table}") == 1
    with scope.presenting(str(fresh_one["id"])):
        assert run(f"DELETE FROM {table} WHERE id = %s", fresh_one["id"]) == 0, "a key does not delete it sooner"
        assert len(seen(table)) == 1
    with scope.presenting(str(old_one["id"])):
        assert seen(table) == []


# What is refused


@pytest.mark.django_db
@pytest.mark.parametrize("table", EVERY)
def test_a_customer_changes_nothing_anywhere(owner: Owner, world: World, table: str) -> None:
    column = columns_of(owner, table)[0]
    with scope.customer(world.ours.business, world.ours.customers[0]):
        for statement in (
            f"INSERT INTO {table} DEFAULT VALUES",
            f"UPDATE {table} SET {column} = {column}",
            f"DELETE FROM {table}",
            f"TRUNCATE {table}",
            f"SELECT {column} FROM {table} FOR UPDATE",
        ):
            with refused(errors.InsufficientPrivilege):
                run(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("table", OF_A_BUSINESS + KEYED)
def test_the_app_truncates_nothing(world: World, table: str) -> None:
    with scope.business(world.ours.business), refused(errors.InsufficientPrivilege):
        run(f"TRUNCATE {table}")


@pytest.mark.django_db
@pytest.mark.parametrize("table", OF_A_BUSINESS)
def test_an_update_reaches_the_rows_of_the_business_in_scope_alone(owner: Owner, world: World, table: str) -> None:
    everything = f"UPDATE {table} SET {TABLES[table].business} = {TABLES[table].business}"
    if "UPDATE" not in TABLES[table].may:
        with scope.business(world.ours.business), refused(errors.InsufficientPrivilege):
            run(everything)
        return
    assert run(everything) == 0, "without a scope"
    for house in world:
        for key in (house.slug, *house.secrets):
            with scope.presenting(key):
                assert run(everything) == 0, "what a key shows, it does not give away"
                assert run(f"SELECT FROM {table} FOR UPDATE") == 0
        with scope.business(house.business):
            assert run(everything) == len(stored(owner, table, house.business))


@pytest.mark.django_db
def test_a_delete_reaches_the_rows_of_the_business_in_scope_alone(owner: Owner, world: World) -> None:
    """One business deletes all it can reach, of every table; the other one misses nothing."""
    kept: set[str] = set()
    for table in children_first(owner):
        if "DELETE" not in TABLES[table].may:
            with scope.business(world.ours.business), refused(errors.InsufficientPrivilege):
                run(f"DELETE FROM {table}")
            kept.add(table)
        elif referred := {r.to for one in kept for r in references(owner, one)} & {table}:
            # What is kept keeps what it is about.
            with scope.business(world.ours.business), refused(errors.ForeignKeyViolation):
                run(f"DELETE FROM {table}")
            kept |= referred
        if table in kept:
            continue
        assert run(f"DELETE FROM {table}") == 0, f"{table}, without a scope"
        for key in (world.ours.slug, *world.ours.secrets):
            with scope.presenting(key):
                assert run(f"DELETE FROM {table}") == 0, f"{table}, with a key"
        with scope.business(world.ours.business):
            assert run(f"DELETE FROM {table}") == len(stored(owner, table, world.ours.business)), table
    with scope.business(world.theirs.business):
        for table in OF_A_BUSINESS:
            assert seen(table) == stored(owner, table, world.theirs.business)


@pytest.mark.django_db
@pytest.mark.parametrize("table", OF_A_BUSINESS)
def test_nothing_is_inserted_into_another_business_nor_without_a_scope(owner: Owner, world: World, table: str) -> None:
    theirs = example(owner, table, world.theirs.business)
    for asker in (scope.business(world.ours.business), scope.presenting(world.theirs.slug), no_scope()):
        with asker, refused(errors.InsufficientPrivilege):
            insert(table, fresh(owner, table, theirs))


@pytest.mark.django_db
@pytest.mark.parametrize("table", OF_A_BUSINESS)
def test_no_row_is_given_to_another_business(owner: Owner, world: World, table: str) -> None:
    with scope.business(world.ours.business), refused(errors.InsufficientPrivilege):
        run(f"UPDATE {table} SET {TABLES[table].business} = %s", world.theirs.business)


@pytest.mark.django_db
@pytest.mark.parametrize("table", OF_A_BUSINESS)
def test_no_row_points_into_another_business(owner: Owner, world: World, table: str) -> None:
    """Each foreign key in turn, all its columns but the business's, to a row of another business that does exist.

    A person of the staff is of no business, and whoever presents their key sees their memberships alone.
    """
    ours = example(owner, table, world.ours.business)
    with scope.business(world.ours.business):
        for reference in references(owner, table):
            if TABLES[reference.to].kind is Kind.PLATFORM:
                continue
            target = example(owner, reference.to, world.theirs.business)
            pointing = reference.at(target, but_for=TABLES[table].business)
            if pointing:
                with refused(errors.ForeignKeyViolation, by=table):
                    put(owner, table, ours, pointing)
                if "UPDATE" not in TABLES[table].may:
                    continue
                with refused(errors.ForeignKeyViolation, by=table):
                    update(table, one_more(owner, table, ours)["id"], without_others(table, pointing))


@pytest.mark.django_db
@pytest.mark.parametrize("table", [table for table in EVERY if TABLES[table].kind is Kind.OWN])
def test_no_row_of_one_customer_points_at_anothers(owner: Owner, world: World, table: str) -> None:
    """Ada's stop at Eve's property would be Ada's to see: what a row and its property repeat, agrees."""
    business, (ada, eve) = world.ours.business, world.ours.customers
    ours, column = example(owner, table, business, ada), TABLES[table].customer
    with scope.business(business):
        for reference in references(owner, table):
            if TABLES[reference.to].kind is not Kind.OWN or reference.columns == ("business_id", column):
                continue
            hers = reference.at(example(owner, reference.to, business, eve), but_for=column)
            with refused(errors.ForeignKeyViolation, by=table):
                put(owner, table, ours, hers)


# Reading and writing, in short words


class Reference(NamedTuple):
    """A foreign key."""

    columns: tuple[str, ...]
    to: str
    to_columns: tuple[str, ...]

    def at(self, target: dict[str, Any], *, but_for: str) -> dict[str, Any]:
        """The columns, but for one, with values that point at this row."""
        pairs = zip(self.columns, self.to_columns, strict=True)
        return {column: target[to] for column, to in pairs if column != but_for}


class UniqueTwice(IntegrityError):
    """Raised by `insert` when the row is there already, or cannot be there twice."""


@contextmanager
def refused(why: type[psycopg.Error], *, by: str = "") -> Iterator[None]:
    """The database refuses the statement, for this reason and by a rule of this table; the transaction goes on."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
    fault = caught.value.__cause__
    assert isinstance(fault, why), caught.value
    assert not by or fault.diag.table_name == by, caught.value


@contextmanager
def no_scope() -> Iterator[None]:
    yield


def run(statement: str, *parameters: object) -> int:
    """How many rows it found or changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)  # type: ignore[arg-type]
        return int(cursor.rowcount)


def seen(table: str, columns: Sequence[str] = ()) -> list[str]:
    """The rows the scope shows, as sorted texts."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_as_text(columns)} FROM {table} t")
        return sorted(text for (text,) in cursor.fetchall())


def stored(
    owner: Owner, table: str, business: UUID | None = None, customer: UUID | None = None, columns: Sequence[str] = ()
) -> list[str]:
    """The rows there are, by the owner's eyes, as sorted texts; of a business and a customer, when named."""
    return texts(owner, table, columns, where=_whose(table, business, customer))


def texts(owner: Owner, table: str, columns: Sequence[str] = (), *, where: sql.Composable) -> list[str]:
    query = sql.SQL(f"SELECT {_as_text(columns)} FROM {table} t ") + where
    return sorted(text for (text,) in owner.execute(query))


def _as_text(columns: Sequence[str]) -> str:
    return f"ROW({', '.join(columns)})::text" if columns else "t::text"


def _whose(table: str, business: UUID | None, customer: UUID | None) -> sql.Composable:
    wanted = {TABLES[table].business: business, TABLES[table].customer: customer}
    tests = [sql.SQL("{} = {}").format(sql.Identifier(c), value) for c, value in wanted.items() if value]
    return sql.SQL("WHERE ") + sql.SQL(" AND ").join(tests) if tests else sql.SQL("")


def keys_of(owner: Owner, table: str) -> list[str]:
    """Every key of every keyed row, by the owner's eyes."""
    found = owner.execute(f"SELECT ARRAY[{', '.join(TABLES[table].keys)}] FROM {table} ORDER BY id").fetchall()
    keys = [key for (row,) in found for key in row]
    assert None not in keys, "the world's rows have all of them"
    return keys


def having(table: str, key: str) -> sql.Composable:
    return sql.SQL(f"WHERE {{}} IN ({', '.join(TABLES[table].keys)})").format(key)


def example(owner: Owner, table: str, business: UUID, customer: UUID | None = None) -> dict[str, Any]:
    """A row of the business, by the owner's eyes."""
    query = sql.SQL(f"SELECT * FROM {table} ") + _whose(table, business, customer) + sql.SQL(" LIMIT 1")
    row = owner.cursor(row_factory=dict_row).execute(query).fetchone()
    assert row is not None
    return row


def columns_of(owner: Owner, table: str) -> list[str]:
    found = owner.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped", [table]
    )
    return [name for (name,) in found]


def references(owner: Owner, table: str) -> list[Reference]:
    found = owner.execute(
        """SELECT
             (SELECT array_agg(attname ORDER BY n) FROM unnest(conkey) WITH ORDINALITY AS k (num, n)
              JOIN pg_attribute ON attrelid = conrelid AND attnum = num),
             confrelid::regclass::text,
             (SELECT array_agg(attname ORDER BY n) FROM unnest(confkey) WITH ORDINALITY AS k (num, n)
              JOIN pg_attribute ON attrelid = confrelid AND attnum = num)
           FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass""",
        [table],
    )
    return [Reference(tuple(columns), to, tuple(to_columns)) for columns, to, to_columns in found]


def children_first(owner: Owner) -> list[str]:
    """The tables of businesses, each before those it refers to."""
    waiting = {table: {r.to for r in references(owner, table)} - {table} for table in OF_A_BUSINESS}
    order: list[str] = []
    while waiting:
        referred = set().union(*waiting.values())
        free = sorted(waiting.keys() - referred)
        assert free, f"tables refer to each other in a ring: {sorted(waiting)}"
        order += free
        waiting = {table: to for table, to in waiting.items() if table not in free}
    return order


def fresh(owner: Owner, table: str, row: dict[str, Any]) -> dict[str, Any]:
    """A copy of the row that breaks no rule but those of isolation: other key, other days, other unique words."""
    unique = owner.execute(
        """SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
           WHERE indrelid = %s::regclass AND indisunique AND atttypid = 'text'::regtype""",
        [table],
    )
    n = next(copies)
    words = {name: f"{row[name]}-{n}" for (name,) in unique if name not in OF_A_FORM and row[name] is not None}
    days = {name: value + timedelta(days=100 * n) for name, value in row.items() if isinstance(value, date)}
    return row | words | days | {"id": uuid4()}


def one_more(owner: Owner, table: str, row: dict[str, Any]) -> dict[str, Any]:
    """The copy, inserted, so nothing refers to it; or the row itself, where there can be but one."""
    copy = fresh(owner, table, row)
    try:
        with transaction.atomic():
            insert(table, copy)
    except UniqueTwice:
        return row
    return copy


def put(owner: Owner, table: str, row: dict[str, Any], pointing: dict[str, Any]) -> None:
    """A copy that points there, inserted; or the row itself, turned, where there can be but one."""
    pointing = without_others(table, pointing)
    try:
        with transaction.atomic():
            insert(table, fresh(owner, table, row) | pointing)
    except UniqueTwice:
        update(table, row["id"], pointing)


def without_others(table: str, pointing: dict[str, Any]) -> dict[str, Any]:
    """With none of what a row cannot have beside it."""
    others = ONE_OF.get(table, set())
    return dict.fromkeys(others, None) | pointing if others & pointing.keys() else pointing


def insert(table: str, row: dict[str, Any]) -> None:
    names = ", ".join(row)
    places = ", ".join(["%s"] * len(row))
    try:
        values = [Jsonb(value) if isinstance(value, dict) else value for value in row.values()]
        run(f"INSERT INTO {table} ({names}) VALUES ({places})", *values)
    except IntegrityError as fault:
        if isinstance(fault.__cause__, errors.UniqueViolation):
            raise UniqueTwice from fault
        raise


def update(table: str, key: UUID, values: dict[str, Any]) -> None:
    changes = ", ".join(f"{name} = %s" for name in values)
    run(f"UPDATE {table} SET {changes} WHERE id = %s", *values.values(), key)
