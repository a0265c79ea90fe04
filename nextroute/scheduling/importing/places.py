"""The imported properties' places (master stops) on the master routes of their zones, in driving order.

A served property without an approved place gets one; canceled customers' places lose their approval. Where the office
put a property otherwise, it stays. `import_place` holds the properties that want one.
The rule: docs/rules/importing.md, "Routes".
"""

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection

from nextroute.customers.importing import Report
from nextroute.customers.importing.statements import execute, table, value
from nextroute.scheduling import tours

UNAPPROVED = """
UPDATE scheduling_masterstop s SET status = 'pending'
FROM import_customer c
WHERE s.business_id = %(business)s AND s.customer_id = c.customer_id AND NOT c.served AND s.status = 'approved'
"""
WANTING = """
SELECT p.line, p.property_id, p.customer_id, r.route_id, r.weekday
FROM import_property p
JOIN import_run r USING (zone_id)
LEFT JOIN scheduling_masterstop s
    ON s.business_id = %(business)s AND s.property_id = p.property_id AND s.status = 'approved'
WHERE p.served AND s.id IS NULL
"""
# Places that wait for approval already: one a weekday, the one on the zone's own route first.
WAITING = """
SELECT DISTINCT ON (s.property_id, s.weekday) s.id AS stop_id, s.master_route_id AS route_id
FROM scheduling_masterstop s JOIN import_place p USING (property_id)
WHERE s.business_id = %(business)s
ORDER BY s.property_id, s.weekday, s.master_route_id = p.route_id DESC, s.id
"""
APPROVED = """
UPDATE scheduling_masterstop s SET status = 'approved'
FROM import_approval a WHERE s.business_id = %(business)s AND s.id = a.stop_id
"""
NEW = """
SELECT p.* FROM import_place p
LEFT JOIN scheduling_masterstop s ON s.business_id = %(business)s AND s.property_id = p.property_id
WHERE s.id IS NULL
"""

# Master routes with other places than before, or with places elsewhere, and all who are on them.
TOURED = """
SELECT t.route_id, p.id AS property_id, p.normalised, p.lat, p.lng
FROM (
    SELECT route_id FROM import_new UNION SELECT route_id FROM import_approval UNION SELECT route_id FROM import_move
    UNION SELECT s.master_route_id FROM scheduling_masterstop s JOIN import_property p USING (property_id)
    WHERE s.business_id = %(business)s AND p.relocated AND s.status = 'approved'
) AS t
JOIN (
    SELECT master_route_id AS route_id, property_id FROM scheduling_masterstop
    WHERE business_id = %(business)s AND status = 'approved'
    UNION ALL SELECT route_id, property_id FROM import_new
) AS place USING (route_id)
JOIN customers_property p ON p.business_id = %(business)s AND p.id = place.property_id
"""
CREATED = """
INSERT INTO scheduling_masterstop (business_id, master_route_id, property_id, customer_id, weekday, status, sequence)
SELECT %(business)s, route_id, property_id, customer_id, weekday, 'approved', sequence
FROM import_new JOIN import_sequence USING (route_id, property_id) ORDER BY line
"""
IN_ORDER = """
UPDATE scheduling_masterstop s SET sequence = o.sequence
FROM import_sequence o
WHERE s.business_id = %(business)s AND s.master_route_id = o.route_id AND s.property_id = o.property_id
    AND s.sequence <> o.sequence
"""
SERVED = """
SELECT count(*)
FROM scheduling_masterstop s JOIN import_property p USING (property_id)
WHERE s.business_id = %(business)s AND s.status = 'approved'
"""

_AT_ONCE = 10_000  # places; a route is never cut


def write(report: Report, within: Mapping[str, Any]) -> None:
    """Approve, create and number places, after `routes.write`. `within`: the `business`'s id."""
    counts = report.counts["master stops"]
    counts.ended += execute(UNAPPROVED, within)
    table("import_place", WANTING, within)
    table("import_approval", WAITING, within)
    counts.changed += execute(APPROVED, within)
    table("import_new", NEW, within)
    _find_order(within)
    execute(IN_ORDER, within)
    counts.created = execute(CREATED, within)
    counts.unchanged = max(0, value(SERVED, within) - counts.created - counts.changed)


def _find_order(within: Mapping[str, Any]) -> None:
    """Make `import_sequence`: the places of the routes that changed, numbered from 1 along a tour."""
    table("import_tour", TOURED, within)
    table("import_sequence", "SELECT route_id, property_id, 0 AS sequence FROM import_tour WHERE false", {})
    numbered: list[tuple[UUID, UUID, int]] = []
    for route, found in groupby(_places(), itemgetter(0)):
        places = list(found)
        tour = tours.order([None if lat is None else (lat, lng) for _, _, lat, lng in places])
        numbered += [(route, places[index][1], sequence) for sequence, index in enumerate(tour, 1)]
        if len(numbered) >= _AT_ONCE:
            _keep(numbered)
            numbered.clear()
    _keep(numbered)


def _places() -> Iterator[tuple[UUID, UUID, float, float]]:
    """Route by route; places without coordinates are driven to by their address."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT route_id, property_id, lat, lng FROM import_tour ORDER BY route_id, normalised, property_id"
        )
        yield from cursor


def _keep(numbered: list[tuple[UUID, UUID, int]]) -> None:
    with connection.cursor() as cursor, cursor.copy("COPY import_sequence FROM STDIN") as copy:
        for row in numbered:
            copy.write_row(row)
