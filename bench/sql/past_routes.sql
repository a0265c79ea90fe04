-- A completed route of each master route in each of the last weeks. Parameters: business, today, weeks.
INSERT INTO scheduling_route (business_id, master_route_id, date, original_date, part, status, reason, dispatched_at)
SELECT %(business)s, m.id, day, day, 1, 'completed', '', day
FROM scheduling_masterroute m
CROSS JOIN generate_series(1, %(weeks)s) AS week
CROSS JOIN LATERAL (
    SELECT date_trunc('week', %(today)s::date)::date - 7 * week + m.weekday - 1 AS day
) AS d
ORDER BY day, m.id
