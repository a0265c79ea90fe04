-- A month to come: what flat plans cost in it, by the rule, as far as it is known now.
WITH {visits of any term},
{flat_months},
counted AS (
    SELECT f.id, count(*) AS in_all,
        count(*) FILTER (WHERE v.due_on >= f.starts_on AND (f.ends_on IS NULL OR v.due_on <= f.ends_on)) AS scheduled
    FROM flat f JOIN visits v ON v.subscription_id = f.id WHERE NOT f.whole GROUP BY 1
),
priced AS (
    SELECT f.*, CASE WHEN f.whole THEN f.price ELSE round(f.price * c.scheduled / c.in_all::numeric)::bigint END AS charge
    FROM flat f LEFT JOIN counted c ON c.id = f.id WHERE f.charged IS NULL
),
items AS MATERIALIZED (
    SELECT customer_id, property_id, 'flat' AS kind, %(flat)s::int AS position, id AS subscription_id,
        NULL::uuid AS extra_id, %(month)s::date AS month, name AS plan_name, 1 AS quantity, price AS unit_cents,
        charge AS amount_cents, tax_rate, NULL::uuid AS stop_id
    FROM priced WHERE charge > 0
),
{post}
