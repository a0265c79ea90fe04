"""What the business has and the imported rows have not: reported, and left as it is."""

from collections.abc import Mapping
from typing import Any

from nextroute.customers.importing import Report
from nextroute.customers.importing.findings import LISTED
from nextroute.customers.importing.statements import rows

CUSTOMERS = """
SELECT count(*) OVER (), 'customer ' || c.ref
FROM customers_customer c LEFT JOIN import_customer i ON i.customer_id = c.id
WHERE c.business_id = %(business)s AND i.line IS NULL ORDER BY c.ref LIMIT %(listed)s
"""
# Of customers in the file; where a row changed the plan, nothing is left over.
SUBSCRIPTIONS = """
SELECT count(*) OVER (), concat_ws(', ', 'subscription ' || i.customer_ref, p.address1, nullif(p.address2, ''), l.code)
FROM scheduling_subscription s
JOIN import_customer i USING (customer_id)
JOIN customers_property p ON p.business_id = s.business_id AND p.id = s.property_id
JOIN scheduling_plan l ON l.business_id = s.business_id AND l.id = s.plan_id
LEFT JOIN import_property ip ON ip.property_id = s.property_id
LEFT JOIN import_row r ON r.customer_ref = ip.customer_ref AND r.normalised = ip.normalised AND r.plan_id = s.plan_id
WHERE s.business_id = %(business)s AND r.line IS NULL
    AND (s.ends_on IS NULL OR s.ends_on >= greatest(s.starts_on, %(today)s::date + 1))
ORDER BY i.customer_ref, p.normalised, l.code LIMIT %(listed)s
"""


def report_on(report: Report, within: Mapping[str, Any]) -> None:
    """`within`: the `business`'s id and `today` (local)."""
    for statement in (CUSTOMERS, SUBSCRIPTIONS):
        found = rows(statement, {**within, "listed": LISTED})
        report.absent.extend((name for _, name in found), found[0][0] if found else 0)
