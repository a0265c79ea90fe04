-- A customer's invoices, and `books`: their books in cents, one row. The definitions: docs/rules/payments.md.
{sources},
invoices AS (
    SELECT i.*, (SELECT coalesce(sum(cents), 0) FROM billing_allocation a WHERE a.invoice_id = i.id) AS paid
    FROM billing_invoice i
    WHERE i.business_id = %(business)s AND i.customer_id = ANY (%(customers)s::uuid[]) AND i.state = 'sent'
),
moving AS (
    SELECT amount_cents, chosen FROM billing_payment
    WHERE business_id = %(business)s AND customer_id = ANY (%(customers)s::uuid[]) AND state = 'processing'
),
books AS (
    SELECT
        coalesce((SELECT sum(total_cents) FROM invoices), 0)::bigint AS invoiced,
        coalesce((SELECT sum(cents) FROM sources WHERE is_note), 0)::bigint AS credited,
        coalesce((SELECT sum(cents) FROM sources WHERE NOT is_note), 0)::bigint AS money,
        coalesce((SELECT sum(total_cents - paid) FROM invoices), 0)::bigint AS open,
        coalesce((SELECT sum(unspent) FROM sources), 0)::bigint AS credit,
        coalesce((SELECT sum(amount_cents) FROM moving), 0)::bigint AS processing
)
