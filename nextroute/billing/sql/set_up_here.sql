-- Whether a draft charges a set-up whose subscription something else charges, too: the fee would not be charged again.
SELECT EXISTS (
    SELECT FROM billing_invoiceline s
    WHERE s.invoice_id = %(invoice)s AND s.kind = 'setup' AND (
        EXISTS (
            SELECT FROM scheduling_stop v
            JOIN billing_billedstop b ON b.stop_id = v.id
            JOIN billing_invoiceline l ON l.id = b.line_id
            WHERE v.subscription_id = s.subscription_id AND l.invoice_id IS DISTINCT FROM s.invoice_id
        ) OR EXISTS (
            SELECT FROM billing_invoiceline l
            WHERE l.subscription_id = s.subscription_id AND l.month IS NOT NULL
                AND l.invoice_id IS DISTINCT FROM s.invoice_id
        )
    )
)
