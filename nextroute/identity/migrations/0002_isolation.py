from django.db import migrations

from nextroute.core.isolation import isolate, reference

TO_CUSTOMER = ("customers_customer", ["business_id", "id"])
TO_LOGIN = ("identity_login", ["business_id", "id"])


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial"), ("customers", "0003_isolation")]
    operations = [
        reference("identity_login", ["business_id"], "tenancy_business", ["id"]),
        reference("identity_access", ["business_id", "login_id"], *TO_LOGIN),
        reference("identity_access", ["business_id", "customer_id"], *TO_CUSTOMER),
        reference("identity_portalsession", ["business_id", "login_id"], *TO_LOGIN),
        reference("identity_portalsession", ["business_id", "customer_id"], *TO_CUSTOMER),
        isolate("identity_login", "identity_access", "identity_portalsession"),
    ]
