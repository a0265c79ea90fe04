from django.db import migrations

from nextroute.core.isolation import isolate, reference

TO_CUSTOMER = ("customers_customer", ["business_id", "id"])


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_initial"),
        ("scheduling", "0001_initial"),
        ("tenancy", "0002_isolation"),
    ]
    operations = [
        reference("customers_customer", ["business_id"], "tenancy_business", ["id"]),
        reference("customers_property", ["business_id", "customer_id"], *TO_CUSTOMER),
        reference("customers_property", ["business_id", "zone_id"], "scheduling_zone", ["business_id", "id"]),
        reference("customers_pause", ["business_id", "customer_id"], *TO_CUSTOMER),
        isolate("customers_customer", "customers_property", "customers_pause"),
    ]
