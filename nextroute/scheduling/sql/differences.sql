-- Where the stops there are differ from the visits that are due. Prefixed with visits.sql; further parameters:
-- business, today, first and last (the window of days driven).
standing AS (
    SELECT s.id, s.subscription_id, s.due_on, s.service_date, s.route_id, r.master_route_id,
        s.removed_at IS NULL AS live,
        -- One that a blackout took out of the days generated so far may be due again on a later day than it had.
        s.origin = 'rule' AND s.status = 'pending' AND s.moved_by IS NULL AND (s.removed_by = 'reconcile'
            OR (s.removed_at IS NULL AND s.service_date >= %(today)s AND r.status IN ('draft', 'optimized'))) AS owned
    FROM scheduling_stop s
    LEFT JOIN scheduling_route r ON r.id = s.route_id
    WHERE s.business_id = %(business)s AND s.due_on BETWEEN %(from)s AND %(to)s AND s.attempt = 1
        AND s.subscription_id IS NOT NULL
        AND (%(customers)s::uuid[] IS NULL OR s.customer_id = ANY (%(customers)s::uuid[]))
),
-- Each visit beside its stop; the visits are read here only, so that the planner need not write them all down first.
compared AS (
    SELECT v.subscription_id, v.property_id, v.customer_id, v.master_route_id, v.day, v.sequence, v.reason,
        coalesce(v.due_on, t.due_on) AS due_on, coalesce(v.reason IS NULL AND v.day <= %(last)s, false) AS due,
        t.id AS stop_id, t.route_id, t.live, t.owned,
        t.service_date = v.day AND t.master_route_id = v.master_route_id AS in_place
    FROM visits v FULL JOIN standing t ON t.subscription_id = v.subscription_id AND t.due_on = v.due_on
),
-- Due: visits without a stop, stops on the wrong day or master route, stops removed by an earlier run.
-- Not due: stops that have to go.
differences AS MATERIALIZED (
    SELECT * FROM compared
    WHERE CASE WHEN due THEN day >= %(first)s AND (stop_id IS NULL OR (owned AND NOT (live AND in_place)))
        ELSE live AND owned END
)
