-- Make open routes equal to the visits that are due. Prefixed with visits.sql and differences.sql, whose parameters
-- these are.
WITH {visits},
{differences},
leaving AS MATERIALIZED (SELECT stop_id AS id, route_id, reason FROM differences WHERE NOT due),
wanted AS MATERIALIZED (
    SELECT subscription_id, property_id, customer_id, master_route_id, due_on, day, sequence,
        stop_id, coalesce(NOT live, false) AS restored, route_id AS left_route_id
    FROM differences WHERE due
),
-- The parts of each wanted day's master route: from the first dispatch, move or cancellation of one no new one is made
-- and nothing restored.
days AS MATERIALIZED (
    SELECT w.master_route_id, w.day, m.max_stops,
        coalesce((SELECT max(r.part) FROM scheduling_route r
                  WHERE r.master_route_id = w.master_route_id AND r.date = w.day), 0) AS parts,
        EXISTS (SELECT FROM scheduling_route r
                WHERE r.master_route_id = w.master_route_id AND r.original_date = w.day
                AND (r.date <> r.original_date OR r.status NOT IN ('draft', 'optimized'))) AS settled
    FROM (SELECT DISTINCT master_route_id, day FROM wanted) AS w
    JOIN scheduling_masterroute m ON m.id = w.master_route_id
),
numbered AS MATERIALIZED (
    SELECT w.*, d.max_stops, d.parts, d.settled,
        row_number() OVER (PARTITION BY w.master_route_id, w.day ORDER BY w.sequence, w.property_id, w.due_on) AS k
    FROM wanted w JOIN days d USING (master_route_id, day)
    WHERE NOT (w.restored AND d.settled)
),
going AS MATERIALIZED (
    SELECT route_id FROM leaving
    UNION ALL SELECT left_route_id FROM numbered WHERE left_route_id IS NOT NULL AND NOT restored
),
room AS MATERIALIZED (
    SELECT r.id AS route_id, r.master_route_id, r.date AS day, r.part,
        CASE WHEN d.max_stops IS NULL THEN 2147483647::bigint ELSE greatest(0, d.max_stops
            - (SELECT count(*) FROM scheduling_stop s WHERE s.route_id = r.id AND s.removed_at IS NULL)
            + (SELECT count(*) FROM going g WHERE g.route_id = r.id)) END AS free
    FROM days d JOIN scheduling_route r ON r.master_route_id = d.master_route_id AND r.date = d.day
    WHERE r.status IN ('draft', 'optimized')
),
parts AS MATERIALIZED (
    SELECT route_id, master_route_id, day,
        (sum(free) OVER part)::bigint - free AS taken_before, (sum(free) OVER part)::bigint AS taken_after
    FROM room WINDOW part AS (PARTITION BY master_route_id, day ORDER BY part)
),
overflow AS MATERIALIZED (
    SELECT n.subscription_id, n.due_on, n.master_route_id, n.day,
        n.parts + CASE WHEN n.max_stops IS NULL THEN 1 ELSE (n.k - 1 - coalesce(f.free, 0)) / n.max_stops + 1 END AS part
    FROM numbered n
    LEFT JOIN (SELECT master_route_id, day, max(taken_after) AS free FROM parts GROUP BY 1, 2) AS f
        USING (master_route_id, day)
    WHERE n.k > coalesce(f.free, 0) AND NOT n.settled
),
opened AS (
    INSERT INTO scheduling_route (business_id, master_route_id, date, original_date, part, status, reason)
    SELECT DISTINCT %(business)s::uuid, master_route_id, day, day, part, 'draft', '' FROM overflow
    RETURNING id, master_route_id, date, part
),
placed AS MATERIALIZED (
    SELECT n.*, p.route_id FROM numbered n
    JOIN parts p ON p.master_route_id = n.master_route_id AND p.day = n.day
        AND n.k > p.taken_before AND n.k <= p.taken_after
    UNION ALL
    SELECT n.*, o.id FROM numbered n
    JOIN overflow v USING (subscription_id, due_on)
    JOIN opened o ON o.master_route_id = v.master_route_id AND o.date = v.day AND o.part = v.part
),
-- A stop that has to go elsewhere and finds no place there goes all the same.
gone AS (
    SELECT id, reason FROM leaving
    UNION ALL
    SELECT w.stop_id, NULL FROM wanted w LEFT JOIN placed p USING (subscription_id, due_on)
    WHERE w.stop_id IS NOT NULL AND NOT w.restored AND p.due_on IS NULL
),
inserted AS (
    INSERT INTO scheduling_stop
        (business_id, customer_id, property_id, subscription_id, route_id, sequence, due_on, service_date)
    SELECT %(business)s::uuid, customer_id, property_id, subscription_id, route_id, sequence, due_on, day
    FROM placed WHERE stop_id IS NULL ORDER BY day, route_id, sequence
    RETURNING 1
),
-- The days are said again for the index: the history of stops is long, and none of it is touched.
changed AS (
    UPDATE scheduling_stop s
    SET route_id = p.route_id, service_date = p.day, sequence = p.sequence,
        removed_at = NULL, removed_by = NULL, removed_reason = NULL, removed_note = ''
    FROM placed p WHERE s.id = p.stop_id AND s.business_id = %(business)s AND s.due_on BETWEEN %(from)s AND %(to)s
    RETURNING p.restored
),
removed AS (
    UPDATE scheduling_stop s
    SET removed_at = statement_timestamp(), removed_by = 'reconcile',
        removed_reason = coalesce(g.reason, 'office')
    FROM gone g WHERE s.id = g.id AND s.business_id = %(business)s AND s.due_on BETWEEN %(from)s AND %(to)s
    RETURNING 1
)
SELECT (SELECT count(*) FROM inserted), (SELECT count(*) FROM changed WHERE NOT restored),
    (SELECT count(*) FROM changed WHERE restored), (SELECT count(*) FROM removed)
