-- What completed visits cost that no line charges yet: as they were priced when they were made. Visits of a plan that
-- is paid by the month are in its price, also when the plan is paid by the visit since.
WITH fresh AS MATERIALIZED (
    SELECT s.id, s.customer_id, s.property_id, s.extra_id, s.plan_name, s.price_cents, s.bins,
        s.additional_bin_price_cents, s.tax_rate
    FROM scheduling_stop s
    LEFT JOIN scheduling_subscription u ON u.id = s.subscription_id
    LEFT JOIN scheduling_plan p ON p.id = u.plan_id
    LEFT JOIN billing_billedstop b ON b.stop_id = s.id
    WHERE s.business_id = %(business)s AND s.status = 'completed' AND s.service_date <= %(last)s AND b.id IS NULL
        AND (s.extra_id IS NOT NULL OR (p.billing_mode = 'per_visit' AND NOT EXISTS (
            SELECT FROM billing_invoiceline l WHERE l.business_id = %(business)s AND l.subscription_id = s.subscription_id
                AND l.month = date_trunc('month', s.due_on)::date)))
),
items AS MATERIALIZED (
    SELECT customer_id, property_id, CASE WHEN extra_id IS NULL THEN 'visit' ELSE 'extra' END AS kind,
        CASE WHEN extra_id IS NULL THEN %(visit)s::int ELSE %(extra)s::int END AS position, NULL::uuid AS subscription_id,
        extra_id, NULL::date AS month, plan_name, 1 AS quantity, price_cents AS unit_cents, price_cents AS amount_cents,
        tax_rate, id AS stop_id
    FROM fresh
    UNION ALL
    SELECT customer_id, property_id, 'bins', %(bins)s::int, NULL, NULL, NULL, plan_name, bins - 1,
        additional_bin_price_cents, (bins - 1) * additional_bin_price_cents, tax_rate, NULL
    FROM fresh WHERE extra_id IS NULL AND bins > 1 AND additional_bin_price_cents > 0
),
{post}
