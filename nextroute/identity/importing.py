"""Ways in for imported customers: one Login per e-mail, with access to every customer that has it.

Reads `import_customer` (customers/importing). A customer whose e-mail changed is no longer the old one's to see.
"""

from collections.abc import Mapping
from typing import Any

from nextroute.customers.importing.reports import Counts, Report
from nextroute.customers.importing.statements import execute, value

CREATED = """
INSERT INTO identity_login (business_id, email, password)
SELECT %(business)s, i.email, ''
FROM import_customer i LEFT JOIN identity_login l ON l.business_id = %(business)s AND l.email = i.email
WHERE i.email <> '' AND l.id IS NULL GROUP BY i.email ORDER BY min(i.line)
ON CONFLICT (business_id, email) DO NOTHING
"""
ENDED = """
DELETE FROM identity_access a
USING import_customer i, identity_login l
WHERE a.business_id = %(business)s AND l.business_id = %(business)s
    AND a.customer_id = i.customer_id AND l.id = a.login_id AND l.email = i.old_email AND i.old_email <> i.email
"""
GIVEN = """
INSERT INTO identity_access (business_id, login_id, customer_id, role)
SELECT %(business)s, l.id, i.customer_id, 'owner'
FROM import_customer i
JOIN identity_login l ON l.business_id = %(business)s AND l.email = i.email
LEFT JOIN identity_access a ON a.business_id = %(business)s AND a.login_id = l.id AND a.customer_id = i.customer_id
WHERE a.id IS NULL
ORDER BY i.line
ON CONFLICT (login_id, customer_id) DO NOTHING
"""


def give_access(report: Report, within: Mapping[str, Any]) -> None:
    """Create what is missing, end what an e-mail that changed had given. `within`: the `business`'s id."""
    logins = Counts(created=execute(CREATED, within))
    known = value("SELECT count(DISTINCT email) FROM import_customer WHERE email <> ''", {})
    logins.unchanged = known - logins.created
    accesses = Counts(ended=execute(ENDED, within), created=execute(GIVEN, within))
    accesses.unchanged = value("SELECT count(*) FROM import_customer WHERE email <> ''", {}) - accesses.created
    report.counts |= {"logins": logins, "accesses": accesses}
