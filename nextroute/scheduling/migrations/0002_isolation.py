from django.db import migrations

from nextroute.core.isolation import isolate, reference

# A row that repeats its property's customer points at both together, so the two cannot disagree.
OF_PROPERTY = ["business_id", "property_id", "customer_id"]
TO_PROPERTY = ("customers_property", ["business_id", "id", "customer_id"])
TO_CUSTOMER = ("customers_customer", ["business_id", "id"])
TO_ZONE = ("scheduling_zone", ["business_id", "id"])
TO_BUSINESS = ("tenancy_business", ["id"])


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0001_initial"), ("customers", "0003_isolation")]
    operations = [
        reference("scheduling_zone", ["business_id"], *TO_BUSINESS),
        reference("scheduling_plan", ["business_id"], *TO_BUSINESS),
        reference("scheduling_subscription", OF_PROPERTY, *TO_PROPERTY),
        reference("scheduling_subscription", ["business_id", "plan_id"], "scheduling_plan", ["business_id", "id"]),
        reference("scheduling_masterroute", ["business_id", "zone_id"], *TO_ZONE),
        reference(
            "scheduling_masterstop",
            ["business_id", "master_route_id", "weekday"],
            "scheduling_masterroute",
            ["business_id", "id", "weekday"],
        ),
        reference("scheduling_masterstop", OF_PROPERTY, *TO_PROPERTY),
        reference(
            "scheduling_route",
            ["business_id", "master_route_id"],
            "scheduling_masterroute",
            ["business_id", "id"],
        ),
        reference("scheduling_stop", OF_PROPERTY, *TO_PROPERTY),
        reference(
            "scheduling_stop",
            ["business_id", "subscription_id", "property_id"],
            "scheduling_subscription",
            ["business_id", "id", "property_id"],
        ),
        reference("scheduling_stop", ["business_id", "route_id"], "scheduling_route", ["business_id", "id"]),
        reference("scheduling_blackoutdate", ["business_id"], *TO_BUSINESS),
        reference("scheduling_blackoutdate", ["business_id", "zone_id"], *TO_ZONE),
        reference("scheduling_hold", ["business_id", "customer_id"], *TO_CUSTOMER),
        reference("scheduling_hold", OF_PROPERTY, *TO_PROPERTY),
        reference(
            "scheduling_skip",
            ["business_id", "subscription_id", "customer_id"],
            "scheduling_subscription",
            ["business_id", "id", "customer_id"],
        ),
        isolate(
            "scheduling_zone",
            "scheduling_plan",
            "scheduling_subscription",
            "scheduling_masterroute",
            "scheduling_masterstop",
            "scheduling_route",
            "scheduling_stop",
            "scheduling_blackoutdate",
            "scheduling_hold",
            "scheduling_skip",
        ),
    ]
