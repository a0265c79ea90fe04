-- Where one more visit of a property can ride: each day of [first, last] on which it can, its master route, its place in
-- that route's order, the first open part with room (none: a part is to be made), and how many parts the day has.
-- Rules: docs/rules/extras.md; “room” and “settled” mean what they do in reconcile.sql. Parameters: property, plan,
-- first, last, zones/due_days (the days that blackouts take from a zone). In the business's scope.
WITH taken AS (SELECT * FROM unnest(%(zones)s::uuid[], %(due_days)s::date[]) AS t (zone_id, day)),
runs AS MATERIALIZED (
    SELECT d.day, m.id AS master_route_id, m.max_stops, place.sequence
    FROM (SELECT day::date FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day) AS d
    JOIN scheduling_masterroute m ON m.weekday = extract(isodow FROM d.day) AND m.active
    JOIN customers_property pr ON pr.id = %(property)s
    JOIN customers_customer c ON c.id = pr.customer_id AND c.activated_on IS NOT NULL
        AND (c.canceled_on IS NULL OR c.canceled_on > d.day)
    LEFT JOIN scheduling_masterstop place
        ON place.master_route_id = m.id AND place.property_id = pr.id AND place.status = 'approved'
    WHERE (place.id IS NOT NULL OR m.zone_id = pr.zone_id)
        AND NOT EXISTS (SELECT FROM taken t WHERE t.zone_id = m.zone_id AND t.day = d.day)
        AND NOT EXISTS (SELECT FROM customers_pause p WHERE p.customer_id = c.id
            AND p.first_day <= d.day AND (p.last_day IS NULL OR p.last_day >= d.day))
        AND NOT EXISTS (SELECT FROM scheduling_extra e WHERE e.property_id = pr.id AND e.plan_id = %(plan)s
            AND e.day = d.day AND e.dropped_at IS NULL AND e.called_off_at IS NULL)
)
SELECT DISTINCT ON (r.day) r.day, r.master_route_id, open.id AS route_id,
    coalesce((SELECT max(part) FROM scheduling_route WHERE master_route_id = r.master_route_id AND date = r.day), 0)
        AS parts,
    coalesce(r.sequence, (SELECT max(sequence) + 1 FROM scheduling_stop WHERE route_id = open.id), 0) AS sequence
FROM runs r
LEFT JOIN LATERAL (
    SELECT part.id FROM scheduling_route part
    WHERE part.master_route_id = r.master_route_id AND part.date = r.day AND part.status IN ('draft', 'optimized')
        AND (r.max_stops IS NULL OR r.max_stops
            > (SELECT count(*) FROM scheduling_stop s WHERE s.route_id = part.id AND s.removed_at IS NULL))
    ORDER BY part.part LIMIT 1
) AS open ON true
WHERE open.id IS NOT NULL OR NOT EXISTS (
    SELECT FROM scheduling_route part WHERE part.master_route_id = r.master_route_id AND part.original_date = r.day
        AND (part.date <> part.original_date OR part.status NOT IN ('draft', 'optimized')))
ORDER BY r.day, r.sequence IS NULL, r.master_route_id -- its own place first, then whoever serves its zone
