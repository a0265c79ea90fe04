"""The customers among the imported rows: one per customer_ref, as its first row says; and their import pauses.

`import_customer` holds them with their keys, what they become, and whether they are served (`served`: not canceled).
A status takes effect on `today`, the local day of the import: docs/rules/importing.md.
"""

from collections.abc import Mapping
from typing import Any

from nextroute.customers.importing.findings import LISTED, Notice
from nextroute.customers.importing.reports import Counts, Report
from nextroute.customers.importing.rows import FILE
from nextroute.customers.importing.statements import execute, rows, table, value

FOUND = """
SELECT *, canceled_on IS NULL OR canceled_on > %(today)s AS served
FROM (
    SELECT f.*, coalesce(c.id, uuidv7()) AS customer_id, c.id IS NULL AS is_new, c.email AS old_email,
        CASE WHEN f.status IN ('active', 'paused') THEN coalesce(c.activated_on, %(today)s::date)
            ELSE c.activated_on END AS activated_on,
        CASE WHEN f.status = 'canceled' THEN least(c.canceled_on, %(today)s::date)
            WHEN c.canceled_on <= %(today)s AND NOT (f.status = 'pending' AND c.activated_on IS NOT NULL) THEN NULL
            ELSE c.canceled_on END AS canceled_on,
        f.status = 'pending' AND c.activated_on IS NOT NULL AS stays
    FROM (
        SELECT DISTINCT ON (customer_ref)
            line, customer_ref, first_name, last_name, company, email, phone, language, status
        FROM import_row ORDER BY customer_ref, line
    ) AS f
    LEFT JOIN customers_customer c ON c.business_id = %(business)s AND c.ref = f.customer_ref
    ORDER BY f.line
) AS found
"""

CREATED = """
INSERT INTO customers_customer (id, business_id, ref, first_name, last_name, company, email, phone, language,
    activated_on, canceled_on)
SELECT customer_id, %(business)s, customer_ref, first_name, last_name, company, email, phone, language,
    activated_on, canceled_on
FROM import_customer WHERE is_new ORDER BY line
"""
CHANGED = """
UPDATE customers_customer c
SET first_name = i.first_name, last_name = i.last_name, company = i.company, email = i.email, phone = i.phone,
    language = i.language, activated_on = i.activated_on, canceled_on = i.canceled_on
FROM import_customer i
WHERE c.business_id = %(business)s AND c.id = i.customer_id AND NOT i.is_new
    AND (c.first_name, c.last_name, c.company, c.email, c.phone, c.language, c.activated_on, c.canceled_on)
    IS DISTINCT FROM
    (i.first_name, i.last_name, i.company, i.email, i.phone, i.language, i.activated_on, i.canceled_on)
"""

# A row that says active ends only what an import began.
PAUSES_ENDED = """
UPDATE customers_pause p SET last_day = %(today)s::date - 1
FROM import_customer i
WHERE p.business_id = %(business)s AND p.customer_id = i.customer_id AND i.status = 'active' AND p.cause = 'import'
    AND (p.last_day IS NULL OR p.last_day >= %(today)s) AND p.first_day < %(today)s
"""
PAUSES_UNBEGUN = """
DELETE FROM customers_pause p
USING import_customer i
WHERE p.business_id = %(business)s AND p.customer_id = i.customer_id AND i.status = 'active' AND p.cause = 'import'
    AND p.first_day >= %(today)s
"""
# Pauses of one customer never overlap: this one ends where a later one begins.
PAUSES_BEGUN = """
WITH standing AS MATERIALIZED (
    SELECT customer_id,
        bool_or(first_day <= %(today)s AND (last_day IS NULL OR last_day >= %(today)s)) AS paused,
        min(first_day) FILTER (WHERE first_day > %(today)s) - 1 AS until
    FROM customers_pause WHERE business_id = %(business)s GROUP BY customer_id
)
INSERT INTO customers_pause (business_id, customer_id, first_day, last_day, cause)
SELECT %(business)s, i.customer_id, %(today)s, s.until, 'import'
FROM import_customer i LEFT JOIN standing s USING (customer_id)
WHERE i.status = 'paused' AND s.paused IS NOT TRUE
"""

DIFFERENT = """
SELECT count(*) OVER (), r.line, v.name, v.here, f.line, v.there
FROM import_row r
JOIN import_customer f ON f.customer_ref = r.customer_ref AND f.line < r.line
CROSS JOIN LATERAL (VALUES
    ('first_name', r.first_name, f.first_name), ('last_name', r.last_name, f.last_name),
    ('company', r.company, f.company), ('email', r.email, f.email), ('phone', r.phone, f.phone),
    ('language', r.language, f.language), ('status', r.status, f.status)
) AS v (name, here, there)
WHERE v.here IS DISTINCT FROM v.there
ORDER BY r.line LIMIT %(listed)s
"""
STAYING = """
SELECT count(*) OVER (), line, status FROM import_customer WHERE stays ORDER BY line LIMIT %(listed)s
"""


def find(within: Mapping[str, Any]) -> None:
    """Make `import_customer`. `within`: the `business`'s id and `today`."""
    table("import_customer", FOUND, within)


def write(report: Report, within: Mapping[str, Any]) -> None:
    """Create and change the customers, begin and end their import pauses."""
    counts = Counts(created=execute(CREATED, within), changed=execute(CHANGED, within))
    counts.unchanged = value("SELECT count(*) FROM import_customer", {}) - counts.created - counts.changed
    report.counts["customers"] = counts
    ended = execute(PAUSES_ENDED, within) + execute(PAUSES_UNBEGUN, within)
    report.counts["pauses"] = Counts(created=execute(PAUSES_BEGUN, within), ended=ended)
    _warn(report)


def _warn(report: Report) -> None:
    found = rows(DIFFERENT, {"listed": LISTED})
    report.warnings.extend(
        (
            Notice(FILE, line, column, here, f"differs from line {first} (“{there}”), which counts")
            for _, line, column, here, first, there in found
        ),
        found[0][0] if found else 0,
    )
    found = rows(STAYING, {"listed": LISTED})
    report.warnings.extend(
        (
            Notice(FILE, line, "status", status, "who was active before does not wait again; nothing changed")
            for _, line, status in found
        ),
        found[0][0] if found else 0,
    )
