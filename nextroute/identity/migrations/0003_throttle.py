from django.db import migrations

from nextroute.core.isolation import isolate

# Unlogged: a crash forgets who asked, which costs nothing, and no try waits for the disk.
TABLE = """
CREATE UNLOGGED TABLE identity_throttle (key text PRIMARY KEY, full_at timestamptz NOT NULL);
COMMENT ON COLUMN identity_throttle.full_at IS 'when the bucket is full again; in the past: as if there were no row';
CREATE INDEX identity_throttle_full_at ON identity_throttle (full_at);
"""

TAKE = """
CREATE FUNCTION identity_throttle_take(asked text[], bursts int[], everies int[], at timestamptz)
RETURNS double precision LANGUAGE plpgsql AS $$
-- Takes one try from each bucket and returns 0; or takes none and returns the seconds until all of them have one.
DECLARE
    wait interval;
BEGIN
    -- The rows are locked in one order, so two askers never wait for each other in a ring.
    INSERT INTO identity_throttle AS kept (key, full_at) SELECT key, at FROM unnest(asked) AS key ORDER BY key
    ON CONFLICT (key) DO UPDATE SET full_at = greatest(kept.full_at, at);

    SELECT max(kept.full_at + (1 - ask.burst) * make_interval(secs => ask.every) - at) INTO wait
    FROM unnest(asked, bursts, everies) AS ask (key, burst, every) JOIN identity_throttle kept USING (key);

    IF wait <= interval '0' THEN
        UPDATE identity_throttle kept SET full_at = kept.full_at + make_interval(secs => ask.every)
        FROM unnest(asked, everies) AS ask (key, every) WHERE kept.key = ask.key;
    END IF;

    -- A call leaves three rows at most and takes up to eight old ones away, so the table stays small by itself.
    DELETE FROM identity_throttle WHERE key IN (
        SELECT key FROM identity_throttle WHERE full_at < at ORDER BY full_at LIMIT 8 FOR UPDATE SKIP LOCKED);
    RETURN greatest(extract(epoch FROM wait), 0);
END $$;
REVOKE ALL ON FUNCTION identity_throttle_take FROM PUBLIC;
GRANT EXECUTE ON FUNCTION identity_throttle_take TO nextroute_app;
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0002_isolation")]
    operations = [
        migrations.RunSQL(TABLE, "DROP TABLE identity_throttle"),
        isolate("identity_throttle"),
        migrations.RunSQL(TAKE, "DROP FUNCTION identity_throttle_take"),
    ]
