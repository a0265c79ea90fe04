-- A customer's books, in cents. The definitions: docs/rules/payments.md.
WITH {sources},
invoices AS (
    SELECT total_cents, (SELECT coalesce(sum(cents), 0) FROM billing_allocation a WHERE a.invoice_id = i.id) AS paid
    FROM billing_invoice i
    WHERE i.business_id = %(business)s AND i.customer_id = ANY (%(customers)s::uuid[]) AND i.state = 'sent'
)
SELECT
    coalesce((SELECT sum(total_cents) FROM invoices), 0)::bigint,
    coalesce((SELECT sum(cents) FROM sources WHERE is_note), 0)::bigint,
    coalesce((SELECT sum(cents) FROM sources WHERE NOT is_note), 0)::bigint,
    coalesce((SELECT sum(total_cents - paid) FROM invoices), 0)::bigint,
    coalesce((SELECT sum(unspent) FROM sources), 0)::bigint,
    coalesce((SELECT sum(amount_cents) FROM billing_payment WHERE business_id = %(business)s
        AND customer_id = ANY (%(customers)s::uuid[]) AND state = 'processing'), 0)::bigint
