"""Whoever owns the database can change the trail; verifying finds it."""

from typing import Any

import psycopg
import pytest

from nextroute.audit.sealing import seal
from nextroute.audit.verifying import hash_at, verify
from nextroute.tenancy.businesses import Business
from tests.database import unguarded

type Owner = psycopg.Connection[Any]

NTH = "(SELECT id FROM audit_seal WHERE sequence = {})"
SECOND, THIRD, FOURTH = NTH.format(2), NTH.format(3), NTH.format(4)

CHANGED, PLACED = "the entry or its place was changed", "the entry was put in past the record"
TAMPERING = {
    "a changed verb": ([f"UPDATE audit_entry SET verb = 'hold.placed' WHERE id = {THIRD}"], {CHANGED}),
    "another time": ([f"UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE id = {THIRD}"], {CHANGED}),
    "another actor": ([f"UPDATE audit_entry SET actor_kind = 'staff' WHERE id = {SECOND}"], {CHANGED}),
    "another address": ([f"UPDATE audit_entry SET ip = '203.0.113.1' WHERE id = {SECOND}"], {CHANGED}),
    "a deleted entry": (
        [f"DELETE FROM audit_detail WHERE id = {SECOND}", f"DELETE FROM audit_entry WHERE id = {SECOND}"],
        {"the entry was deleted"},
    ),
    "a deleted entry with its seal": (
        [
            f"DELETE FROM audit_detail WHERE id = {SECOND}",
            f"DELETE FROM audit_entry WHERE id = {SECOND}",
            "DELETE FROM audit_seal WHERE sequence = 2",
        ],
        {"a seal is missing before this one", CHANGED},
    ),
    "a deleted seal": (["DELETE FROM audit_seal WHERE sequence = 5"], {PLACED}),
    "an entry slipped in": (
        [
            """INSERT INTO audit_entry (business_id, actor_kind, verb, subject_type, changed, counts)
               SELECT business_id, 'system', 'day.closed', 'day', '{}', '{}' FROM audit_entry LIMIT 1""",
            "DELETE FROM audit_unsealed",
        ],
        {PLACED},
    ),
    "two entries in each other's place": (
        [
            f"CREATE TEMP TABLE second AS SELECT {SECOND} AS id",
            f"CREATE TEMP TABLE third AS SELECT {THIRD} AS id",
            "UPDATE audit_seal SET id = gen_random_uuid() WHERE sequence = 2",
            "UPDATE audit_seal SET id = (SELECT id FROM second) WHERE sequence = 3",
            "UPDATE audit_seal SET id = (SELECT id FROM third) WHERE sequence = 2",
            "DROP TABLE second, third",
        ],
        {CHANGED},
    ),
    "seals counted anew after a gap": (
        [
            "DELETE FROM audit_seal WHERE sequence = 3",
            "UPDATE audit_seal SET sequence = sequence - 1 WHERE sequence > 3",
        ],
        {CHANGED, PLACED},
    ),
    "a changed detail": (
        [f"""UPDATE audit_detail SET "values" = '{{"number": 9}}' WHERE id = {FOURTH}"""],
        {"the detail was changed"},
    ),
    "a detail slipped in": (
        [
            f"""INSERT INTO audit_detail (id, business_id, "values", salt)
                SELECT id, business_id, '{{}}', gen_random_uuid() FROM audit_entry WHERE id = {THIRD}"""
        ],
        {"the detail was changed"},
    ),
}


def test_an_untouched_trail_has_no_findings_and_says_how_much_waits(bright_committed: Business) -> None:
    assert (verify(bright_committed.id).sealed, verify(bright_committed.id).tail) == (0, 5)
    seal(bright_committed.id)
    verdict = verify(bright_committed.id)
    assert (verdict.sealed, verdict.tail, verdict.findings) == (5, 0, ())
    assert verdict.head == hash_at(bright_committed.id, 5)


@pytest.mark.parametrize("what", TAMPERING)
def test_tampering_is_found(bright_committed: Business, owner: Owner, what: str) -> None:
    seal(bright_committed.id)
    statements, findings = TAMPERING[what]
    with unguarded(owner):
        for statement in statements:
            owner.execute(statement)
    assert {finding.what for finding in verify(bright_committed.id).findings} == findings


def test_an_entry_deleted_before_it_was_sealed_is_missed(bright_committed: Business, owner: Owner) -> None:
    with unguarded(owner):
        owner.execute("DELETE FROM audit_detail")
        owner.execute("DELETE FROM audit_entry")
    assert {finding.what for finding in verify(bright_committed.id).findings} == {
        "the entry was deleted before it was sealed"
    }


def test_what_was_taken_off_the_end_shows_against_a_head_noted_before(bright_committed: Business, owner: Owner) -> None:
    """The chain alone cannot know; whoever wrote its head down does."""
    seal(bright_committed.id)
    noted = verify(bright_committed.id)
    with unguarded(owner):
        owner.execute("DELETE FROM audit_detail WHERE id = (SELECT id FROM audit_seal WHERE sequence = 5)")
        owner.execute("DELETE FROM audit_entry WHERE id = (SELECT id FROM audit_seal WHERE sequence = 5)")
        owner.execute("DELETE FROM audit_seal WHERE sequence = 5")
    assert verify(bright_committed.id).findings == ()
    assert hash_at(bright_committed.id, noted.sealed) != noted.head
    assert hash_at(bright_committed.id, 4) != ""


def test_a_detail_that_retention_deleted_is_no_finding(bright_committed: Business, owner: Owner) -> None:
    seal(bright_committed.id)
    owner.execute("DELETE FROM audit_detail")
    assert verify(bright_committed.id).findings == ()
