-- One customer's visits: what is due, joined with the stops there are. Prefixed with visits.sql; further parameters:
-- customer, first and last (the window of days). Runs as the customer.
WITH {visits},
-- Holds with what continues them, as one.
holds AS MATERIALIZED (
    SELECT coalesce(continues_id, id) AS id, array_agg(id) AS parts, min(start_date) AS first_day, max(end_date) AS last_day
    FROM scheduling_hold WHERE customer_id = %(customer)s AND lifted_at IS NULL GROUP BY 1
),
stops AS (
    SELECT id, subscription_id, due_on, attempt, service_date, status, property_id, sequence, skip_category, skip_reason,
        removed_by, removed_note, plan_name, bins, extra_id, route_id, removed_reason
    FROM scheduling_stop
    WHERE customer_id = %(customer)s AND service_date BETWEEN %(first)s AND %(last)s
        AND removed_by IS DISTINCT FROM 'reconcile' -- the rules say better where those visits are now
        AND (extra_id IS NULL OR removed_reason IS DISTINCT FROM 'skip') -- called off: there is none any more
    UNION ALL -- driven outside the window, due inside
    SELECT s.id, s.subscription_id, s.due_on, s.attempt, s.service_date, s.status, s.property_id, s.sequence,
        s.skip_category, s.skip_reason, s.removed_by, s.removed_note, s.plan_name, s.bins, NULL, NULL, NULL
    FROM visits v JOIN scheduling_stop s ON s.subscription_id = v.subscription_id AND s.due_on = v.due_on
    WHERE s.service_date NOT BETWEEN %(first)s AND %(last)s AND s.removed_by IS DISTINCT FROM 'reconcile'
)
SELECT coalesce(s.service_date, v.day) AS day, coalesce(s.due_on, v.due_on) AS due_on, s.status, s.removed_by,
    CASE WHEN s.extra_id IS NULL THEN v.reason ELSE s.removed_reason END AS reason,
    coalesce(nullif(s.plan_name, ''), pl.name) AS plan, pr.address1, pr.address2, coalesce(s.bins, pr.bin_count) AS bins,
    pr.bin_location, coalesce(v.arrives_from, place.arrives_from), coalesce(v.arrives_to, place.arrives_to),
    coalesce(s.property_id, v.property_id) AS property_id,
    coalesce(s.subscription_id, v.subscription_id) AS subscription_id,
    CASE v.reason WHEN 'holiday' THEN b.name WHEN 'skip' THEN sk.notes
        ELSE coalesce(nullif(s.removed_note, ''), s.skip_reason) END AS note,
    h.first_day AS hold_first, h.last_day AS hold_last, h.id AS hold_id, v.skip_id, v.day AS planned_on, s.attempt,
    s.id AS stop_id, s.extra_id
FROM visits v
FULL JOIN stops s ON s.subscription_id = v.subscription_id AND s.due_on = v.due_on
JOIN customers_property pr ON pr.id = coalesce(s.property_id, v.property_id)
LEFT JOIN scheduling_subscription su ON su.id = coalesce(s.subscription_id, v.subscription_id)
LEFT JOIN scheduling_extra ex ON ex.id = s.extra_id
LEFT JOIN scheduling_plan pl ON pl.id = coalesce(su.plan_id, ex.plan_id)
-- An extra comes when its property's turn on that route is.
LEFT JOIN scheduling_route r ON r.id = s.route_id AND s.extra_id IS NOT NULL
LEFT JOIN scheduling_masterstop place
    ON place.master_route_id = r.master_route_id AND place.property_id = s.property_id AND place.status = 'approved'
LEFT JOIN scheduling_blackoutdate b ON b.id = v.blackout_id
LEFT JOIN holds h ON v.hold_id = ANY (h.parts)
LEFT JOIN scheduling_skip sk ON sk.id = v.skip_id
ORDER BY 1, coalesce(s.sequence, v.sequence), 2
