import django.db.models.deletion
import django.db.models.functions.uuid
from django.db import migrations, models

from nextroute.core.isolation import isolate, reference


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_isolation"), ("tenancy", "0002_isolation")]
    operations = [
        migrations.CreateModel(
            name="SmsNumber",
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
                ("number", models.TextField(help_text="E.164")),
                ("given_at", models.DateTimeField()),
                (
                    "business",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sms_number",
                        to="tenancy.business",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("number",), name="sms_number_once")],
            },
        ),
        reference("notifications_smsnumber", ["business_id"], "tenancy_business", ["id"]),
        isolate("notifications_smsnumber"),
    ]
