-- How many visits each subscription has scheduled in each month, were it to run the whole of it: what a plan that is
-- paid by the month is divided by, as billing does (docs/rules/invoicing.md). Prefixed with visits.sql, whose parameters
-- these are.
WITH {visits of any term}
SELECT subscription_id, date_trunc('month', due_on)::date AS month, count(*) FROM visits GROUP BY 1, 2
