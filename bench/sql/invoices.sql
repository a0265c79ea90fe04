-- Invoices of the last months of each active customer, and many of one, a payment for each but the two latest.
-- Numbers go by month. Parameters: business, ref (who has many), each, most, today.
CREATE TEMPORARY TABLE months ON COMMIT DROP AS
SELECT c.id AS customer_id, k, uuidv7() AS invoice_id, uuidv7() AS payment_id,
    (date_trunc('month', %(today)s::date) - make_interval(months => k))::date AS first,
    2500 + (right(c.ref, 7)::bigint * 7919 + k * 104729) %% 5000 AS cents,
    row_number() OVER (ORDER BY k DESC, c.ref) AS n
FROM customers_customer c
CROSS JOIN LATERAL generate_series(1, CASE WHEN c.ref = %(ref)s THEN %(most)s ELSE %(each)s END) AS k
WHERE c.business_id = %(business)s AND c.activated_on IS NOT NULL AND c.canceled_on IS NULL;
INSERT INTO billing_invoice (id, business_id, customer_id, period_first, period_last, state, sequence, number,
    invoice_date, due_date, subtotal_cents, tax_cents, total_cents, currency, drafted_at, sent_at, void_reason)
SELECT invoice_id, %(business)s, customer_id, first, (first + interval '1 month')::date - 1, 'sent', n, 'INV-' || 1000 + n,
    (first + interval '1 month')::date, (first + interval '1 month')::date + 15, cents, 0, cents, 'USD',
    first + interval '1 month', first + interval '1 month', ''
FROM months ORDER BY n;
INSERT INTO billing_payment (id, business_id, customer_id, method, state, amount_cents, currency, chosen,
    idempotency_key, created_at, settled_at, received_on, reference, failure, page_url, fee_cents)
SELECT payment_id, %(business)s, customer_id, 'check', 'succeeded', cents, 'USD', ARRAY[invoice_id],
    'bench ' || n, first + interval '40 days', first + interval '40 days', first + 40, '', '', '', 0
FROM months WHERE k > 2 ORDER BY n;
INSERT INTO billing_allocation (business_id, customer_id, invoice_id, payment_id, cents, made_at)
SELECT %(business)s, customer_id, invoice_id, payment_id, cents, first + interval '40 days'
FROM months WHERE k > 2 ORDER BY n
