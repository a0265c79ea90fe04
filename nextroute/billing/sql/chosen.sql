-- The drafts to be issued, in the order of their customers' names. Those without a line are none.
chosen AS MATERIALIZED (
    SELECT i.*, row_number() OVER (
        ORDER BY lower(coalesce(nullif(c.company, ''), nullif(c.last_name, ''), c.first_name)), lower(c.first_name), c.ref,
            i.id) + %(after)s AS n
    FROM billing_invoice i JOIN customers_customer c ON c.id = i.customer_id
    WHERE i.business_id = %(business)s AND i.state = 'draft'
        AND (i.id = ANY (%(drafts)s::uuid[]) OR i.period_first = %(period)s::date)
        AND (i.total_cents < 0) = %(negative)s
        AND EXISTS (SELECT FROM billing_invoiceline l WHERE l.invoice_id = i.id)
)
