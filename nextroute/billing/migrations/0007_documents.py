"""Papers that were set are kept by what they say."""

import django.db.models.deletion
import django.db.models.functions.uuid
from django.db import migrations, models

from nextroute.core.isolation import isolate, reference


class Migration(migrations.Migration):
    dependencies = [("billing", "0006_office"), ("customers", "0003_isolation")]
    operations = [
        migrations.CreateModel(
            name="Document",
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
                ("key", models.TextField()),
                ("digest", models.TextField()),
                ("made_at", models.DateTimeField()),
                (
                    "business",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.business",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "key"), name="document_once"),
                    models.CheckConstraint(condition=models.Q(digest__regex="^[0-9a-f]{64}$"), name="document_digest"),
                ],
            },
        ),
        reference("billing_document", ["business_id", "customer_id"], "customers_customer", ["business_id", "id"]),
        isolate("billing_document"),
    ]
