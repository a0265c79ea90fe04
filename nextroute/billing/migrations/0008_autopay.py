"""Autopay: what customers have saved, what they agreed to, what they were told, and each try."""

import django.db.models.deletion
import django.db.models.functions.uuid
from django.db import migrations, models

from nextroute.core.isolation import isolate, reference


def to(table: str) -> tuple[str, list[str]]:
    return table, ["business_id", "id", "customer_id"]


def of(name: str) -> list[str]:
    return ["business_id", f"{name}_id", "customer_id"]


TO_CUSTOMER = ("customers_customer", ["business_id", "id"])
OF_CUSTOMER = ["business_id", "customer_id"]


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0007_documents"),
        ("customers", "0003_isolation"),
        ("tenancy", "0005_billing"),
    ]

    operations = [
        migrations.AddField(
            model_name="stripeaccount",
            name="autopaid_through",
            field=models.DateField(null=True),
        ),
        migrations.CreateModel(
            name="Mandate",
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
                ("words", models.TextField()),
                ("ceiling_cents", models.BigIntegerField()),
                ("agreed_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
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
                        related_name="mandates",
                        to="customers.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Announcement",
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
                ("cents", models.BigIntegerField()),
                ("told_at", models.DateTimeField()),
                ("next_on", models.DateField()),
                (
                    "stopped",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("ceiling", "Ceiling"),
                            ("declined", "Declined"),
                            ("confirm", "Confirm"),
                            ("untold", "Untold"),
                            ("no_method", "No Method"),
                        ],
                        default="",
                    ),
                ),
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
                        related_name="announcements",
                        to="customers.customer",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="announcements",
                        to="billing.invoice",
                    ),
                ),
                (
                    "mandate",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="announcements",
                        to="billing.mandate",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SavedMethod",
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
                ("stripe_id", models.TextField()),
                (
                    "kind",
                    models.TextField(
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
                ("brand", models.TextField()),
                ("last4", models.TextField()),
                ("good_through", models.DateField(null=True)),
                ("is_default", models.BooleanField(default=False)),
                ("saved_at", models.DateTimeField()),
                ("let_go_at", models.DateTimeField(null=True)),
                ("gone_at", models.DateTimeField(null=True)),
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
                        related_name="saved_methods",
                        to="customers.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AutopayTry",
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
                ("tried_on", models.DateField()),
                (
                    "announcement",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tries",
                        to="billing.announcement",
                    ),
                ),
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
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="autopay_tries",
                        to="billing.payment",
                    ),
                ),
                (
                    "method",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.savedmethod",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Setup",
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
                (
                    "state",
                    models.TextField(
                        choices=[("open", "Open"), ("confirming", "Confirming"), ("saved", "Saved"), ("over", "Over")],
                        default="open",
                    ),
                ),
                ("idempotency_key", models.TextField()),
                ("begun_at", models.DateTimeField()),
                ("page_until", models.DateTimeField()),
                ("stripe_session", models.TextField(null=True)),
                ("stripe_setup", models.TextField(default="")),
                ("page_url", models.TextField(default="")),
                ("failure", models.TextField(default="")),
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
                        related_name="setups",
                        to="customers.customer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="StripeCustomer",
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
                ("idempotency_key", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("looked_at", models.DateTimeField(null=True)),
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
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="mandate",
            index=models.Index(
                condition=models.Q(("ended_at", None)), fields=["business", "customer"], name="mandate_standing"
            ),
        ),
        migrations.AddIndex(
            model_name="mandate",
            index=models.Index(fields=["customer", "-agreed_at"], name="mandate_latest"),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.UniqueConstraint(fields=("business", "id", "customer"), name="mandate_of_customer"),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("customer",), name="mandate_one_stands"
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(condition=models.Q(("ceiling_cents__gt", 0)), name="mandate_ceiling"),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(condition=models.Q(("words", ""), _negated=True), name="mandate_words"),
        ),
        migrations.AddIndex(
            model_name="announcement",
            index=models.Index(fields=["mandate", "invoice"], name="announcement_of_mandate"),
        ),
        migrations.AddIndex(
            model_name="announcement",
            index=models.Index(fields=["customer"], name="announcement_of_person"),
        ),
        migrations.AddIndex(
            model_name="announcement",
            index=models.Index(
                condition=models.Q(("stopped", "")), fields=["business", "next_on"], name="announcement_going"
            ),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.UniqueConstraint(fields=("business", "id", "customer"), name="announcement_of_customer"),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.UniqueConstraint(fields=("business", "key"), name="announcement_once"),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(condition=models.Q(("cents__gt", 0)), name="announcement_cents"),
        ),
        migrations.AddConstraint(
            model_name="announcement",
            constraint=models.CheckConstraint(
                condition=models.Q(("stopped__in", ["", "ceiling", "declined", "confirm", "untold", "no_method"])),
                name="announcement_stopped",
            ),
        ),
        migrations.AddIndex(
            model_name="savedmethod",
            index=models.Index(fields=["customer", "-saved_at"], name="savedmethod_latest"),
        ),
        migrations.AddIndex(
            model_name="savedmethod",
            index=models.Index(
                condition=models.Q(("good_through__isnull", False), ("is_default", True)),
                fields=["business", "good_through"],
                name="savedmethod_expiring",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedmethod",
            constraint=models.UniqueConstraint(fields=("business", "id", "customer"), name="savedmethod_of_customer"),
        ),
        migrations.AddConstraint(
            model_name="savedmethod",
            constraint=models.UniqueConstraint(fields=("business", "stripe_id"), name="savedmethod_once"),
        ),
        migrations.AddConstraint(
            model_name="savedmethod",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True)), fields=("customer",), name="savedmethod_one_default"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedmethod",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_default", False), models.Q(("gone_at", None), ("let_go_at", None)), _connector="OR"
                ),
                name="savedmethod_default_is_usable",
            ),
        ),
        migrations.AddConstraint(
            model_name="savedmethod",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["card", "us_bank_account"])), name="savedmethod_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="savedmethod",
            constraint=models.CheckConstraint(
                condition=models.Q(("last4__regex", "^[0-9]{0,4}$")), name="savedmethod_names_only"
            ),
        ),
        migrations.AddIndex(
            model_name="autopaytry",
            index=models.Index(fields=["payment"], name="autopaytry_of_payment"),
        ),
        migrations.AddIndex(
            model_name="autopaytry",
            index=models.Index(fields=["announcement"], name="autopaytry_of_announcement"),
        ),
        migrations.AddIndex(
            model_name="autopaytry",
            index=models.Index(fields=["customer"], name="autopaytry_of_customer"),
        ),
        migrations.AddConstraint(
            model_name="autopaytry",
            constraint=models.UniqueConstraint(fields=("business", "key"), name="autopaytry_once"),
        ),
        migrations.AddIndex(
            model_name="setup",
            index=models.Index(fields=["customer", "-begun_at"], name="setup_latest"),
        ),
        migrations.AddIndex(
            model_name="setup",
            index=models.Index(fields=["business", "stripe_setup"], name="setup_at_stripe"),
        ),
        migrations.AddConstraint(
            model_name="setup",
            constraint=models.UniqueConstraint(fields=("business", "id", "customer"), name="setup_of_customer"),
        ),
        migrations.AddConstraint(
            model_name="setup",
            constraint=models.UniqueConstraint(fields=("business", "idempotency_key"), name="setup_once"),
        ),
        migrations.AddConstraint(
            model_name="setup",
            constraint=models.UniqueConstraint(fields=("business", "stripe_session"), name="setup_of_session"),
        ),
        migrations.AddConstraint(
            model_name="setup",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "confirming", "saved", "over"])), name="setup_state"
            ),
        ),
        migrations.AddIndex(
            model_name="stripecustomer",
            index=models.Index(fields=["customer"], name="stripecustomer_of_customer"),
        ),
        migrations.AddConstraint(
            model_name="stripecustomer",
            constraint=models.UniqueConstraint(fields=("business", "stripe_id"), name="stripecustomer_of_one"),
        ),
        migrations.AddConstraint(
            model_name="stripecustomer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("stripe_id__isnull", False)), fields=("customer",), name="stripecustomer_one_name"
            ),
        ),
        reference("billing_stripecustomer", OF_CUSTOMER, *TO_CUSTOMER),
        reference("billing_savedmethod", OF_CUSTOMER, *TO_CUSTOMER),
        reference("billing_setup", OF_CUSTOMER, *TO_CUSTOMER),
        reference("billing_mandate", OF_CUSTOMER, *TO_CUSTOMER),
        reference("billing_announcement", of("mandate"), *to("billing_mandate")),
        reference("billing_announcement", of("invoice"), *to("billing_invoice")),
        reference("billing_autopaytry", of("announcement"), *to("billing_announcement")),
        reference("billing_autopaytry", of("payment"), *to("billing_payment")),
        reference("billing_autopaytry", of("method"), *to("billing_savedmethod")),
        isolate(
            "billing_stripecustomer",
            "billing_savedmethod",
            "billing_setup",
            "billing_mandate",
            "billing_announcement",
            "billing_autopaytry",
        ),
    ]
