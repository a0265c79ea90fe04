-- Whose flat plans run for a part of the month, so that their days outside of it have to be counted.
WITH {flat_months}
SELECT DISTINCT customer_id FROM flat WHERE NOT whole
