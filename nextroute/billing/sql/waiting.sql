-- How many drafts will be invoices and how many credit notes; of named drafts, their customers.
SELECT count(*) FILTER (WHERE total_cents >= 0), count(*) FILTER (WHERE total_cents < 0),
    CASE WHEN %(drafts)s::uuid[] IS NOT NULL THEN array_agg(customer_id) END
FROM billing_invoice i
WHERE business_id = %(business)s AND state = 'draft'
    AND (id = ANY (%(drafts)s::uuid[]) OR period_first = %(period)s::date)
    AND EXISTS (SELECT FROM billing_invoiceline l WHERE l.invoice_id = i.id)
