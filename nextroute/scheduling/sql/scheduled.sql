-- How many visits each subscription has scheduled in each month. Prefixed with visits.sql, whose parameters these are.
WITH {visits}
SELECT subscription_id, date_trunc('month', due_on)::date AS month, count(*) FROM visits GROUP BY 1, 2
