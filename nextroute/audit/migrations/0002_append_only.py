"""Written once: grants, a trigger as the second lock, and the functions the seals are made and checked with."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from nextroute.core.isolation import isolate, reference

# The same text for the same values, whoever asks: jsonb spells everything one way, instants are whole microseconds.
HASHES = """
CREATE FUNCTION audit_digest(given jsonb, salt uuid) RETURNS bytea LANGUAGE sql IMMUTABLE
RETURN sha256(convert_to(salt::text || given::text, 'UTF8'));

CREATE FUNCTION audit_link(before bytea, sequence bigint, e audit_entry) RETURNS bytea LANGUAGE sql IMMUTABLE
RETURN sha256(before || int8send(sequence) || convert_to(jsonb_build_array(e.id, e.business_id,
    (extract(epoch FROM e.at) * 1000000)::bigint, e.actor_kind, e.actor_id, e.verb, e.subject_type, e.subject_id,
    e.subject_label, e.customer_id, to_jsonb(e.changed), e.counts, e.ip, e.user_agent,
    encode(e.detail_digest, 'hex'))::text, 'UTF8'));
"""

APPEND = """
CREATE FUNCTION audit_append_seals(of_business uuid, most int) RETURNS int LANGUAGE plpgsql AS $$
-- Appends the business's waiting entries to its chain, `most` at a time; returns how many. In the business's scope.
DECLARE
    e audit_entry;
    n bigint;
    last bytea;
    ids uuid[] := '{}';
    numbers bigint[] := '{}';
    hashes bytea[] := '{}';
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('seal:' || of_business, 0));
    SELECT s.sequence, s.hash INTO n, last FROM audit_seal s WHERE s.business_id = of_business
    ORDER BY s.sequence DESC LIMIT 1;
    n := coalesce(n, 0);
    last := coalesce(last, ''::bytea);
    FOR e IN
        SELECT entry.* FROM audit_unsealed u JOIN audit_entry entry ON entry.id = u.id
        WHERE u.business_id = of_business ORDER BY u.id LIMIT most
    LOOP
        n := n + 1;
        last := audit_link(last, n, e);
        ids := ids || e.id;
        numbers := numbers || n;
        hashes := hashes || last;
    END LOOP;
    INSERT INTO audit_seal (id, business_id, sequence, hash)
    SELECT id, of_business, sequence, hash FROM unnest(ids, numbers, hashes) AS t (id, sequence, hash);
    DELETE FROM audit_unsealed WHERE id = ANY (ids);
    RETURN cardinality(ids);
END $$;

-- The look across businesses that the job needs: which have something to seal, and nothing else of them.
CREATE FUNCTION audit_unsealed_businesses() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public
BEGIN ATOMIC
    SELECT DISTINCT business_id FROM public.audit_unsealed;
END;
REVOKE EXECUTE ON FUNCTION audit_unsealed_businesses() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_unsealed_businesses() TO nextroute_app;
"""

QUEUE = """
CREATE FUNCTION audit_queue_for_sealing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_unsealed (business_id, id) SELECT business_id, id FROM added;
    RETURN NULL;
END $$;
CREATE TRIGGER queue_for_sealing AFTER INSERT ON audit_entry REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION audit_queue_for_sealing();
"""

REFUSE = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on %: the audit trail is written once', tg_op, tg_table_name
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER written_once BEFORE UPDATE OR TRUNCATE ON audit_detail EXECUTE FUNCTION audit_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        reference("audit_detail", ["business_id", "id"], "audit_entry", ["business_id", "id"]),
        # The first holds where there is no customer, the second where there is: a detail is shown to its entry's.
        reference(
            "audit_detail", ["business_id", "id", "customer_id"], "audit_entry", ["business_id", "id", "customer_id"]
        ),
        isolate("audit_entry", "audit_detail", "audit_seal", "audit_unsealed"),
        RunSQL(HASHES, RunSQL.noop),
        RunSQL(APPEND, RunSQL.noop),
        RunSQL(QUEUE, RunSQL.noop),
        RunSQL(REFUSE, RunSQL.noop),
    ]
