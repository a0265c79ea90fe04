-- One customer's past: each property with its rows of one page, newest first, and what this year came to. No rule is
-- asked. Parameters: customer, property (none: all), today, new_year, after_day and after_id (the page begins after
-- that row), rows. Runs as the customer.
WITH past AS NOT MATERIALIZED ( -- read twice, each time through the index of the customer's days
    SELECT * FROM scheduling_stop
    WHERE customer_id = %(customer)s AND service_date <= %(today)s
        AND (%(property)s::uuid IS NULL OR property_id = %(property)s)
        AND removed_by IS DISTINCT FROM 'reconcile' -- no rule gives those visits any more
        AND (extra_id IS NULL OR removed_reason IS DISTINCT FROM 'skip') -- nor is there one that was called off
        AND (service_date < %(today)s OR (removed_at IS NULL AND status IN ('completed', 'skipped')))
),
year AS MATERIALIZED (
    SELECT count(*) FILTER (WHERE removed_at IS NULL AND status = 'completed') AS came,
        count(*) FILTER (WHERE CASE WHEN removed_at IS NULL THEN status = 'skipped' AND skip_category <> 'customer_request'
            ELSE removed_reason = 'office' END) AS missed
    FROM past WHERE service_date >= %(new_year)s
),
page AS MATERIALIZED (
    SELECT * FROM past WHERE (service_date, id) < (%(after_day)s::date, %(after_id)s::uuid)
    ORDER BY service_date DESC, id DESC LIMIT %(rows)s
)
SELECT year.came, year.missed, pr.id, pr.address1, pr.address2, s.id, s.service_date, s.due_on, s.status, s.removed_reason,
    s.skip_category, coalesce(nullif(s.removed_note, ''), s.skip_reason) AS note, s.completed_at,
    coalesce(nullif(s.plan_name, ''), pl.name) AS plan,
    CASE WHEN s.extra_id IS NULL THEN pl.billing_mode ELSE 'per_visit' END AS billing_mode, -- an extra has its own price
    ARRAY(SELECT ARRAY[id::text, kind] FROM scheduling_photo WHERE stop_id = s.id
        ORDER BY kind DESC, taken_at, id) AS photos -- before, then after
FROM customers_property pr
CROSS JOIN year
LEFT JOIN page s ON s.property_id = pr.id
LEFT JOIN scheduling_subscription su ON su.id = s.subscription_id
LEFT JOIN scheduling_extra ex ON ex.id = s.extra_id
LEFT JOIN scheduling_plan pl ON pl.id = coalesce(su.plan_id, ex.plan_id)
WHERE pr.customer_id = %(customer)s
ORDER BY s.service_date DESC NULLS LAST, s.id DESC, pr.id
