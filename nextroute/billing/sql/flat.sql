-- A month that is over: what flat plans cost in it, by the record of its visits. Those charged in advance are charged or
-- credited the difference. The same for one: prorating.py.
WITH {visits of any term},
{flat_months},
outside AS (
    SELECT f.id, count(*) AS visits
    FROM flat f JOIN visits v ON v.subscription_id = f.id
    WHERE NOT f.whole AND (v.due_on < f.starts_on OR v.due_on > f.ends_on) GROUP BY 1
),
record AS (
    SELECT f.id, count(*) AS visits,
        count(*) FILTER (WHERE s.removed_reason IN ('paused', 'canceled')) AS stopped,
        count(*) FILTER (WHERE s.removed_reason IN ('hold', 'skip')) AS missed
    FROM flat f JOIN scheduling_stop s ON s.subscription_id = f.id
    WHERE s.business_id = %(business)s AND s.due_on BETWEEN %(month)s AND %(month_last)s AND s.attempt = 1
        AND s.origin = 'rule' AND s.removed_by IS DISTINCT FROM 'reconcile'
        AND s.due_on >= f.starts_on AND (f.ends_on IS NULL OR s.due_on <= f.ends_on)
    GROUP BY 1
),
counted AS (
    SELECT f.*, coalesce(r.visits, 0) + coalesce(o.visits, 0) AS in_all,
        coalesce(r.visits - r.stopped, 0) AS scheduled, coalesce(r.missed, 0) AS missed
    FROM flat f LEFT JOIN record r ON r.id = f.id LEFT JOIN outside o ON o.id = f.id
),
priced AS MATERIALIZED (
    SELECT *,
        CASE WHEN in_all > 0 THEN round(price * scheduled / in_all::numeric)::bigint
            WHEN whole THEN price ELSE 0 END AS charge,
        CASE WHEN in_all > 0 AND %(hold_credit)s = 'prorated' THEN round(price * missed / in_all::numeric)::bigint
            ELSE 0 END AS credit
    FROM counted
),
due AS (
    SELECT *, charge AS to_charge, -credit AS to_credit FROM priced WHERE charged IS NULL
    UNION ALL
    SELECT *, greatest(0, charge - credit - charged), least(0, charge - credit - charged) FROM priced WHERE ahead
),
items AS MATERIALIZED (
    SELECT customer_id, property_id, 'flat' AS kind, %(flat)s::int AS position, id AS subscription_id,
        NULL::uuid AS extra_id, %(month)s::date AS month, name AS plan_name, 1 AS quantity, price AS unit_cents,
        to_charge AS amount_cents, tax_rate, NULL::uuid AS stop_id
    FROM due WHERE to_charge > 0
    UNION ALL
    SELECT customer_id, property_id, 'credit', %(credit)s::int, id, NULL, %(month)s, name, missed, price, to_credit,
        tax_rate, NULL
    FROM due WHERE to_credit < 0
),
{post}
