-- The record of a past day: every visit of rules 1-3 that was due to be driven on it and was not served is kept as a
-- removed stop with its reason. Prefixed with visits.sql; further parameters: business, day, now.
WITH {visits},
missed AS MATERIALIZED (
    SELECT v.*, s.id AS stop_id, coalesce(v.reason, 'office') AS because,
        CASE WHEN v.reason = 'holiday' THEN b.name ELSE '' END AS note
    FROM visits v
    LEFT JOIN scheduling_stop s ON s.subscription_id = v.subscription_id AND s.due_on = v.due_on AND s.attempt = 1
    LEFT JOIN scheduling_blackoutdate b ON b.id = v.blackout_id
    WHERE v.day = %(day)s AND (s.id IS NULL OR s.removed_by = 'reconcile')
),
kept AS (
    UPDATE scheduling_stop s
    SET removed_by = 'close', removed_reason = m.because, removed_note = m.note, service_date = m.day
    FROM missed m WHERE s.id = m.stop_id
    RETURNING 1
),
recorded AS (
    INSERT INTO scheduling_stop (business_id, customer_id, property_id, subscription_id, sequence, due_on, service_date,
        removed_at, removed_by, removed_reason, removed_note)
    SELECT %(business)s::uuid, customer_id, property_id, subscription_id, sequence, due_on, day,
        %(now)s, 'close', because, note
    FROM missed WHERE stop_id IS NULL
    RETURNING 1
)
SELECT (SELECT count(*) FROM kept) + (SELECT count(*) FROM recorded)
