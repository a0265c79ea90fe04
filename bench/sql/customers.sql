-- A business's customers, in the proportions of the demo's two operators: {size} active ones, and for each hundred six
-- more that are pending, paused or canceled. Arithmetic on the customer's number n decides everything, so that two
-- runs seed the same. Parameters: business, size, today.
CREATE TEMPORARY TABLE numbers ON COMMIT DROP AS
SELECT n, uuidv7() AS customer_id, n > %(size)s AS former, (n * 7919::bigint) %% 100 AS lot
FROM generate_series(1, %(size)s + %(size)s * 6 / 100) AS n;

INSERT INTO scheduling_plan (business_id, code, name, description, plan_type, visibility, frequency, billing_mode,
    price_cents, setup_fee_cents, additional_bin_price_cents, season_months, sort_order)
SELECT %(business)s, frequency, initcap(frequency) || ' Bin Cleaning', '', 'recurring', 'public', frequency, 'per_visit',
    price, 0, 300, CASE frequency WHEN 'seasonal' THEN '{{4,5,6,7,8,9,10}}'::smallint[] END, 0
FROM (VALUES ('weekly', 1250), ('biweekly', 1600), ('monthly', 2400), ('quarterly', 4500), ('seasonal', 1150))
    AS plan (frequency, price);

-- 250 customers a zone, its weekday in turn; every other master route splits its days.
INSERT INTO scheduling_zone (business_id, name, zip_codes, weekday)
SELECT %(business)s, 'Zone ' || z, ARRAY[lpad(z::text, 5, '0')], z %% 5 + 1
FROM generate_series(0, %(size)s / 250) AS z;
INSERT INTO scheduling_masterroute (business_id, zone_id, weekday, max_stops, active)
SELECT %(business)s, id, weekday, CASE WHEN right(name, 1)::int %% 2 = 0 THEN 80 END, true FROM scheduling_zone;

INSERT INTO customers_customer (id, business_id, ref, first_name, last_name, company, email, phone, language,
    activated_on, canceled_on)
SELECT customer_id, %(business)s, 'C' || lpad(n::text, 7, '0'), 'Given' || n %% 500, 'Family' || n %% 3000, '',
    'customer' || n || '@example.com', '', CASE WHEN n %% 10 = 0 THEN 'es' ELSE 'en' END,
    CASE WHEN former AND n %% 6 = 0 THEN NULL ELSE %(today)s::date - 800 END,
    CASE WHEN former AND n %% 6 IN (1, 2, 3) THEN %(today)s::date - 90 END
FROM numbers;
INSERT INTO customers_pause (business_id, customer_id, first_day, cause)
SELECT %(business)s, customer_id, %(today)s::date - 30, 'unpaid' FROM numbers WHERE former AND n %% 6 IN (4, 5);

-- Every 17th customer has two properties, every 101st five; all of one customer lie in one zone.
CREATE TEMPORARY TABLE places ON COMMIT DROP AS
SELECT n.*, k, uuidv7() AS property_id, m.zone_id, m.id AS master_route_id, m.weekday
FROM numbers n
CROSS JOIN LATERAL generate_series(1, CASE WHEN n.n %% 101 = 1 THEN 5 WHEN n.n %% 17 = 1 THEN 2 ELSE 1 END) AS k
JOIN scheduling_zone z ON z.name = 'Zone ' || n.n %% (%(size)s / 250 + 1)
JOIN scheduling_masterroute m ON m.zone_id = z.id;
INSERT INTO customers_property (id, business_id, customer_id, address1, address2, city, state, postal_code, normalised,
    zone_id, bin_count, bin_size, bin_location, gate_code, notes)
SELECT property_id, %(business)s, customer_id, n * 10 + k || ' West 51st Avenue', '', 'Arvada', 'CO', '80002',
    n * 10 + k || ' w 51st ave', zone_id, 1 + lot %% 3, '', 'Behind the blue fence', '', ''
FROM places;
INSERT INTO scheduling_masterstop (business_id, master_route_id, property_id, customer_id, weekday, status, sequence)
SELECT %(business)s, master_route_id, property_id, customer_id, weekday, 'approved', n %% 250 FROM places;

INSERT INTO scheduling_subscription (business_id, customer_id, property_id, plan_id, starts_on, week_parity, month_week)
SELECT %(business)s, customer_id, property_id, p.id, %(today)s::date - 800,
    CASE WHEN frequency = 'biweekly' THEN (ARRAY['A', 'B'])[n %% 2 + 1] END,
    CASE WHEN frequency IN ('monthly', 'quarterly') THEN (ARRAY['1st', '2nd', '3rd', '4th', 'last'])[n %% 5 + 1] END
FROM places
JOIN scheduling_plan p ON frequency = CASE WHEN lot < 42 THEN 'weekly' WHEN lot < 73 THEN 'biweekly'
    WHEN lot < 92 THEN 'monthly' WHEN lot < 96 THEN 'quarterly' ELSE 'seasonal' END;

-- One in fifty is away next week, one in a hundred skips a visit, and the business is closed on one day in three weeks.
INSERT INTO scheduling_hold (business_id, customer_id, start_date, end_date, effective_from, notes, placed_at)
SELECT %(business)s, customer_id, %(today)s::date + n %% 7, %(today)s::date + 7 + n %% 7, %(today)s::date + n %% 7, '', now()
FROM numbers WHERE n %% 50 = 7;
INSERT INTO scheduling_skip (business_id, customer_id, subscription_id, due_on, notes, placed_at)
SELECT %(business)s, s.customer_id, s.id, %(today)s::date + (7 + m.weekday - extract(isodow FROM %(today)s::date)::int) %% 7,
    '', now()
FROM scheduling_subscription s JOIN places p USING (property_id) JOIN scheduling_masterroute m ON m.id = master_route_id
WHERE n %% 100 = 13;
INSERT INTO scheduling_blackoutdate (business_id, date, name, effect)
VALUES (%(business)s, %(today)s::date + 17, 'Crew training', 'next_day');
