-- Drafts become invoices. A number has four digits at least.
WITH {chosen}
UPDATE billing_invoice i
SET state = 'sent', sequence = c.n, number = 'INV-' || lpad(c.n::text, greatest(%(digits)s, length(c.n::text)), '0'),
    invoice_date = %(today)s, due_date = %(due)s, sent_at = %(now)s
FROM chosen c WHERE i.id = c.id
