import django.db.models.deletion
import django.db.models.functions.uuid
from django.db import migrations, models

from nextroute.core.isolation import isolate, reference

TO_CUSTOMER = ("customers_customer", ["business_id", "id"])


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0003_isolation"),
        ("identity", "0003_throttle"),
        ("scheduling", "0003_photo"),
        ("tenancy", "0002_isolation"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarFeed",
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
                ("token_hash", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
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
                        related_name="calendar_feeds",
                        to="customers.customer",
                    ),
                ),
                (
                    "login",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.login",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CalendarEvent",
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
                ("uid", models.TextField()),
                ("day", models.DateField()),
                ("starts_at", models.DateTimeField(blank=True, null=True)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "status",
                    models.TextField(
                        choices=[("TENTATIVE", "Tentative"), ("CONFIRMED", "Confirmed"), ("CANCELLED", "Cancelled")]
                    ),
                ),
                ("summary", models.TextField()),
                ("location", models.TextField()),
                ("description", models.TextField()),
                ("sequence", models.IntegerField()),
                ("changed_at", models.DateTimeField()),
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
                        related_name="calendar_events",
                        to="customers.customer",
                    ),
                ),
                (
                    "feed",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.calendarfeed",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="calendarfeed",
            constraint=models.UniqueConstraint(fields=("business", "id", "customer"), name="feed_of_customer"),
        ),
        migrations.AddConstraint(
            model_name="calendarfeed",
            constraint=models.UniqueConstraint(fields=("token_hash",), name="feed_token"),
        ),
        migrations.AddConstraint(
            model_name="calendarfeed",
            constraint=models.UniqueConstraint(
                condition=models.Q(("revoked_at", None)), fields=("customer",), name="feed_once"
            ),
        ),
        migrations.AddIndex(
            model_name="calendarevent",
            index=models.Index(fields=["customer", "day"], name="calendar_event_of_day"),
        ),
        migrations.AddConstraint(
            model_name="calendarevent",
            constraint=models.UniqueConstraint(fields=("customer", "uid"), name="calendar_event_uid"),
        ),
        migrations.AddConstraint(
            model_name="calendarevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["TENTATIVE", "CONFIRMED", "CANCELLED"])),
                name="calendar_event_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ends_at", None), ("starts_at", None)),
                    ("starts_at__lt", models.F("ends_at")),
                    _connector="OR",
                ),
                name="calendar_event_hours",
            ),
        ),
        reference("scheduling_calendarfeed", ["business_id", "customer_id"], *TO_CUSTOMER),
        reference("scheduling_calendarfeed", ["business_id", "login_id"], "identity_login", ["business_id", "id"]),
        reference("scheduling_calendarevent", ["business_id", "customer_id"], *TO_CUSTOMER),
        reference(
            "scheduling_calendarevent",
            ["business_id", "feed_id", "customer_id"],
            "scheduling_calendarfeed",
            ["business_id", "id", "customer_id"],
        ),
        isolate("scheduling_calendarfeed", "scheduling_calendarevent"),
    ]
