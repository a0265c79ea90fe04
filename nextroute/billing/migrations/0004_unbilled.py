"""What a completed visit cost waits to be billed: the database notes it, whoever completes a stop."""

import django.db.models.deletion
import django.db.models.functions.uuid
from django.db import migrations, models
from django.db.migrations.operations import RunSQL

from nextroute.core.isolation import isolate, reference

NOTE = """
CREATE FUNCTION billing_note_completed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO billing_unbilledvisit (business_id, customer_id, stop_id, property_id, subscription_id, extra_id,
        due_on, service_date, plan_name, price_cents, bins, additional_bin_price_cents, tax_rate)
    VALUES (NEW.business_id, NEW.customer_id, NEW.id, NEW.property_id, NEW.subscription_id, NEW.extra_id, NEW.due_on,
        NEW.service_date, NEW.plan_name, NEW.price_cents, NEW.bins, NEW.additional_bin_price_cents, NEW.tax_rate);
    RETURN NULL;
END $$;
CREATE TRIGGER unbilled_when_added AFTER INSERT ON scheduling_stop FOR EACH ROW
WHEN (NEW.status = 'completed') EXECUTE FUNCTION billing_note_completed();
CREATE TRIGGER unbilled_when_completed AFTER UPDATE OF status ON scheduling_stop FOR EACH ROW
WHEN (NEW.status = 'completed' AND OLD.status <> 'completed') EXECUTE FUNCTION billing_note_completed();

INSERT INTO billing_unbilledvisit (business_id, customer_id, stop_id, property_id, subscription_id, extra_id, due_on,
    service_date, plan_name, price_cents, bins, additional_bin_price_cents, tax_rate)
SELECT business_id, customer_id, id, property_id, subscription_id, extra_id, due_on,
    service_date, plan_name, price_cents, bins, additional_bin_price_cents, tax_rate
FROM scheduling_stop WHERE status = 'completed';
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_immutable"), ("scheduling", "0006_extra_once"), ("customers", "0003_isolation")]
    operations = [
        migrations.CreateModel(
            name="UnbilledVisit",
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
                ("property_id", models.UUIDField()),
                ("subscription_id", models.UUIDField(null=True)),
                ("extra_id", models.UUIDField(null=True)),
                ("due_on", models.DateField()),
                ("service_date", models.DateField()),
                ("plan_name", models.TextField()),
                ("price_cents", models.BigIntegerField()),
                ("bins", models.SmallIntegerField()),
                ("additional_bin_price_cents", models.BigIntegerField()),
                ("tax_rate", models.DecimalField(decimal_places=3, max_digits=6)),
                *(
                    (
                        name,
                        models.ForeignKey(
                            db_constraint=False,
                            db_index=False,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=to,
                        ),
                    )
                    for name, to in (
                        ("business", "tenancy.business"),
                        ("customer", "customers.customer"),
                        ("stop", "scheduling.stop"),
                    )
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("stop", "customer", "business"), name="unbilled_once")],
            },
        ),
        reference(
            "billing_unbilledvisit",
            ["business_id", "stop_id", "customer_id"],
            "scheduling_stop",
            ["business_id", "id", "customer_id"],
        ),
        isolate("billing_unbilledvisit"),
        RunSQL(NOTE, RunSQL.noop),
    ]
