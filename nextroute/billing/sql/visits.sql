-- What completed visits cost that no line charges yet: as they were priced when they were made. Visits of a plan that
-- is paid by the month are in its price, also when the plan is paid by the visit since.
WITH waiting AS MATERIALIZED (
    SELECT v.*, p.billing_mode, l.month IS NOT NULL AS in_price
    FROM billing_unbilledvisit v
    LEFT JOIN scheduling_subscription u ON u.id = v.subscription_id
    LEFT JOIN scheduling_plan p ON p.id = u.plan_id
    LEFT JOIN (
        SELECT DISTINCT subscription_id, month FROM billing_invoiceline
        WHERE business_id = %(business)s AND month IS NOT NULL
    ) AS l ON l.subscription_id = v.subscription_id AND l.month = date_trunc('month', v.due_on)::date
    WHERE v.business_id = %(business)s AND v.service_date <= %(last)s
),
fresh AS MATERIALIZED (
    SELECT * FROM waiting WHERE extra_id IS NOT NULL OR (billing_mode = 'per_visit' AND NOT in_price)
),
taken AS (
    DELETE FROM billing_unbilledvisit v USING (SELECT id FROM fresh UNION ALL SELECT id FROM waiting WHERE in_price) AS t
    WHERE v.id = t.id
),
items AS MATERIALIZED (
    SELECT customer_id, property_id, CASE WHEN extra_id IS NULL THEN 'visit' ELSE 'extra' END AS kind,
        CASE WHEN extra_id IS NULL THEN %(visit)s::int ELSE %(extra)s::int END AS position, NULL::uuid AS subscription_id,
        extra_id, NULL::date AS month, plan_name, 1 AS quantity, price_cents AS unit_cents, price_cents AS amount_cents,
        tax_rate, stop_id
    FROM fresh
    UNION ALL
    SELECT customer_id, property_id, 'bins', %(bins)s::int, NULL, NULL, NULL, plan_name, bins - 1,
        additional_bin_price_cents, (bins - 1) * additional_bin_price_cents, tax_rate, NULL
    FROM fresh WHERE extra_id IS NULL AND bins > 1 AND additional_bin_price_cents > 0
),
{post}
