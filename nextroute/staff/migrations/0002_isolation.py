from django.db import migrations

from nextroute.core.isolation import isolate, reference


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_initial"), ("tenancy", "0002_isolation")]
    operations = [
        reference("staff_membership", ["business_id"], "tenancy_business", ["id"]),
        # A person is of no business, so this is the one reference without it.
        reference("staff_membership", ["user_id"], "staff_user", ["id"]),
        isolate("staff_user", "staff_membership", "staff_session"),
    ]
