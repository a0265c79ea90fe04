"""Which rows of which table who may see: the one list of table classes, and the SQL that makes it true.

Classes (docs/decisions/0003-isolation.md): `own` rows belong to a customer, `shared_read` rows may be read by every
customer of the business, `office` rows by none, `platform` rows belong to no business, `keyed` rows belong to whoever
presents one of their keys. Policies are per role, because one policy with an OR over both roles turns set-based
statements into nested loops.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.migrations.operations import RunSQL


class Kind(StrEnum):
    OWN = "own"
    SHARED_READ = "shared_read"
    OFFICE = "office"
    KEYED = "keyed"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class TableClass:
    """How one table is isolated.

    `business` / `customer`: the columns compared with the scope. `columns`: what a customer may read, when not all.
    `presented`: the column a not yet known asker may present a value of. `keys`: the columns of a keyed row that one
    may present, each by itself, to read and change it; `outlived`: when it may be deleted, whoever asks. `because`: why
    a table has no business. `may`: what the app may do here.
    """

    kind: Kind
    business: str = "business_id"
    customer: str = "customer_id"
    columns: tuple[str, ...] = ()
    presented: str = ""
    keys: tuple[str, ...] = ()
    outlived: str = ""
    because: str = ""
    may: tuple[str, ...] = ("SELECT", "INSERT", "UPDATE", "DELETE")


OWN = TableClass(Kind.OWN)
SHARED = TableClass(Kind.SHARED_READ)
OFFICE = TableClass(Kind.OFFICE)
WRITTEN_ONCE = ("SELECT", "INSERT")
KEPT_A_WHILE = (*WRITTEN_ONCE, "DELETE")
NEVER_DELETED = (*WRITTEN_ONCE, "UPDATE")

TABLES: dict[str, TableClass] = {
    "django_migrations": TableClass(Kind.PLATFORM, because="which migrations ran; /healthz reads it", may=("SELECT",)),
    "django_content_type": TableClass(
        Kind.PLATFORM, because="names of our models; django.contrib.auth wants it", may=()
    ),
    "auth_permission": TableClass(
        Kind.PLATFORM, because="django.contrib.auth's, written when migrating; nobody is asked it", may=()
    ),
    "auth_group": TableClass(Kind.PLATFORM, because="django.contrib.auth's, and empty: roles are memberships", may=()),
    "auth_group_permissions": TableClass(Kind.PLATFORM, because="django.contrib.auth's, and empty", may=()),
    "identity_throttle": TableClass(Kind.PLATFORM, because="counts askers before anybody knows who they are"),
    "audit_entry": TableClass(
        Kind.OWN,
        columns=("business_id", "id", "at", "actor_kind", "verb", "subject_type", "subject_label", "customer_id"),
        may=WRITTEN_ONCE,
    ),
    "audit_detail": TableClass(Kind.OWN, columns=("business_id", "id", "customer_id", "values"), may=KEPT_A_WHILE),
    "audit_seal": TableClass(Kind.OFFICE, may=WRITTEN_ONCE),
    "audit_unsealed": TableClass(Kind.OFFICE, may=KEPT_A_WHILE),
    "tenancy_business": TableClass(Kind.SHARED_READ, business="id", presented="slug"),
    "tenancy_branding": SHARED,
    "staff_user": TableClass(
        Kind.PLATFORM,
        because="a person may work for several businesses, and is known by e-mail before any is in scope",
        may=("SELECT", "INSERT", "UPDATE"),
    ),
    "staff_membership": TableClass(Kind.OFFICE, presented="user_id::text"),
    "staff_session": TableClass(
        Kind.PLATFORM, because="a browser is known by its cookie before any business is in scope; keys are hashes"
    ),
    "notifications_delivery": TableClass(Kind.OFFICE, presented="provider_id"),
    "notifications_preference": OWN,
    "notifications_consent": OFFICE,
    "notifications_bounce": OFFICE,
    "notifications_smsnumber": TableClass(Kind.OFFICE, presented="number"),
    "notifications_wording": OFFICE,
    "customers_customer": TableClass(Kind.OWN, customer="id"),
    "customers_property": OWN,
    "customers_pause": OWN,
    "identity_login": OFFICE,
    "identity_access": OFFICE,
    "identity_portalsession": TableClass(Kind.OFFICE, presented="token_hash"),
    "identity_ask": TableClass(
        Kind.KEYED,
        keys=("id::text", "browser_hash", "token_hash", "person_hash"),
        outlived="asked_at < now() - interval '1 day'",
        because="whose it is, and at which business, is known only once a mailbox is proven",
    ),
    "scheduling_zone": SHARED,
    "scheduling_plan": SHARED,
    "scheduling_subscription": OWN,
    "scheduling_masterroute": TableClass(
        Kind.SHARED_READ, columns=("business_id", "id", "zone_id", "weekday", "active")
    ),
    "scheduling_masterstop": OWN,
    "scheduling_route": TableClass(
        Kind.SHARED_READ, columns=("business_id", "id", "master_route_id", "date", "part", "status")
    ),
    "scheduling_stop": OWN,
    "scheduling_photo": OWN,
    "scheduling_blackoutdate": SHARED,
    "scheduling_hold": OWN,
    "scheduling_skip": OWN,
    "scheduling_extra": OWN,
    "scheduling_calendarfeed": TableClass(Kind.OFFICE, presented="token_hash"),
    "scheduling_calendarevent": OWN,
    # What a draft is made of may go; what was sent, and all money, stays (triggers: billing/migrations/0003).
    "billing_invoice": OWN,
    "billing_invoiceline": OWN,
    "billing_billedstop": OWN,
    "billing_creditnote": TableClass(Kind.OWN, may=WRITTEN_ONCE),
    "billing_payment": TableClass(Kind.OWN, may=NEVER_DELETED),
    "billing_allocation": TableClass(Kind.OWN, may=WRITTEN_ONCE),
    "billing_refund": TableClass(Kind.OWN, may=NEVER_DELETED),
    "billing_dispute": TableClass(Kind.OWN, may=NEVER_DELETED),
    "billing_disputemove": TableClass(Kind.OWN, may=WRITTEN_ONCE),
    "billing_document": TableClass(Kind.OWN, may=KEPT_A_WHILE),
    "billing_unbilledvisit": OFFICE,
    "billing_stripeaccount": TableClass(
        Kind.SHARED_READ,
        columns=("business_id", "id", "stripe_id", "country", "cards", "banks", "closed"),
        presented="stripe_id",
        may=NEVER_DELETED,
    ),
    "billing_stripeevent": TableClass(
        Kind.PLATFORM, because="Stripe tells of accounts before we know whose they are; names of things only, no data"
    ),
    "billing_openinvoice": OFFICE,
    "billing_stripecustomer": TableClass(Kind.OWN, may=NEVER_DELETED),
    "billing_savedmethod": TableClass(Kind.OWN, may=NEVER_DELETED),
    "billing_setup": TableClass(Kind.OWN, may=NEVER_DELETED),
    "billing_mandate": TableClass(Kind.OWN, may=NEVER_DELETED),
    "billing_announcement": TableClass(Kind.OWN, may=NEVER_DELETED),
    "billing_autopaytry": TableClass(Kind.OWN, may=WRITTEN_ONCE),
    "billing_counter": TableClass(Kind.OFFICE, may=NEVER_DELETED),
    "service_requests_servicerequest": OWN,
    "service_requests_ending": OWN,
}

# A sub-select is evaluated once a statement; the bare call would be evaluated once a row.
_IN_BUSINESS = "{column} = (SELECT nullif(current_setting('nextroute.business_id', true), '')::uuid)"
_IN_CUSTOMER = "{column} = (SELECT nullif(current_setting('nextroute.customer_id', true), '')::uuid)"
_KEY = "(SELECT nullif(current_setting('nextroute.presented_key', true), ''))"


def sql(table: str, rule: TableClass) -> list[str]:
    """The statements that isolate `table`, in order. Run by the owner, once, when the table is made."""
    if rule.kind is Kind.PLATFORM:
        return [] if not rule.may else [f"GRANT {', '.join(rule.may)} ON {table} TO nextroute_app"]
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"GRANT {', '.join(rule.may)} ON {table} TO nextroute_app",
    ]
    return statements + (_by_key(table, rule) if rule.kind is Kind.KEYED else _by_business(table, rule))


def _by_key(table: str, rule: TableClass) -> list[str]:
    """Anybody may put a row in; it is there for who presents one of its keys, who cannot change it into another's."""
    shown = f"{_KEY} = ANY (ARRAY[{', '.join(rule.keys)}])"
    return [
        f"CREATE POLICY added ON {table} FOR INSERT TO nextroute_app WITH CHECK (true)",
        f"CREATE POLICY presented ON {table} FOR SELECT TO nextroute_app USING ({shown})",
        f"CREATE POLICY changed ON {table} FOR UPDATE TO nextroute_app USING ({shown}) WITH CHECK ({shown})",
        f"CREATE POLICY outlived ON {table} FOR DELETE TO nextroute_app USING ({rule.outlived})",
    ]


def _by_business(table: str, rule: TableClass) -> list[str]:
    in_business = _IN_BUSINESS.format(column=rule.business)
    statements = [
        f"CREATE POLICY in_business ON {table} TO nextroute_app USING ({in_business}) WITH CHECK ({in_business})",
    ]
    if rule.presented:
        shown = f"{rule.presented} = {_KEY}"
        statements.append(f"CREATE POLICY presented ON {table} FOR SELECT TO nextroute_app USING ({shown})")
    if rule.kind is not Kind.OFFICE:
        own = "" if rule.kind is Kind.SHARED_READ else " AND " + _IN_CUSTOMER.format(column=rule.customer)
        columns = f" ({', '.join(rule.columns)})" if rule.columns else ""
        statements += [
            f"GRANT SELECT{columns} ON {table} TO nextroute_customer",
            f"CREATE POLICY of_customer ON {table} FOR SELECT TO nextroute_customer USING ({in_business}{own})",
        ]
    return statements


def isolate(*tables: str) -> RunSQL:
    """A migration step: give each table the policies and grants of its class."""
    return RunSQL([statement for table in tables for statement in sql(table, TABLES[table])], RunSQL.noop)


def reference(table: str, columns: Sequence[str], to: str, to_columns: Sequence[str]) -> RunSQL:
    """A migration step: a foreign key that includes the business, so a row can never point into another one.

    The model says `db_constraint=False`; `to_columns` needs a unique constraint. No index is made here.
    """
    name = f"{table}_{'_'.join(c.removesuffix('_id') for c in columns)}_ref"[:63]
    return RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({', '.join(columns)}) "
        f"REFERENCES {to} ({', '.join(to_columns)})",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )
