"""Reading a session and coming into its business's scope, in one statement: every page begins with it."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

# As whoever calls it: row security shows it the one row whose key is presented, and nothing else. A function, because
# within one plain statement nothing says that the key is set before the row is looked for.
ENTER = """
CREATE FUNCTION identity_enter(presented text) RETURNS SETOF identity_portalsession LANGUAGE plpgsql AS $$
DECLARE
    found identity_portalsession;
BEGIN
    PERFORM set_config('role', 'none', true), set_config('nextroute.customer_id', '', true),
            set_config('nextroute.business_id', '', true), set_config('nextroute.presented_key', presented, true),
            set_config('plan_cache_mode', 'auto', true);
    SELECT * INTO found FROM identity_portalsession WHERE token_hash = presented;
    PERFORM set_config('nextroute.presented_key', '', true),
            set_config('nextroute.business_id', coalesce(found.business_id::text, ''), true);
    IF found.id IS NOT NULL THEN
        RETURN NEXT found;
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION identity_enter(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity_enter(text) TO nextroute_app;
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0004_asks")]

    operations = [RunSQL(ENTER, "DROP FUNCTION identity_enter(text)")]
