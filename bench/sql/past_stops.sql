-- One stop of each subscription on each past route that serves its property: one in fifty skipped, the others made.
-- Parameters: business.
INSERT INTO scheduling_stop (business_id, customer_id, property_id, subscription_id, route_id, sequence, due_on,
    service_date, status, completed_at, skip_category, skip_reason, plan_name, price_cents, bins,
    additional_bin_price_cents, tax_rate)
SELECT %(business)s, s.customer_id, s.property_id, s.id, r.id, place.sequence, r.date, r.date,
    CASE WHEN made THEN 'completed' ELSE 'skipped' END, CASE WHEN made THEN r.dispatched_at END,
    CASE WHEN NOT made THEN 'no_access' END, CASE WHEN made THEN '' ELSE 'The gate was locked.' END,
    p.name, p.price_cents, 1, p.additional_bin_price_cents, 8.25
FROM scheduling_route r
JOIN scheduling_masterstop place ON place.master_route_id = r.master_route_id
JOIN scheduling_subscription s ON s.property_id = place.property_id
JOIN scheduling_plan p ON p.id = s.plan_id
CROSS JOIN LATERAL (SELECT (place.sequence + r.date - date '2020-01-01') %% 50 <> 0 AS made) AS luck
ORDER BY r.date, r.id, place.sequence
