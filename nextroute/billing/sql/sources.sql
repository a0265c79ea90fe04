-- Every credit note and settled payment, what it is worth, and what of it is spent. In the business's scope, or in a
-- customer's. `customers` null: all.
worth AS (
    SELECT n.customer_id, n.id, true AS is_note, n.issued_at AS since, n.total_cents AS cents,
        CASE WHEN n.invoice_id IS NULL THEN '{}' ELSE ARRAY[n.invoice_id] END AS wanted
    FROM billing_creditnote n
    WHERE n.business_id = %(business)s AND (%(customers)s::uuid[] IS NULL OR n.customer_id = ANY (%(customers)s::uuid[]))
    UNION ALL
    SELECT p.customer_id, p.id, false, p.settled_at, p.amount_cents - coalesce(r.cents, 0) - coalesce(d.cents, 0), p.chosen
    FROM billing_payment p
    LEFT JOIN (
        SELECT payment_id, sum(cents) AS cents FROM billing_refund
        WHERE business_id = %(business)s AND state IN ('pending', 'succeeded')
            AND (%(customers)s::uuid[] IS NULL OR customer_id = ANY (%(customers)s::uuid[]))
        GROUP BY 1
    ) AS r ON r.payment_id = p.id
    LEFT JOIN (
        SELECT payment_id, sum(withdrawn_cents - returned_cents) AS cents FROM billing_dispute
        WHERE business_id = %(business)s
            AND (%(customers)s::uuid[] IS NULL OR customer_id = ANY (%(customers)s::uuid[]))
        GROUP BY 1
    ) AS d ON d.payment_id = p.id
    WHERE p.business_id = %(business)s AND p.state = 'succeeded'
        AND (%(customers)s::uuid[] IS NULL OR p.customer_id = ANY (%(customers)s::uuid[]))
),
spent AS (
    SELECT coalesce(payment_id, credit_note_id) AS id, sum(cents) AS cents FROM billing_allocation
    WHERE business_id = %(business)s
        AND (%(customers)s::uuid[] IS NULL OR customer_id = ANY (%(customers)s::uuid[]))
    GROUP BY 1
),
sources AS (
    SELECT w.*, w.cents - coalesce(s.cents, 0) AS unspent FROM worth w LEFT JOIN spent s ON s.id = w.id
)
