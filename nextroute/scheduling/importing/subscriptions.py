"""The subscriptions among the imported rows, matched per property with those that run beyond today.

A row is the subscription with its plan; rows and subscriptions left over pair, in order, as plan changes; what is left
of the rows then is new. docs/rules/importing.md, "Subscriptions".
"""

from collections.abc import Mapping
from typing import Any

from nextroute.customers.importing import Counts, Fault, Findings, Notice, Report
from nextroute.customers.importing.findings import LISTED
from nextroute.customers.importing.rows import FILE
from nextroute.customers.importing.statements import execute, rows, table, value
from nextroute.scheduling.importing import plans
from nextroute.scheduling.importing.plans import Offer

FOUND = """
WITH wanted AS MATERIALIZED (
    SELECT r.line, p.property_id, p.customer_id, r.plan_id, r.week_parity, r.month_week, r.starts_on
    FROM import_row r JOIN import_property p USING (customer_ref, normalised)
),
known AS MATERIALIZED (
    SELECT s.id, s.property_id, s.plan_id, s.starts_on, s.ends_on,
        s.ends_on IS NULL OR s.ends_on >= greatest(s.starts_on, %(today)s::date + 1) AS running
    FROM scheduling_subscription s JOIN import_property p USING (property_id)
    WHERE s.business_id = %(business)s
),
same AS MATERIALIZED (
    SELECT DISTINCT ON (property_id, plan_id) property_id, plan_id, id AS same_id, ends_on
    FROM known WHERE running ORDER BY property_id, plan_id, starts_on DESC, id DESC
),
matched AS MATERIALIZED (SELECT * FROM wanted LEFT JOIN same USING (property_id, plan_id)),
left_rows AS MATERIALIZED (
    SELECT line, property_id, row_number() OVER (PARTITION BY property_id ORDER BY line) AS place
    FROM matched WHERE same_id IS NULL
),
left_over AS MATERIALIZED (
    SELECT k.id AS replaced_id, k.property_id,
        row_number() OVER (PARTITION BY k.property_id ORDER BY k.starts_on, k.id) AS place
    FROM known k LEFT JOIN wanted w USING (property_id, plan_id)
    WHERE k.running AND w.line IS NULL
),
ended AS MATERIALIZED (SELECT DISTINCT property_id, plan_id, true AS again FROM known WHERE NOT running)
SELECT m.*, l.replaced_id, l.replaced_id IS NULL AND m.same_id IS NULL AND coalesce(e.again, false) AS again,
    CASE WHEN l.replaced_id IS NOT NULL OR e.again THEN greatest(m.starts_on, %(today)s::date + 1)
        ELSE m.starts_on END AS begins_on
FROM matched m
LEFT JOIN left_rows r USING (line, property_id)
LEFT JOIN left_over l USING (property_id, place)
LEFT JOIN ended e USING (property_id, plan_id)
"""

# One that has not begun ends before it begins: no day is left of it.
REPLACED = """
UPDATE scheduling_subscription s SET ends_on = greatest(s.starts_on - 1, %(today)s::date)
FROM import_subscription i
WHERE s.business_id = %(business)s AND s.id = i.replaced_id
"""
CREATED = """
INSERT INTO scheduling_subscription (business_id, customer_id, property_id, plan_id, starts_on, week_parity, month_week)
SELECT %(business)s, customer_id, property_id, plan_id, begins_on, week_parity, month_week
FROM import_subscription WHERE same_id IS NULL ORDER BY line
"""
# A start that has passed is history; so is one that a plan change put after the row's own.
CHANGED = """
UPDATE scheduling_subscription s
SET week_parity = i.week_parity, month_week = i.month_week,
    starts_on = CASE WHEN s.starts_on > %(today)s AND i.starts_on > %(today)s
        AND (s.ends_on IS NULL OR i.starts_on <= s.ends_on) THEN i.starts_on ELSE s.starts_on END
FROM import_subscription i
WHERE s.business_id = %(business)s AND s.id = i.same_id
    AND ((s.week_parity, s.month_week) IS DISTINCT FROM (i.week_parity, i.month_week)
        OR (s.starts_on > %(today)s AND i.starts_on > %(today)s AND s.starts_on <> i.starts_on
            AND (s.ends_on IS NULL OR i.starts_on <= s.ends_on)))
"""

ENDING = """
SELECT count(*) OVER (), line, ends_on FROM import_subscription WHERE ends_on IS NOT NULL ORDER BY line LIMIT %(listed)s
"""
AGAIN = """
SELECT count(*) OVER (), line, begins_on FROM import_subscription WHERE again ORDER BY line LIMIT %(listed)s
"""

# Running subscriptions that no row set right, on a plan that became one they cannot be on.
STRANDED = """
SELECT p.code, p.plan_type, p.frequency, count(*)
FROM scheduling_subscription s JOIN scheduling_plan p ON p.business_id = s.business_id AND p.id = s.plan_id
WHERE s.business_id = %(business)s AND p.code = ANY (%(plans)s)
    AND (s.ends_on IS NULL OR s.ends_on >= greatest(s.starts_on, %(today)s::date + 1))
    AND (p.plan_type <> 'recurring' OR (p.frequency = 'biweekly' AND s.week_parity IS NULL))
GROUP BY 1, 2, 3 ORDER BY 1
"""


def write(report: Report, within: Mapping[str, Any]) -> None:
    """Create, change and end subscriptions. `within`: the `business`'s id and `today` (local)."""
    table("import_subscription", FOUND, within)
    counts = report.counts["subscriptions"] = Counts()
    counts.ended = execute(REPLACED, within)
    counts.changed = execute(CHANGED, within)
    counts.created = execute(CREATED, within)
    total = value("SELECT count(*) FROM import_subscription", {})
    counts.unchanged = total - counts.created - counts.changed
    _warn(report, ENDING, "its subscription ends on {}, and the import leaves it so")
    _warn(report, AGAIN, "its subscription had ended; a new one begins on {}")


def check_plans(offers: Mapping[str, Offer], faults: Findings[Fault], within: Mapping[str, Any]) -> None:
    """A plan may not become one that its running subscriptions cannot be on."""
    altered = {code: offer.altered_at for code, offer in offers.items() if offer.altered_at}
    if not altered:
        return
    for code, plan_type, frequency, count in rows(STRANDED, {**within, "plans": list(altered)}):
        column, cell = ("plan_type", plan_type) if plan_type != "recurring" else ("frequency", frequency)
        expected = f"what it was: {FILE} has no row for {count:,} of the subscriptions on this plan"
        faults.add(Fault(plans.FILE, altered[code], column, cell, expected))


def _warn(report: Report, statement: str, said: str) -> None:
    found = rows(statement, {"listed": LISTED})
    report.warnings.extend(
        (Notice(FILE, line, "plan", None, said.format(day)) for _, line, day in found),
        found[0][0] if found else 0,
    )
