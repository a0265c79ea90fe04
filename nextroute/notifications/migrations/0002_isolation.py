from django.db import migrations
from django.db.migrations.operations import RunSQL

from nextroute.core.isolation import isolate, reference

TO_BUSINESS = ("tenancy_business", ["id"])
TO_CUSTOMER = ("customers_customer", ["business_id", "id"])

# The look across businesses that the sweep needs: which have something due, and nothing else of them.
DUE = """
CREATE FUNCTION notifications_due_businesses(at timestamptz) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public
BEGIN ATOMIC
    SELECT DISTINCT business_id FROM public.notifications_delivery WHERE status = 'queued' AND due_at <= at;
END;
REVOKE EXECUTE ON FUNCTION notifications_due_businesses(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION notifications_due_businesses(timestamptz) TO nextroute_app;
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("customers", "0003_isolation")]
    operations = [
        reference("notifications_delivery", ["business_id"], *TO_BUSINESS),
        reference("notifications_delivery", ["business_id", "customer_id"], *TO_CUSTOMER),
        reference("notifications_preference", ["business_id", "customer_id"], *TO_CUSTOMER),
        reference("notifications_consent", ["business_id"], *TO_BUSINESS),
        reference("notifications_bounce", ["business_id"], *TO_BUSINESS),
        reference("notifications_wording", ["business_id"], *TO_BUSINESS),
        isolate(
            "notifications_delivery",
            "notifications_preference",
            "notifications_consent",
            "notifications_bounce",
            "notifications_wording",
        ),
        RunSQL(DUE, "DROP FUNCTION notifications_due_businesses(timestamptz)"),
    ]
