import django.db.models.deletion
import django.db.models.functions.uuid
from django.db import migrations, models

from nextroute.core.isolation import isolate, reference


def _key(to: str, related_name: str) -> "models.ForeignKey[models.Model, models.Model]":
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to=to,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0003_isolation"),
        ("scheduling", "0002_isolation"),
        ("tenancy", "0002_isolation"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="stop",
            constraint=models.UniqueConstraint(fields=("business", "id", "customer"), name="stop_in_business"),
        ),
        migrations.CreateModel(
            name="Photo",
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
                ("business", _key("tenancy.business", "+")),
                ("customer", _key("customers.customer", "photos")),
                ("stop", _key("scheduling.stop", "photos")),
                ("kind", models.TextField(choices=[("before", "Before"), ("after", "After")])),
                ("digest", models.TextField()),
                ("small_digest", models.TextField()),
                ("content_type", models.TextField()),
                ("width", models.IntegerField()),
                ("height", models.IntegerField()),
                ("taken_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("stop", "kind", "digest"), name="photo_once"),
                    models.CheckConstraint(condition=models.Q(("kind__in", ["before", "after"])), name="photo_kind"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("digest__regex", "^[0-9a-f]{64}$"), ("small_digest__regex", "^[0-9a-f]{64}$")
                        ),
                        name="photo_digests",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("height__gte", 1), ("width__gte", 1)), name="photo_size"
                    ),
                ],
            },
        ),
        # A photo repeats its stop's customer: both are pointed at together, so the two cannot disagree.
        reference(
            "scheduling_photo",
            ["business_id", "stop_id", "customer_id"],
            "scheduling_stop",
            ["business_id", "id", "customer_id"],
        ),
        isolate("scheduling_photo"),
    ]
