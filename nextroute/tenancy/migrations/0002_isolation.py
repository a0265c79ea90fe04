from django.db import migrations
from django.db.migrations.operations import RunSQL

from nextroute.core.isolation import isolate, reference

# The one look across businesses: jobs and commands fan out over all of them, then work in the scope of each.
BUSINESS_SLUGS = """
CREATE FUNCTION nextroute_business_slugs() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public
BEGIN ATOMIC
    SELECT slug FROM public.tenancy_business;
END;
REVOKE EXECUTE ON FUNCTION nextroute_business_slugs() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION nextroute_business_slugs() TO nextroute_app
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]
    operations = [
        reference("tenancy_branding", ["business_id"], "tenancy_business", ["id"]),
        # The owner made it before any migration could; /healthz compares it with the code.
        isolate("django_migrations", "tenancy_business", "tenancy_branding"),
        RunSQL(BUSINESS_SLUGS, "DROP FUNCTION nextroute_business_slugs()"),
    ]
