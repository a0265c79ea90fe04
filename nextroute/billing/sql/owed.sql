-- A customer's books, whether the business can be paid online, whether autopay is on, and beside them, a row each, what is to be paid and no money is on its way to, the first due first.
WITH {books}
SELECT b.invoiced, b.credited, b.money, b.open, b.credit, b.processing, EXISTS (
    SELECT FROM billing_stripeaccount
    WHERE business_id = %(business)s AND stripe_id IS NOT NULL AND NOT closed AND 'active' IN (cards, banks)
), EXISTS (
    SELECT FROM billing_mandate WHERE business_id = %(business)s AND customer_id = ANY (%(customers)s) AND ended_at IS NULL
), d.number, d.period_first, d.due_date, d.open_cents
FROM books b LEFT JOIN (
    SELECT number, period_first, due_date, sequence, (total_cents - paid)::bigint AS open_cents FROM invoices i
    WHERE total_cents > paid AND NOT EXISTS (SELECT FROM moving m WHERE i.id = ANY (m.chosen))
    ORDER BY due_date, sequence LIMIT %(most)s
) AS d ON true
ORDER BY d.due_date, d.sequence
