-- What one customer has from a day on: each subscription on each weekday its property is routed. Parameters: customer,
-- today. Runs as the customer.
SELECT p.frequency, s.week_parity, place.weekday, s.month_week, pr.address1, pr.address2
FROM scheduling_subscription s
JOIN scheduling_plan p ON p.id = s.plan_id
JOIN customers_property pr ON pr.id = s.property_id
JOIN scheduling_masterstop place ON place.property_id = s.property_id AND place.status = 'approved'
JOIN scheduling_masterroute m ON m.id = place.master_route_id AND m.active
WHERE s.customer_id = %(customer)s AND (s.ends_on IS NULL OR s.ends_on >= %(today)s)
ORDER BY pr.address1, pr.address2, place.weekday, s.starts_on
