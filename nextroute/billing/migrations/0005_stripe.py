"""Stripe: whose account is whose, what Stripe told, and where a payment is paid."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.uuid
from django.db import migrations, models

from nextroute.core.isolation import isolate, reference


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0004_unbilled"),
        ("customers", "0003_isolation"),
        ("tenancy", "0005_billing"),
    ]

    operations = [
        migrations.CreateModel(
            name="StripeAccount",
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
                ("stripe_id", models.TextField(null=True)),
                ("country", models.TextField()),
                ("idempotency_key", models.TextField()),
                ("cards", models.TextField(default="")),
                ("banks", models.TextField(default="")),
                ("needs", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list)),
                ("closed", models.BooleanField(default=False)),
                ("begun_at", models.DateTimeField()),
                ("looked_at", models.DateTimeField(null=True)),
                ("heard_through", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="StripeEvent",
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
                ("event_id", models.TextField()),
                ("type", models.TextField()),
                ("account", models.TextField()),
                ("subject", models.TextField()),
                ("live", models.BooleanField()),
                ("heard_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("tries", models.IntegerField(default=0)),
                (
                    "outcome",
                    models.TextField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("done", "Done"),
                            ("ignored", "Ignored"),
                            ("foreign", "Foreign"),
                        ],
                        default="waiting",
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="payment",
            name="payment_method",
        ),
        migrations.RemoveConstraint(
            model_name="refund",
            name="refund_state",
        ),
        migrations.AddField(
            model_name="payment",
            name="looked_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="payment",
            name="fee_cents",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="payment",
            name="page_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="payment",
            name="page_url",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="refund",
            name="credits",
            field=models.BooleanField(default=True),
        ),
        migrations.AlterField(
            model_name="payment",
            name="method",
            field=models.TextField(
                choices=[
                    ("online", "Online"),
                    ("card", "Card"),
                    ("us_bank_account", "Us Bank Account"),
                    ("cash", "Cash"),
                    ("check", "Check"),
                    ("other", "Other"),
                ]
            ),
        ),
        migrations.AlterField(
            model_name="refund",
            name="state",
            field=models.TextField(
                choices=[
                    ("requested", "Requested"),
                    ("pending", "Pending"),
                    ("succeeded", "Succeeded"),
                    ("failed", "Failed"),
                    ("canceled", "Canceled"),
                ]
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "created"), ("stripe_account__isnull", False)),
                fields=("customer",),
                name="payment_one_open_page",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("method__in", ["online", "card", "us_bank_account", "cash", "check", "other"])),
                name="payment_method",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["requested", "pending", "succeeded", "failed", "canceled"])),
                name="refund_state",
            ),
        ),
        migrations.AddField(
            model_name="stripeaccount",
            name="business",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.business",
            ),
        ),
        migrations.AddIndex(
            model_name="stripeevent",
            index=models.Index(condition=models.Q(("outcome", "waiting")), fields=["due_at"], name="stripeevent_due"),
        ),
        migrations.AddIndex(
            model_name="stripeevent",
            index=models.Index(
                condition=models.Q(("outcome", "waiting")), fields=["account", "subject"], name="stripeevent_about"
            ),
        ),
        migrations.AddIndex(
            model_name="stripeevent",
            index=models.Index(fields=["heard_at"], name="stripeevent_heard"),
        ),
        migrations.AddConstraint(
            model_name="stripeevent",
            constraint=models.UniqueConstraint(fields=("event_id",), name="stripeevent_once"),
        ),
        migrations.AddConstraint(
            model_name="stripeevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["waiting", "done", "ignored", "foreign"])),
                name="stripeevent_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="stripeaccount",
            constraint=models.UniqueConstraint(fields=("business",), name="stripeaccount_once"),
        ),
        migrations.AddConstraint(
            model_name="stripeaccount",
            constraint=models.UniqueConstraint(fields=("stripe_id",), name="stripeaccount_of_one"),
        ),
        migrations.AddConstraint(
            model_name="stripeaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("country__regex", "^[A-Z]{2}$")), name="stripeaccount_country"
            ),
        ),
        migrations.AddIndex(
            model_name="refund",
            index=models.Index(
                condition=models.Q(("state", "requested")), fields=["business", "made_at"], name="refund_requested"
            ),
        ),
        reference("billing_stripeaccount", ["business_id"], "tenancy_business", ["id"]),
        isolate("billing_stripeaccount", "billing_stripeevent"),
    ]
