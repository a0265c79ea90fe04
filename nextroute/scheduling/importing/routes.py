"""One master route for each zone and its weekday; places follow when a zone, or a property's zone, changes.

`import_run` holds each zone's master route, `import_move` the places that went. docs/rules/importing.md, "Routes".
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from nextroute.customers.importing import Counts, Report
from nextroute.customers.importing.statements import execute, table, value

MADE = """
INSERT INTO scheduling_masterroute (business_id, zone_id, weekday, max_stops, active)
SELECT z.business_id, z.id, z.weekday, old.max_stops, true
FROM scheduling_zone z
LEFT JOIN unnest(%(moved)s::uuid[], %(old_weekdays)s::smallint[]) AS m (zone_id, weekday) ON m.zone_id = z.id
LEFT JOIN scheduling_masterroute old ON old.zone_id = z.id AND old.weekday = m.weekday
WHERE z.business_id = %(business)s
ORDER BY z.id
ON CONFLICT (zone_id, weekday) DO NOTHING
"""
BACK = """
UPDATE scheduling_masterroute r SET active = true
FROM scheduling_zone z
WHERE z.business_id = %(business)s AND z.id = ANY (%(moved)s::uuid[])
    AND r.zone_id = z.id AND r.weekday = z.weekday AND NOT r.active
"""
LEFT = """
UPDATE scheduling_masterroute r SET active = false
FROM unnest(%(moved)s::uuid[], %(old_weekdays)s::smallint[]) AS m (zone_id, weekday)
WHERE r.business_id = %(business)s AND r.zone_id = m.zone_id AND r.weekday = m.weekday AND r.active
"""

# The master route of each zone's weekday, and the one of the weekday it had.
RUNS = """
SELECT z.id AS zone_id, z.weekday, r.id AS route_id, coalesce(old.id, r.id) AS old_route_id
FROM scheduling_zone z
JOIN scheduling_masterroute r ON r.zone_id = z.id AND r.weekday = z.weekday
LEFT JOIN unnest(%(moved)s::uuid[], %(old_weekdays)s::smallint[]) AS m (zone_id, weekday) ON m.zone_id = z.id
LEFT JOIN scheduling_masterroute old ON old.zone_id = z.id AND old.weekday = m.weekday
WHERE z.business_id = %(business)s
"""

# Places that leave their route: with their zone for its new weekday, or with their property for its new zone.
MOVES = """
SELECT s.id AS stop_id, s.property_id, s.status, t.route_id, t.weekday,
    row_number() OVER (PARTITION BY s.property_id, t.weekday ORDER BY s.status, s.id) AS rank
FROM scheduling_masterstop s
JOIN import_run f ON f.old_route_id = s.master_route_id
LEFT JOIN import_property p ON p.property_id = s.property_id AND p.old_zone_id = f.zone_id
JOIN import_run t ON t.zone_id = coalesce(p.zone_id, f.zone_id)
WHERE s.business_id = %(business)s AND t.route_id <> s.master_route_id
"""
# A property has one place a weekday: who has one where this would go does not need it.
NOT_NEEDED = """
DELETE FROM scheduling_masterstop s
USING import_move m
WHERE s.business_id = %(business)s AND s.id = m.stop_id AND (m.rank > 1 OR EXISTS (
    SELECT FROM scheduling_masterstop o LEFT JOIN import_move other ON other.stop_id = o.id
    WHERE o.property_id = m.property_id AND o.weekday = m.weekday AND other.stop_id IS NULL
        AND (o.master_route_id = m.route_id OR o.status = 'approved')))
"""
# Two statements, as zones may swap their weekdays: approved places are unique at every moment.
TAKEN_UP = """
UPDATE scheduling_masterstop s SET status = 'pending'
FROM import_move m WHERE s.business_id = %(business)s AND s.id = m.stop_id AND s.status = 'approved'
"""
PUT_DOWN = """
UPDATE scheduling_masterstop s SET master_route_id = m.route_id, weekday = m.weekday, status = m.status
FROM import_move m WHERE s.business_id = %(business)s AND s.id = m.stop_id
"""


def write(moved: Mapping[UUID, int], report: Report, within: Mapping[str, Any]) -> None:
    """Create, begin and end master routes; take places along.

    `moved`: the zones whose weekday changed, with the one they had (ISO). `within`: the `business`'s id.
    """
    within = {**within, "moved": list(moved), "old_weekdays": list(moved.values())}
    made, back = execute(MADE, within), execute(BACK, within)
    routes = report.counts["master routes"] = Counts(created=made, changed=back, ended=execute(LEFT, within))
    table("import_run", RUNS, within)
    routes.unchanged = value("SELECT count(*) FROM import_run", {}) - made - back
    table("import_move", MOVES, within)
    stops = report.counts["master stops"] = Counts(ended=execute(NOT_NEEDED, within))
    execute(TAKEN_UP, within)
    stops.changed = execute(PUT_DOWN, within)
