"""Verifying: whether the trail is still what was written."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction

from nextroute.core import scope

MOST = 100  # findings worth printing


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and where: a seal's number (none: it has none) and the entry's key."""

    what: str
    sequence: int | None
    entry_id: UUID | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`sealed` entries follow from each other up to the one whose `head` (hex) this is, but for the findings.

    `tail` entries wait for their seal. Whoever notes `sealed` and `head` elsewhere can show later that nothing was
    taken off the end.
    """

    sealed: int
    tail: int
    head: str
    findings: tuple[Finding, ...]


def verify(business_id: UUID) -> Verdict:
    """Check every seal, entry and detail of the business. One pass over its trail, in the database."""
    asked: dict[str, UUID | int] = {"business": business_id, "most": MOST}
    with transaction.atomic(), scope.business(business_id), connection.cursor() as cursor:
        cursor.execute(_sql(), asked)
        findings = tuple(Finding(*row) for row in cursor.fetchall())
        cursor.execute(_SUMMARY, asked)
        sealed, tail, head = cursor.fetchone() or (0, 0, "")
    return Verdict(sealed, tail, head, findings)


def hash_at(business_id: UUID, sequence: int) -> str:
    """The hash (hex) of the business's seal of that number; "" when there is none."""
    with transaction.atomic(), scope.business(business_id), connection.cursor() as cursor:
        cursor.execute(_AT, {"business": business_id, "sequence": sequence})
        row = cursor.fetchone()
    return str(row[0]) if row else ""


_SUMMARY = """
SELECT (SELECT count(*) FROM audit_seal WHERE business_id = %(business)s),
    (SELECT count(*) FROM audit_unsealed WHERE business_id = %(business)s),
    coalesce((SELECT encode(hash, 'hex') FROM audit_seal WHERE business_id = %(business)s
              ORDER BY sequence DESC LIMIT 1), '')
"""
_AT = "SELECT encode(hash, 'hex') FROM audit_seal WHERE business_id = %(business)s AND sequence = %(sequence)s"


@cache
def _sql() -> str:
    return (Path(__file__).parent / "sql" / "verify.sql").read_text()
