-- The set-up fee of subscriptions that the month's drafts charge, and nothing did before. One that replaces another is
-- set up already, and so is one that began long before the business's record of visits did: it was paid elsewhere.
WITH candidates AS MATERIALIZED (
    SELECT u.id, u.customer_id, u.property_id, p.name, p.setup_fee_cents, coalesce(p.tax_rate, %(tax_rate)s) AS tax_rate
    FROM scheduling_subscription u
    JOIN scheduling_plan p ON p.id = u.plan_id
    LEFT JOIN billing_invoiceline l ON l.subscription_id = u.id AND l.kind = 'setup'
    WHERE u.business_id = %(business)s AND p.setup_fee_cents > 0 AND u.replaces_id IS NULL AND l.id IS NULL
        AND u.starts_on >= (SELECT min(due_on) - 31 FROM scheduling_stop WHERE business_id = %(business)s)
),
charges AS (
    SELECT c.id, l.invoice_id
    FROM candidates c
    JOIN scheduling_stop s ON s.subscription_id = c.id
    JOIN billing_billedstop b ON b.stop_id = s.id
    JOIN billing_invoiceline l ON l.id = b.line_id
    UNION ALL
    SELECT c.id, l.invoice_id
    FROM candidates c JOIN billing_invoiceline l ON l.subscription_id = c.id AND l.month IS NOT NULL
),
first_charged AS (
    SELECT c.id FROM charges c LEFT JOIN billing_invoice i ON i.id = c.invoice_id
    GROUP BY 1 HAVING bool_and(coalesce(i.state = 'draft' AND i.period_first = %(first)s, false))
),
items AS MATERIALIZED (
    SELECT c.customer_id, c.property_id, 'setup' AS kind, %(setup)s::int AS position, c.id AS subscription_id,
        NULL::uuid AS extra_id, NULL::date AS month, c.name AS plan_name, 1 AS quantity, c.setup_fee_cents AS unit_cents,
        c.setup_fee_cents AS amount_cents, c.tax_rate, NULL::uuid AS stop_id
    FROM candidates c JOIN first_charged f ON f.id = c.id
),
{post}
