-- One entry and, when there is one, its detail. A trigger queues the entry for the sealer.
WITH given AS (
    SELECT %(detail)s::jsonb AS values, gen_random_uuid() AS salt
),
made AS (
    INSERT INTO audit_entry (business_id, actor_kind, actor_id, verb, subject_type, subject_id, subject_label,
        customer_id, changed, counts, ip, user_agent, detail_digest)
    SELECT %(business)s::uuid, %(actor_kind)s, %(actor_id)s::uuid, %(verb)s, %(subject_type)s, %(subject_id)s::uuid,
        %(label)s, %(customer)s::uuid, %(changed)s::text[], %(counts)s::jsonb, %(ip)s, %(user_agent)s,
        audit_digest(given.values, given.salt)
    FROM given
    RETURNING id, business_id, customer_id
)
INSERT INTO audit_detail (id, business_id, customer_id, values, salt)
SELECT made.id, made.business_id, made.customer_id, given.values, given.salt
FROM made, given WHERE given.values IS NOT NULL
