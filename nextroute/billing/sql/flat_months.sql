-- Plans that are paid by the month: the subscriptions that run in `month`, or were charged for it in advance, their
-- price, and what was charged. `whole`: they run from its first day to its last.
subscribed AS MATERIALIZED (
    SELECT u.id, u.customer_id, u.property_id, u.starts_on,
        least(u.ends_on, c.canceled_on - 1) AS ends_on, p.name, coalesce(p.tax_rate, %(tax_rate)s) AS tax_rate,
        coalesce(charged.unit_cents, p.price_cents + p.additional_bin_price_cents * greatest(0, r.bin_count - 1)) AS price,
        charged.cents AS charged, charged.ahead
    FROM scheduling_subscription u
    JOIN scheduling_plan p ON p.id = u.plan_id
    JOIN customers_property r ON r.id = u.property_id
    JOIN customers_customer c ON c.id = u.customer_id
    LEFT JOIN (
        SELECT l.subscription_id, min(l.unit_cents) AS unit_cents, sum(l.amount_cents) AS cents,
            bool_and(coalesce(i.period_first < %(month)s, false)) AS ahead
        FROM billing_invoiceline l LEFT JOIN billing_invoice i ON i.id = l.invoice_id
        WHERE l.business_id = %(business)s AND l.month = %(month)s GROUP BY 1
    ) AS charged ON charged.subscription_id = u.id
    WHERE u.business_id = %(business)s AND c.activated_on IS NOT NULL
        AND (charged.ahead OR (charged.subscription_id IS NULL AND p.billing_mode = 'flat'
            AND u.starts_on <= %(month_last)s AND coalesce(u.ends_on, %(month_last)s) >= %(month)s
            AND coalesce(c.canceled_on > %(month)s, true)
            AND (p.frequency <> 'seasonal' OR extract(month FROM %(month)s::date)
                = ANY (coalesce(u.season_months, p.season_months)))))
),
flat AS MATERIALIZED (
    SELECT *, starts_on <= %(month)s AND coalesce(ends_on, %(month_last)s) >= %(month_last)s AS whole FROM subscribed
)
