-- What changed what a customer owes, in cents, by the business's local days. The first row, without a day, is the sum of
-- what happened before %(first)s. In the business's scope, or in the customer's.
WITH entries AS (
    SELECT invoice_date AS day, sent_at AS at, 1 AS place, 'invoice' AS kind, id, number, '' AS method, '' AS words,
        total_cents AS cents
    FROM billing_invoice
    WHERE business_id = %(business)s AND customer_id = %(customer)s AND state <> 'draft'
    UNION ALL
    SELECT (voided_at AT TIME ZONE %(zone)s)::date, voided_at, 2, 'voided', id, number, '', void_reason, -total_cents
    FROM billing_invoice
    WHERE business_id = %(business)s AND customer_id = %(customer)s AND state = 'void'
    UNION ALL
    SELECT issued_on, issued_at, 6, 'credit_note', id, number, '', reason, -total_cents
    FROM billing_creditnote
    WHERE business_id = %(business)s AND customer_id = %(customer)s
    UNION ALL
    SELECT (settled_at AT TIME ZONE %(zone)s)::date, settled_at, 3, 'payment', id, reference, method, '', -amount_cents
    FROM billing_payment
    WHERE business_id = %(business)s AND customer_id = %(customer)s AND state = 'succeeded'
    UNION ALL
    SELECT (r.went_at AT TIME ZONE %(zone)s)::date, r.went_at, 5, 'refund', r.id, '', p.method, r.reason, r.cents
    FROM billing_refund r JOIN billing_payment p ON p.id = r.payment_id
    WHERE r.business_id = %(business)s AND r.customer_id = %(customer)s AND r.went_at IS NOT NULL
    UNION ALL
    SELECT (r.failed_at AT TIME ZONE %(zone)s)::date, r.failed_at, 8, 'refund_failed', r.id, '', p.method, '', -r.cents
    FROM billing_refund r JOIN billing_payment p ON p.id = r.payment_id
    WHERE r.business_id = %(business)s AND r.customer_id = %(customer)s AND r.went_at IS NOT NULL
        AND r.failed_at IS NOT NULL
    UNION ALL
    SELECT (m.at AT TIME ZONE %(zone)s)::date, m.at, CASE WHEN m.cents > 0 THEN 7 ELSE 9 END,
        CASE WHEN m.cents > 0 THEN d.kind ELSE 'given_back' END, m.id, '', p.method, '', m.cents
    FROM billing_disputemove m
    JOIN billing_dispute d ON d.id = m.dispute_id
    JOIN billing_payment p ON p.id = d.payment_id
    WHERE m.business_id = %(business)s AND m.customer_id = %(customer)s AND p.state = 'succeeded'
)
SELECT day, kind, id, number, method, words, cents FROM (
    SELECT NULL::date AS day, NULL::timestamptz AS at, 0 AS place, '' AS kind, NULL::uuid AS id, '' AS number,
        '' AS method, '' AS words, coalesce(sum(cents), 0)::bigint AS cents
    FROM entries WHERE day < %(first)s
    UNION ALL
    SELECT * FROM entries WHERE day BETWEEN %(first)s AND %(last)s
) AS of_period
ORDER BY day NULLS FIRST, at, place, id
