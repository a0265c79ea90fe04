"""Who waits for whom when the schedule changes. The order of all locks: docs/rules/locks.md."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from nextroute.core import scope
from nextroute.customers.customers import Customer
from nextroute.tenancy.businesses import Business


def schedule_exclusively(business: Business) -> None:
    """Nobody else changes this business's schedule until the transaction ends: nightly run, blackouts, imports."""
    _run("SELECT pg_advisory_xact_lock(hashtextextended('schedule:' || %s::text, 0))", [business.id])


def schedule_beside_others(business_id: UUID) -> None:
    """Beside other customers' and routes' verbs, never beside a run over the whole schedule."""
    _run("SELECT pg_advisory_xact_lock_shared(hashtextextended('schedule:' || %s::text, 0))", [business_id])


def schedule_of(customer: Customer) -> None:
    """One customer's verb: beside others', but never beside another one of the same customer."""
    schedule_beside_others(customer.business_id)
    person(customer)


def person(customer: Customer) -> None:
    """What a customer has beside their schedule: no two verbs about it at once."""
    with scope.business(customer.business_id):
        # NO KEY: a plain FOR UPDATE would wait for every insert of a row that refers to the customer, and deadlock.
        _run("SELECT FROM customers_customer WHERE id = %s FOR NO KEY UPDATE", [customer.id])


def routes_of(customers: Collection[UUID], today: date) -> None:
    """The master routes that serve these customers or have stops of theirs, then their open routes, by id: no part is
    made, moved or dispatched while a reconciliation of these customers counts the places left. In the business's scope.
    """
    of_customers: dict[str, Any] = {"customers": list(customers), "today": today}
    _run(f"SELECT FROM scheduling_masterroute WHERE id IN ({_SERVING}) ORDER BY id FOR NO KEY UPDATE", of_customers)
    _run(
        f"""SELECT FROM scheduling_route WHERE status IN ('draft', 'optimized') AND date >= %(today)s
                AND master_route_id IN ({_SERVING}) ORDER BY id FOR NO KEY UPDATE""",
        of_customers,
    )


# A property that rides elsewhere from now on still has stops on the routes it is about to leave.
_SERVING = """
SELECT master_route_id FROM scheduling_masterstop WHERE customer_id = ANY (%(customers)s)
UNION SELECT r.master_route_id FROM scheduling_stop s JOIN scheduling_route r ON r.id = s.route_id
WHERE s.customer_id = ANY (%(customers)s) AND s.service_date >= %(today)s"""


def route(business_id: UUID, master_route_id: UUID, route_id: UUID) -> None:
    """One route, to dispatch, move, cancel or work on. In the business's scope."""
    schedule_beside_others(business_id)
    _run("SELECT FROM scheduling_masterroute WHERE id = %s FOR NO KEY UPDATE", [master_route_id])
    _run("SELECT FROM scheduling_route WHERE id = %s FOR NO KEY UPDATE", [route_id])


def rides_of(property_id: UUID, day: date | None, *, leaving: UUID | None = None) -> None:
    """The master routes an extra of this property may ride on `day` (local; none: none), and that of the route it is
    `leaving`; then their open routes of that day, and that one, by id. After `schedule_of` its customer.
    """
    asked: dict[str, Any] = {"property": property_id, "day": day, "leaving": leaving}
    _run(f"SELECT FROM scheduling_masterroute WHERE id IN ({_REACHING}) ORDER BY id FOR NO KEY UPDATE", asked)
    _run(
        f"""SELECT FROM scheduling_route WHERE id = %(leaving)s OR (date = %(day)s AND status IN ('draft', 'optimized')
                AND master_route_id IN ({_REACHING})) ORDER BY id FOR NO KEY UPDATE""",
        asked,
    )


# Of its zone, and those it has a place on; whether they run, and have room, is read once they are locked.
_REACHING = """
SELECT m.id FROM scheduling_masterroute m JOIN customers_property p ON p.zone_id = m.zone_id
WHERE p.id = %(property)s AND m.weekday = extract(isodow FROM %(day)s::date)
UNION SELECT master_route_id FROM scheduling_masterstop
WHERE property_id = %(property)s AND weekday = extract(isodow FROM %(day)s::date)
UNION SELECT master_route_id FROM scheduling_route WHERE id = %(leaving)s"""


def feed(feed_id: UUID) -> bool:
    """News for the subscribers of one calendar feed; false when it has been revoked. In the business's scope."""
    with connection.cursor() as cursor:
        asked = "SELECT FROM scheduling_calendarfeed WHERE id = %s AND revoked_at IS NULL FOR NO KEY UPDATE"
        cursor.execute(asked, [feed_id])
        return bool(cursor.rowcount)


def _run(sql: str, parameters: list[Any] | dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
