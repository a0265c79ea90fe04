from django.db import migrations

from nextroute.core.isolation import isolate, reference


def to(table: str) -> tuple[str, list[str]]:
    return table, ["business_id", "id", "customer_id"]


def of(name: str) -> list[str]:
    return ["business_id", f"{name}_id", "customer_id"]


TO_CUSTOMER = ("customers_customer", ["business_id", "id"])
OF_CUSTOMER = ["business_id", "customer_id"]


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0001_initial"),
        ("scheduling", "0005_customers_change"),
        ("customers", "0003_isolation"),
    ]
    operations = [
        reference("billing_counter", ["business_id"], "tenancy_business", ["id"]),
        reference("billing_invoice", OF_CUSTOMER, *TO_CUSTOMER),
        reference("billing_payment", OF_CUSTOMER, *TO_CUSTOMER),
        reference("billing_creditnote", OF_CUSTOMER, *TO_CUSTOMER),
        reference("billing_creditnote", of("invoice"), *to("billing_invoice")),
        reference("billing_creditnote", of("refund"), *to("billing_refund")),
        reference("billing_refund", of("payment"), *to("billing_payment")),
        reference("billing_dispute", of("payment"), *to("billing_payment")),
        reference("billing_allocation", of("invoice"), *to("billing_invoice")),
        reference("billing_allocation", of("payment"), *to("billing_payment")),
        reference("billing_allocation", of("credit_note"), *to("billing_creditnote")),
        reference("billing_invoiceline", of("invoice"), *to("billing_invoice")),
        reference("billing_invoiceline", of("credit_note"), *to("billing_creditnote")),
        reference("billing_invoiceline", of("property"), *to("customers_property")),
        reference("billing_invoiceline", of("subscription"), *to("scheduling_subscription")),
        reference("billing_invoiceline", of("extra"), *to("scheduling_extra")),
        reference("billing_billedstop", of("stop"), *to("scheduling_stop")),
        reference("billing_billedstop", of("line"), *to("billing_invoiceline")),
        isolate(
            "billing_invoice",
            "billing_invoiceline",
            "billing_billedstop",
            "billing_creditnote",
            "billing_payment",
            "billing_allocation",
            "billing_refund",
            "billing_dispute",
            "billing_counter",
        ),
    ]
