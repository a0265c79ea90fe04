-- The visits made since a day wait to be billed, as the trigger that a bulk load leaves out would have it.
-- Parameters: business, since.
INSERT INTO billing_unbilledvisit (business_id, customer_id, stop_id, property_id, subscription_id, extra_id, due_on,
    service_date, plan_name, price_cents, bins, additional_bin_price_cents, tax_rate)
SELECT business_id, customer_id, id, property_id, subscription_id, extra_id, due_on,
    service_date, plan_name, price_cents, bins, additional_bin_price_cents, tax_rate
FROM scheduling_stop
WHERE business_id = %(business)s AND status = 'completed' AND service_date >= %(since)s
