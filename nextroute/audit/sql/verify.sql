-- What does not fit, of one business's trail. One statement, so that it is judged at one moment while others write.
WITH chain AS (
    SELECT s.sequence, s.id AS entry_id, s.hash, coalesce(lag(s.hash) OVER seals, ''::bytea) AS before,
        coalesce(lag(s.sequence) OVER seals, 0) + 1 AS due
    FROM audit_seal s WHERE s.business_id = %(business)s
    WINDOW seals AS (ORDER BY s.sequence)
),
sealed AS (
    SELECT c.*, e.id IS NOT NULL AS there, audit_link(c.before, c.sequence, e) AS recomputed
    FROM chain c LEFT JOIN audit_entry e ON e.id = c.entry_id
)
SELECT what, sequence, entry_id FROM (
    SELECT 'a seal is missing before this one' AS what, sequence, entry_id FROM sealed
    WHERE sequence <> due
    UNION ALL
    SELECT 'the entry was deleted', sequence, entry_id FROM sealed WHERE NOT there
    UNION ALL
    SELECT 'the entry or its place was changed', sequence, entry_id FROM sealed WHERE there AND hash <> recomputed
    UNION ALL
    SELECT 'the entry was put in past the record', NULL, e.id
    FROM audit_entry e
    LEFT JOIN audit_seal s ON s.id = e.id LEFT JOIN audit_unsealed u ON u.id = e.id
    WHERE e.business_id = %(business)s AND s.id IS NULL AND u.id IS NULL
    UNION ALL
    SELECT 'the entry was deleted before it was sealed', NULL, u.id
    FROM audit_unsealed u LEFT JOIN audit_entry e ON e.id = u.id
    WHERE u.business_id = %(business)s AND e.id IS NULL
    UNION ALL
    SELECT 'the detail was changed', NULL, d.id
    FROM audit_detail d JOIN audit_entry e ON e.id = d.id
    WHERE d.business_id = %(business)s AND audit_digest(d.values, d.salt) IS DISTINCT FROM e.detail_digest
) AS found
ORDER BY sequence NULLS LAST, entry_id
LIMIT %(most)s
