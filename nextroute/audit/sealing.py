"""Sealing: entries join their business's hash chain a moment after they were written.

Writers never touch the chain, so they never queue on it: an entry waits in `audit_unsealed` until this job takes it.
"""

from uuid import UUID

from django.db import connection, transaction

from nextroute.core import scope

AT_ONCE = 2_000  # entries a transaction


def waiting() -> list[UUID]:
    """The businesses with something to seal: for the job that fans out over them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT business_id FROM audit_unsealed_businesses() AS business_id")
        return [business_id for (business_id,) in cursor.fetchall()]


def seal(business_id: UUID) -> int:
    """Seal what the business has waiting, in the order of its keys; returns how many. One sealer at a time."""
    sealed = 0
    while (done := _some(business_id)) == AT_ONCE:
        sealed += done
    return sealed + done


def _some(business_id: UUID) -> int:
    with transaction.atomic(), scope.business(business_id), connection.cursor() as cursor:
        cursor.execute("SELECT audit_append_seals(%s, %s)", [business_id, AT_ONCE])
        row = cursor.fetchone()
    assert row is not None
    count: int = row[0]
    return count
