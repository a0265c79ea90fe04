-- The month's drafts add up: tax is rounded once for each rate. The same for one: tax.py.
WITH taxed AS (
    SELECT l.invoice_id, l.tax_rate, sum(l.amount_cents) AS cents
    FROM billing_invoice i JOIN billing_invoiceline l ON l.invoice_id = i.id
    WHERE i.business_id = %(business)s AND i.state = 'draft' AND i.period_first = %(first)s
    GROUP BY 1, 2
),
summed AS (
    SELECT invoice_id, sum(cents)::bigint AS subtotal, sum(round(cents * tax_rate / 100))::bigint AS tax
    FROM taxed GROUP BY 1
)
UPDATE billing_invoice i SET subtotal_cents = s.subtotal, tax_cents = s.tax, total_cents = s.subtotal + s.tax
FROM summed s
WHERE i.id = s.invoice_id AND (i.subtotal_cents, i.tax_cents) IS DISTINCT FROM (s.subtotal, s.tax)
