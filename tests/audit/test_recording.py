"""Every action leaves an entry, and nobody takes it away again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from psycopg import errors

from nextroute.audit.models import Detail, Entry, Unsealed
from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import SYSTEM, Actor, ActorKind
from nextroute.customers.models import Customer
from nextroute.tenancy.businesses import Business
from tests.cast import D
from tests.database import unguarded
from tests.doors import statements


@contextmanager
def refused() -> Iterator[None]:
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        yield
    assert isinstance(caught.value.__cause__, errors.InsufficientPrivilege)


def test_an_entry_says_who_did_what_to_which_thing_when_and_from_where(ada: Customer) -> None:
    actor = Actor(ActorKind.CUSTOMER, uuid4(), ip="203.0.113.9", user_agent="Firefox\0")
    record(
        Verb.HOLD_PLACED,
        actor=actor,
        business_id=ada.business_id,
        subject=ada,
        label="C1",
        customer_id=ada.id,
        changed=["start_date"],
        counts={"removed": 3},
        detail={"start_date": D("2026-07-03")},
    )
    entry = Entry.objects.select_related("detail").get(verb=Verb.HOLD_PLACED)
    assert (entry.actor_kind, entry.actor_id, entry.verb) == ("customer", actor.id, "hold.placed")
    assert (entry.subject_type, entry.subject_id, entry.subject_label) == ("customer", ada.id, "C1")
    assert (entry.changed, entry.counts, entry.ip, entry.user_agent) == (
        ["start_date"],
        {"removed": 3},
        "203.0.113.9",
        "Firefox",
    )
    assert entry.detail.values == {"start_date": "2026-07-03"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s BETWEEN now() AND clock_timestamp()", [entry.at])
        assert cursor.fetchone() == (True,)


def test_recording_costs_one_statement_with_a_detail_or_without(ada: Customer) -> None:
    before = Entry.objects.count(), Detail.objects.count(), Unsealed.objects.count()
    for detail in (None, {"was": "a"}):
        with statements() as sent:
            record(Verb.SIGNED_IN, actor=SYSTEM, business_id=ada.business_id, subject=ada, detail=detail)
        assert len(sent) == 1
    after = Entry.objects.count(), Detail.objects.count(), Unsealed.objects.count()
    assert [b - a for a, b in zip(before, after, strict=True)] == [2, 1, 2]


def test_a_detail_holds_plain_values_only(bright: Business) -> None:
    with pytest.raises(TypeError, match="cannot hold set"):
        record(Verb.SIGNED_IN, actor=SYSTEM, business_id=bright.id, subject="day", detail={"what": {1}})


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal", "audit_detail"])
def test_the_app_changes_nothing_of_the_trail(ada: Customer, table: str) -> None:
    record(Verb.SIGNED_IN, actor=SYSTEM, business_id=ada.business_id, subject=ada, detail={"was": "a"})
    for statement in (f"UPDATE {table} SET business_id = business_id", f"TRUNCATE {table}"):
        with refused(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal"])
def test_the_app_deletes_nothing_of_the_trail(bright: Business, table: str) -> None:
    with refused(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")


def test_retention_may_delete_what_is_personal(ada: Customer) -> None:
    record(Verb.SIGNED_IN, actor=SYSTEM, business_id=ada.business_id, subject=ada, detail={"was": "a"})
    Detail.objects.all().delete()
    assert Entry.objects.get(verb=Verb.SIGNED_IN).detail_digest is not None


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal", "audit_detail"])
def test_a_trigger_refuses_even_the_owner(
    owner: psycopg.Connection[Any], committed: None, table: str, bright_committed: Business
) -> None:
    for statement in (f"UPDATE {table} SET business_id = business_id", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(errors.InsufficientPrivilege, match="written once"):
            owner.execute(statement)
    with unguarded(owner):
        owner.execute(f"UPDATE {table} SET business_id = business_id")


@pytest.mark.parametrize("role", ["ada", "eve"])
def test_customers_read_their_own_trail_and_not_where_others_acted_from(
    ada: Customer, eve: Customer, role: str
) -> None:
    for customer in (ada, eve):
        record(Verb.SIGNED_IN, actor=SYSTEM, business_id=ada.business_id, subject=customer, customer_id=customer.id)
    record(Verb.DAY_CLOSED, actor=SYSTEM, business_id=ada.business_id, subject="day")
    asker = {"ada": ada, "eve": eve}[role]
    with scope.customer(ada.business_id, asker.id):
        assert list(Entry.objects.values_list("customer_id", flat=True)) == [asker.id]
        with refused():
            list(Entry.objects.values_list("ip"))
