-- What is open at a business, and what of it is overdue; drafts. `today`: a local day. The same for one: standing.py.
WITH moving AS (
    SELECT unnest(chosen) AS id FROM billing_payment WHERE business_id = %(business)s AND state = 'processing'
),
open AS (
    SELECT cents, due_date < %(today)s AND invoice_id NOT IN (SELECT id FROM moving) AS overdue
    FROM billing_openinvoice WHERE business_id = %(business)s
),
drafts AS (
    SELECT count(*) AS many, sum(total_cents) AS cents FROM billing_invoice
    WHERE business_id = %(business)s AND state = 'draft'
)
SELECT count(*), coalesce(sum(cents), 0)::bigint,
    count(*) FILTER (WHERE overdue), coalesce(sum(cents) FILTER (WHERE overdue), 0)::bigint,
    (SELECT many FROM drafts), coalesce((SELECT cents FROM drafts), 0)::bigint
FROM open
