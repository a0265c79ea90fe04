-- Drafts that came out negative become credit notes, their lines with them.
WITH {chosen},
numbered AS MATERIALIZED (SELECT *, uuidv7() AS note_id FROM chosen),
issued AS (
    INSERT INTO billing_creditnote (id, business_id, customer_id, number, issued_on, issued_at,
        subtotal_cents, tax_cents, total_cents, currency, reason)
    SELECT note_id, business_id, customer_id, 'CN-' || lpad(n::text, greatest(%(digits)s, length(n::text)), '0'),
        %(today)s, %(now)s, -subtotal_cents, -tax_cents, -total_cents, currency, ''
    FROM numbered
),
moved AS (
    UPDATE billing_invoiceline l SET invoice_id = NULL, credit_note_id = n.note_id
    FROM numbered n WHERE l.invoice_id = n.id
)
DELETE FROM billing_invoice i USING numbered n WHERE i.id = n.id
