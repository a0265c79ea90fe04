"""Who waits for whom when money changes. The order of all locks: docs/rules/locks.md."""

from uuid import UUID

from django.db import connection

from nextroute.customers.customers import Customer
from nextroute.scheduling import locks as of_schedule
from nextroute.tenancy.businesses import Business

_EXCLUSIVE = "SELECT pg_advisory_xact_lock(hashtextextended(%s || ':' || %s::text, 0))"
_SHARED = "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s || ':' || %s::text, 0))"


def drafts_alone(business: Business) -> None:
    """A run writes drafts: no other run, and nobody sends one, until the transaction ends. Payments go on."""
    _run(_EXCLUSIVE, "drafts", business.id)


def drafts_beside_others(business_id: UUID) -> None:
    """Drafts are sent: beside others who send, never beside a run."""
    _run(_SHARED, "drafts", business_id)


def books_alone(business: Business) -> None:
    """Many invoices are sent, and money is spent on them: no customer's money changes meanwhile."""
    _run(_EXCLUSIVE, "books", business.id)


def books_of(customer: Customer) -> None:
    """One customer's money: beside other customers', never beside another change of it."""
    _run(_SHARED, "books", customer.business_id)
    of_schedule.person(customer)


def _run(sql: str, what: str, business_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, [what, business_id])
