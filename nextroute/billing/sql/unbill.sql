-- Visits that a draft charges wait again to be billed, as they were priced when they were made; the draft is gone.
WITH lines AS MATERIALIZED (SELECT id FROM billing_invoiceline WHERE invoice_id = %(invoice)s),
unbilled AS (DELETE FROM billing_billedstop b USING lines l WHERE b.line_id = l.id RETURNING b.stop_id),
waiting AS (
    INSERT INTO billing_unbilledvisit (business_id, customer_id, stop_id, property_id, subscription_id, extra_id,
        due_on, service_date, plan_name, price_cents, bins, additional_bin_price_cents, tax_rate)
    SELECT s.business_id, s.customer_id, s.id, s.property_id, s.subscription_id, s.extra_id,
        s.due_on, s.service_date, s.plan_name, s.price_cents, s.bins, s.additional_bin_price_cents, s.tax_rate
    FROM scheduling_stop s JOIN unbilled u ON u.stop_id = s.id
    WHERE s.business_id = %(business)s
),
emptied AS (DELETE FROM billing_invoiceline l USING lines WHERE l.id = lines.id)
DELETE FROM billing_invoice WHERE id = %(invoice)s
