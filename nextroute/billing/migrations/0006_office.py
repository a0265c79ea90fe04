"""What the office looks at: the database notes which sent invoices something is open of, whoever pays them."""

import django.db.models.deletion
import django.db.models.functions.uuid
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

from nextroute.core.isolation import isolate, reference

SENT = """
CREATE FUNCTION billing_note_sent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO billing_openinvoice (business_id, customer_id, invoice_id, sequence, due_date, cents)
    SELECT a.business_id, a.customer_id, a.id, a.sequence, a.due_date, a.total_cents
    FROM after a JOIN before b ON b.id = a.id
    WHERE a.state = 'sent' AND b.state = 'draft' AND a.total_cents > 0;
    DELETE FROM billing_openinvoice o USING after a WHERE o.invoice_id = a.id AND a.state = 'void';
    RETURN NULL;
END $$;
CREATE TRIGGER open_when_sent AFTER UPDATE ON billing_invoice REFERENCING OLD TABLE AS before NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION billing_note_sent();

CREATE FUNCTION billing_note_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO billing_openinvoice (business_id, customer_id, invoice_id, sequence, due_date, cents)
    SELECT a.business_id, a.customer_id, a.id, a.sequence, a.due_date, a.total_cents
    FROM after a WHERE a.state = 'sent' AND a.total_cents > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER open_when_added AFTER INSERT ON billing_invoice REFERENCING NEW TABLE AS after
FOR EACH STATEMENT EXECUTE FUNCTION billing_note_added();
"""

PAID = """
CREATE FUNCTION billing_note_paid() RETURNS trigger LANGUAGE plpgsql AS $$
-- Whoever inserts holds the customer's lock, or that of the books.
BEGIN
    WITH touched AS MATERIALIZED (
        SELECT i.id, i.business_id, i.customer_id, i.sequence, i.due_date, i.total_cents - coalesce(
            (SELECT sum(a.cents) FROM billing_allocation a WHERE a.invoice_id = i.id), 0) AS cents
        FROM billing_invoice i WHERE i.id IN (SELECT invoice_id FROM added) AND i.state = 'sent'
    ),
    paid AS (DELETE FROM billing_openinvoice o USING touched t WHERE o.invoice_id = t.id AND t.cents <= 0)
    INSERT INTO billing_openinvoice (business_id, customer_id, invoice_id, sequence, due_date, cents)
    SELECT business_id, customer_id, id, sequence, due_date, cents FROM touched WHERE cents > 0
    ON CONFLICT (invoice_id, customer_id, business_id) DO UPDATE SET cents = excluded.cents;
    RETURN NULL;
END $$;
CREATE TRIGGER open_until_paid AFTER INSERT ON billing_allocation REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION billing_note_paid();
"""

OPEN_NOW = """
INSERT INTO billing_openinvoice (business_id, customer_id, invoice_id, sequence, due_date, cents)
SELECT i.business_id, i.customer_id, i.id, i.sequence, i.due_date, i.total_cents - coalesce(a.cents, 0)
FROM billing_invoice i
LEFT JOIN (SELECT invoice_id, sum(cents) AS cents FROM billing_allocation GROUP BY 1) AS a ON a.invoice_id = i.id
WHERE i.state = 'sent' AND i.total_cents > coalesce(a.cents, 0);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0005_stripe"),
        ("customers", "0003_isolation"),
        ("tenancy", "0005_billing"),
    ]

    operations = [
        migrations.CreateModel(
            name="OpenInvoice",
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
                ("sequence", models.BigIntegerField()),
                ("due_date", models.DateField()),
                ("cents", models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name="creditnote",
            name="idempotency_key",
            field=models.TextField(help_text="of the office's form; none: made with something else", null=True),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("state", "void")), fields=["business", "sequence"], name="invoice_void"
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["business", "state", "id"], name="payment_by_state"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["business", "method", "id"], name="payment_by_method"),
        ),
        migrations.AddConstraint(
            model_name="creditnote",
            constraint=models.UniqueConstraint(fields=("business", "idempotency_key"), name="credit_note_once"),
        ),
        migrations.AddField(
            model_name="openinvoice",
            name="business",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.business",
            ),
        ),
        migrations.AddField(
            model_name="openinvoice",
            name="customer",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.customer",
            ),
        ),
        migrations.AddField(
            model_name="openinvoice",
            name="invoice",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="as_open",
                to="billing.invoice",
            ),
        ),
        migrations.AddIndex(
            model_name="openinvoice",
            index=models.Index(fields=["business", "sequence"], name="open_by_number"),
        ),
        migrations.AddIndex(
            model_name="openinvoice",
            index=models.Index(fields=["customer"], name="open_of_customer"),
        ),
        migrations.AddConstraint(
            model_name="openinvoice",
            constraint=models.UniqueConstraint(fields=("invoice", "customer", "business"), name="open_once"),
        ),
        reference(
            "billing_openinvoice",
            ["business_id", "invoice_id", "customer_id"],
            "billing_invoice",
            ["business_id", "id", "customer_id"],
        ),
        isolate("billing_openinvoice"),
        *(RunSQL(sql, RunSQL.noop) for sql in (SENT, PAID, OPEN_NOW)),
    ]
