-- Items to be charged become lines of their customers' drafts of the month, and visits are marked as charged by them.
grouped AS MATERIALIZED (
    SELECT customer_id, property_id, kind, position, subscription_id, extra_id, month, plan_name, unit_cents, tax_rate,
        sum(quantity)::int AS quantity, sum(amount_cents)::bigint AS amount_cents
    FROM items GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
),
opened AS (
    INSERT INTO billing_invoice (business_id, customer_id, period_first, period_last, state, currency, drafted_at,
        subtotal_cents, tax_cents, total_cents, void_reason)
    SELECT %(business)s::uuid, customer_id, %(first)s, %(last)s, 'draft', %(currency)s, %(now)s, 0, 0, 0, ''
    FROM (SELECT DISTINCT customer_id FROM grouped) AS g
    WHERE NOT EXISTS (SELECT FROM billing_invoice i
        WHERE i.customer_id = g.customer_id AND i.period_first = %(first)s AND i.state = 'draft')
    RETURNING id, customer_id
),
drafts AS MATERIALIZED (
    SELECT id, customer_id FROM billing_invoice
    WHERE business_id = %(business)s AND state = 'draft' AND period_first = %(first)s
    UNION ALL SELECT id, customer_id FROM opened
),
charged AS (
    INSERT INTO billing_invoiceline AS l (business_id, customer_id, invoice_id, property_id, kind, position,
        subscription_id, extra_id, month, plan_name, unit_cents, tax_rate, quantity, amount_cents)
    SELECT %(business)s::uuid, g.customer_id, d.id, g.property_id, g.kind, g.position,
        g.subscription_id, g.extra_id, g.month, g.plan_name, g.unit_cents, g.tax_rate, g.quantity, g.amount_cents
    FROM grouped g JOIN drafts d ON d.customer_id = g.customer_id
    ON CONFLICT (invoice_id, property_id, kind, subscription_id, extra_id, month, plan_name, unit_cents, tax_rate)
        WHERE invoice_id IS NOT NULL
    DO UPDATE SET quantity = l.quantity + excluded.quantity, amount_cents = l.amount_cents + excluded.amount_cents
    RETURNING l.id, l.customer_id, l.property_id, l.kind, l.extra_id, l.plan_name, l.unit_cents, l.tax_rate
),
billed AS (
    INSERT INTO billing_billedstop (business_id, customer_id, stop_id, line_id)
    SELECT %(business)s::uuid, i.customer_id, i.stop_id, c.id
    FROM items i
    JOIN charged c ON c.property_id = i.property_id AND c.kind = i.kind AND c.plan_name = i.plan_name
        AND c.unit_cents = i.unit_cents AND c.tax_rate = i.tax_rate
        AND coalesce(c.extra_id, c.property_id) = coalesce(i.extra_id, i.property_id)
    WHERE i.stop_id IS NOT NULL
    RETURNING 1
)
SELECT (SELECT count(*) FROM opened), (SELECT count(*) FROM charged), (SELECT count(*) FROM billed)
