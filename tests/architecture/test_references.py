"""Every relation of every model is a foreign key that includes the business, so no row can point into another one."""

from typing import Any, NamedTuple

import psycopg
import pytest
from django.apps import apps
from django.db import models

from nextroute.core.isolation import TABLES, Kind
from nextroute.tenancy.businesses import Business

BUSINESS = Business._meta.db_table

RELATIONS: list[models.ForeignKey[Any, Any]] = [
    field
    for model in apps.get_models(include_auto_created=True)
    if model.__module__.startswith("nextroute.")
    for field in model._meta.local_concrete_fields
    if isinstance(field, models.ForeignKey)
]


def name(relation: models.ForeignKey[Any, Any]) -> str:
    return f"{relation.model._meta.label}.{relation.name}"


class Reference(NamedTuple):
    """A foreign key of the database. One with a null in any column is let off."""

    columns: tuple[str, ...]
    to: str
    to_columns: tuple[str, ...]
    nullable: frozenset[str]
    checked: bool

    def leads(self, column: str) -> str | None:
        """The column that this one equals wherever it is not null; none when nothing promises that."""
        found = dict(zip(self.columns, self.to_columns, strict=True)).get(column)
        return found if self.nullable <= {column} else None


type References = dict[str, list[Reference]]


@pytest.fixture
def references(owner: psycopg.Connection[Any], django_db_setup: None) -> References:
    """Every foreign key, by table."""
    rows = owner.execute(
        """SELECT c.conrelid::regclass::text, array_agg(a.attname ORDER BY n), c.confrelid::regclass::text,
               array_agg(f.attname ORDER BY n),
               coalesce(array_agg(a.attname) FILTER (WHERE NOT a.attnotnull), '{}'), c.convalidated AND c.conenforced
           FROM pg_constraint c, unnest(conkey, confkey) WITH ORDINALITY AS k (column_, to_column, n)
           JOIN pg_attribute a ON a.attnum = column_ JOIN pg_attribute f ON f.attnum = to_column
           WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
              AND a.attrelid = c.conrelid AND f.attrelid = c.confrelid GROUP BY c.oid"""
    ).fetchall()
    found: References = {}
    for table, columns, to, to_columns, nullable, checked in rows:
        reference = Reference(tuple(columns), to, tuple(to_columns), frozenset(nullable), checked)
        found.setdefault(table, []).append(reference)
    return found


def reaches(references: References, table: str, column: str, target: str) -> bool:
    """Whether the column equals a key of `target`: by a foreign key, or by one to a row whose own column does."""
    return any(
        r.to == target if at == "id" else r.to != table and reaches(references, r.to, at, target)
        for r in references.get(table, [])
        if (at := r.leads(column))
    )


@pytest.mark.parametrize("relation", RELATIONS, ids=name)
def test_django_makes_no_foreign_key_of_its_own(relation: models.ForeignKey[Any, Any]) -> None:
    """Its own would hold without the business, and would cost a second check of every row."""
    assert not relation.db_constraint  # type: ignore[attr-defined]


@pytest.mark.parametrize("relation", RELATIONS, ids=name)
def test_every_relation_is_held_by_the_database(relation: models.ForeignKey[Any, Any], references: References) -> None:
    table, target = relation.model._meta.db_table, relation.related_model._meta.db_table
    assert reaches(references, table, relation.column, target), f"{name(relation)} needs a reference() in a migration"


def test_every_foreign_key_includes_the_business(references: References) -> None:
    """But for those to what is of no business: a person of the staff, and Django's own among themselves."""
    without = [
        (table, r.columns)
        for table, of_table in references.items()
        for r in of_table
        if TABLES[r.to].kind is not Kind.PLATFORM
        if ("business_id", "id" if r.to == BUSINESS else "business_id") not in zip(r.columns, r.to_columns, strict=True)
    ]
    assert without == []


def test_every_foreign_key_is_enforced_and_was_checked_on_the_rows_there_are(references: References) -> None:
    assert references
    assert [r for of_table in references.values() for r in of_table if not r.checked] == []
