"""What is undone later has a day of its own, so that days that are over stay as they were printed (decision 0022)."""

import django.db.models.deletion
import django.db.models.functions.uuid
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

from nextroute.core.isolation import isolate, reference

# What statements said so far stays: a refund left on the day it was made. When it failed, and when a dispute's money
# came back, only the trail knows.
KNOWN_REFUNDS = """
UPDATE billing_refund r SET
    went_at = CASE WHEN r.state IN ('pending', 'succeeded') OR EXISTS (
        SELECT FROM audit_entry e WHERE e.business_id = r.business_id AND e.subject_id = r.id AND e.verb = 'refund.made'
    ) THEN r.made_at END,
    failed_at = CASE WHEN r.state IN ('failed', 'canceled') THEN greatest(r.made_at, (
        SELECT max(e.at) FROM audit_entry e
        WHERE e.business_id = r.business_id AND e.subject_id = r.id AND e.verb = 'refund.failed'
    )) END
WHERE r.state <> 'requested';
"""
KNOWN_MOVES = """
INSERT INTO billing_disputemove (business_id, customer_id, dispute_id, cents, at)
SELECT business_id, customer_id, id, withdrawn_cents, opened_at FROM billing_dispute WHERE withdrawn_cents > 0
UNION ALL
SELECT d.business_id, d.customer_id, d.id, -d.returned_cents, greatest(d.opened_at, (
    SELECT min(e.at) FROM audit_entry e JOIN audit_detail l ON l.business_id = e.business_id AND l.id = e.id
    WHERE e.business_id = d.business_id AND e.subject_id = d.id
        AND (l.values ->> 'returned_cents')::bigint = d.returned_cents
))
FROM billing_dispute d WHERE d.returned_cents > 0;
"""

# The sums of a dispute are what its moves add up to, whatever is written there.
ADDED_UP = """
CREATE FUNCTION billing_add_up_dispute() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT coalesce(sum(cents) FILTER (WHERE cents > 0), 0), coalesce(-sum(cents) FILTER (WHERE cents < 0), 0)
    INTO NEW.withdrawn_cents, NEW.returned_cents
    FROM billing_disputemove WHERE dispute_id = NEW.id;
    RETURN NEW;
END $$;
CREATE TRIGGER added_up BEFORE INSERT OR UPDATE OF withdrawn_cents, returned_cents ON billing_dispute
FOR EACH ROW EXECUTE FUNCTION billing_add_up_dispute();

CREATE FUNCTION billing_note_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE billing_dispute SET withdrawn_cents = 0 WHERE id = NEW.dispute_id;
    RETURN NULL;
END $$;
CREATE TRIGGER added_up AFTER INSERT ON billing_disputemove FOR EACH ROW EXECUTE FUNCTION billing_note_move();
"""

# What went on a day stays on it.
KEPT = """
CREATE FUNCTION billing_keep_refund() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'UPDATE on refund %: the days of money stay', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER kept BEFORE UPDATE ON billing_refund FOR EACH ROW
WHEN (OLD.cents <> NEW.cents OR OLD.went_at IS NOT NULL AND OLD.went_at IS DISTINCT FROM NEW.went_at
    OR OLD.failed_at IS NOT NULL AND (OLD.went_at, OLD.failed_at) IS DISTINCT FROM (NEW.went_at, NEW.failed_at))
EXECUTE FUNCTION billing_keep_refund();
"""


def _to(model: str, related_name: str = "+") -> "models.ForeignKey[models.Model]":
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=model,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0008_autopay"),
        ("customers", "0003_isolation"),
        ("tenancy", "0005_billing"),
        ("audit", "0002_append_only"),
    ]

    operations = [
        migrations.AddField("refund", "went_at", models.DateTimeField(null=True)),
        migrations.AddField("refund", "failed_at", models.DateTimeField(null=True)),
        migrations.AlterField("dispute", "withdrawn_cents", models.BigIntegerField(default=0)),
        migrations.AddConstraint(
            "dispute",
            models.UniqueConstraint(fields=("business", "id", "customer"), name="dispute_of_its_customer"),
        ),
        migrations.CreateModel(
            name="DisputeMove",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=django.db.models.functions.uuid.UUID7(),
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("business", _to("tenancy.business")),
                ("customer", _to("customers.customer")),
                ("dispute", _to("billing.dispute", "moves")),
                ("cents", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=~models.Q(cents=0), name="dispute_move_cents")],
                "indexes": [
                    models.Index(fields=["dispute"], name="move_of_dispute"),
                    models.Index(fields=["customer"], name="move_of_customer"),
                ],
            },
        ),
        reference(
            "billing_disputemove",
            ["business_id", "dispute_id", "customer_id"],
            "billing_dispute",
            ["business_id", "id", "customer_id"],
        ),
        isolate("billing_disputemove"),
        *(RunSQL(sql, RunSQL.noop) for sql in (KNOWN_REFUNDS, KNOWN_MOVES, ADDED_UP, KEPT)),
        migrations.AddConstraint(
            "refund",
            models.CheckConstraint(
                condition=models.Q(state="requested", went_at=None, failed_at=None)
                | models.Q(state__in=("pending", "succeeded"), went_at__isnull=False, failed_at=None)
                | models.Q(state__in=("failed", "canceled"), failed_at__isnull=False),
                name="refund_instants",
            ),
        ),
        migrations.AddConstraint(
            "refund",
            models.CheckConstraint(
                condition=models.Q(went_at=None)
                | models.Q(failed_at=None)
                | models.Q(failed_at__gte=models.F("went_at")),
                name="refund_went_before",
            ),
        ),
    ]
