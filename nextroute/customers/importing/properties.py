"""The properties among the imported rows: one per customer and normalised address, as its first row says.

`import_property` holds them with their keys, their zone before (`old_zone_id`) and whether their coordinates changed
(`relocated`). The zone of a row, `zone_id`, is the caller's finding.
"""

from collections.abc import Mapping
from typing import Any

from nextroute.customers.importing.findings import LISTED, Notice
from nextroute.customers.importing.reports import Counts, Report
from nextroute.customers.importing.rows import FILE
from nextroute.customers.importing.statements import execute, rows, table, value

FOUND = """
SELECT f.*, coalesce(p.id, uuidv7()) AS property_id, p.id IS NULL AS is_new, p.zone_id AS old_zone_id,
    p.id IS NOT NULL AND (p.lat, p.lng) IS DISTINCT FROM (f.lat, f.lng) AS relocated
FROM (
    SELECT DISTINCT ON (c.customer_id, r.normalised)
        r.line, c.customer_id, c.customer_ref, c.served, r.normalised, r.address1, r.address2, r.city, r.state,
        r.postal_code, r.lat, r.lng, r.zone_id, r.bins, r.gate_code, r.notes
    FROM import_row r JOIN import_customer c USING (customer_ref)
    ORDER BY c.customer_id, r.normalised, r.line
) AS f
LEFT JOIN customers_property p
    ON p.business_id = %(business)s AND p.customer_id = f.customer_id AND p.normalised = f.normalised
ORDER BY f.line
"""

CREATED = """
INSERT INTO customers_property (id, business_id, customer_id, normalised, address1, address2, city, state, postal_code,
    lat, lng, zone_id, bin_count, bin_size, bin_location, gate_code, notes)
SELECT property_id, %(business)s, customer_id, normalised, address1, address2, city, state, postal_code,
    lat, lng, zone_id, bins, '', '', gate_code, notes
FROM import_property WHERE is_new ORDER BY line
"""
CHANGED = """
UPDATE customers_property p
SET address1 = i.address1, address2 = i.address2, city = i.city, state = i.state, postal_code = i.postal_code,
    lat = i.lat, lng = i.lng, zone_id = i.zone_id, bin_count = i.bins, gate_code = i.gate_code, notes = i.notes
FROM import_property i
WHERE p.business_id = %(business)s AND p.id = i.property_id AND NOT i.is_new
    AND (p.address1, p.address2, p.city, p.state, p.postal_code, p.lat, p.lng, p.zone_id, p.bin_count, p.gate_code,
        p.notes)
    IS DISTINCT FROM
    (i.address1, i.address2, i.city, i.state, i.postal_code, i.lat, i.lng, i.zone_id, i.bins, i.gate_code, i.notes)
"""

DIFFERENT = """
SELECT count(*) OVER (), r.line, v.name, v.here, f.line, v.there
FROM import_row r
JOIN import_property f ON f.customer_ref = r.customer_ref AND f.normalised = r.normalised AND f.line < r.line
CROSS JOIN LATERAL (VALUES
    ('city', r.city, f.city), ('state', r.state, f.state), ('lat', r.lat::text, f.lat::text),
    ('lng', r.lng::text, f.lng::text), ('bins', r.bins::text, f.bins::text),
    ('gate_code', r.gate_code, f.gate_code), ('notes', r.notes, f.notes)
) AS v (name, here, there)
WHERE v.here IS DISTINCT FROM v.there
ORDER BY r.line LIMIT %(listed)s
"""


def find(within: Mapping[str, Any]) -> None:
    """Make `import_property`, after `import_customer`. `within`: the `business`'s id."""
    table("import_property", FOUND, within)


def write(report: Report, within: Mapping[str, Any]) -> None:
    """Create and change the properties."""
    counts = Counts(created=execute(CREATED, within), changed=execute(CHANGED, within))
    counts.unchanged = value("SELECT count(*) FROM import_property", {}) - counts.created - counts.changed
    report.counts["properties"] = counts
    found = rows(DIFFERENT, {"listed": LISTED})
    report.warnings.extend(
        (
            Notice(FILE, line, column, here, f"differs from line {first} (“{there}”), which counts")
            for _, line, column, here, first, there in found
        ),
        found[0][0] if found else 0,
    )
