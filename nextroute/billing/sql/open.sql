-- Open invoices and what is open of each, the oldest first.
SELECT i.customer_id, i.id, (i.total_cents - coalesce(a.cents, 0))::bigint
FROM billing_invoice i
LEFT JOIN (
    SELECT invoice_id, sum(cents) AS cents FROM billing_allocation
    WHERE business_id = %(business)s AND (%(customers)s::uuid[] IS NULL OR customer_id = ANY (%(customers)s::uuid[]))
    GROUP BY 1
) AS a ON a.invoice_id = i.id
WHERE i.business_id = %(business)s AND i.state = 'sent' AND i.total_cents > coalesce(a.cents, 0)
    AND (%(customers)s::uuid[] IS NULL OR i.customer_id = ANY (%(customers)s::uuid[]))
ORDER BY i.customer_id, i.invoice_date, i.sequence
