-- Which visits are due: every visit of rules 1-3 whose unshifted day is in [from, to], the day it would be driven, and
-- the first reason that keeps it from being driven. One row for each (subscription, due_on). docs/rules/schedule.md.
--
-- Parameters: from, to, customers (null: all in scope), zones/due_days/planned_days/blackouts: where blackouts sent the
-- visits of a zone due on a day (planned null: dropped), from calendar.planned. In scope: one business.
-- Every join is an equality between columns, so that the plan is hash joins however little the planner knows.
shifts AS MATERIALIZED (
    SELECT * FROM unnest(%(zones)s::uuid[], %(due_days)s::date[], %(planned_days)s::date[], %(blackouts)s::uuid[])
        AS s (zone_id, due_on, planned_on, blackout_id)
),
-- A master route's run on a day, and what frequencies ask about that day.
runs AS MATERIALIZED (
    SELECT m.id AS master_route_id, d.due_on, s.blackout_id,
        CASE WHEN s.due_on IS NULL THEN d.due_on ELSE s.planned_on END AS planned_on,
        extract(month FROM d.due_on)::smallint AS month,
        -- weeks since Monday 2024-01-01, floored also before it; & 1 is right for negative numbers too
        CASE floor((d.due_on - date '2024-01-01') / 7.0)::int & 1 WHEN 0 THEN 'A' ELSE 'B' END AS parity,
        (extract(day FROM d.due_on)::int - 1) / 7 + 1 AS nth,
        extract(month FROM d.due_on) <> extract(month FROM d.due_on + 7) AS is_last
    FROM scheduling_masterroute m
    JOIN (
        SELECT day::date AS due_on, extract(isodow FROM day)::smallint AS weekday
        FROM generate_series(%(from)s::date, %(to)s::date, interval '1 day') AS day
    ) AS d ON d.weekday = m.weekday
    LEFT JOIN shifts s ON s.zone_id = m.zone_id AND s.due_on = d.due_on
    WHERE m.active AND (%(customers)s::uuid[] IS NULL OR m.id IN (
        SELECT master_route_id FROM scheduling_masterstop WHERE customer_id = ANY (%(customers)s::uuid[])))
),
visits AS (
    SELECT s.id AS subscription_id, s.property_id, s.customer_id, s.plan_id, r.master_route_id, r.due_on,
        coalesce(r.planned_on, r.due_on) AS day, place.sequence, place.arrives_from, place.arrives_to,
        r.blackout_id, coalesce(own_hold.id, hold.id) AS hold_id, skip.id AS skip_id,
        CASE
            WHEN r.planned_on IS NULL THEN 'holiday'
            WHEN hold.id IS NOT NULL OR own_hold.id IS NOT NULL THEN 'hold'
            WHEN skip.id IS NOT NULL THEN 'skip'
            WHEN pause.id IS NOT NULL THEN 'paused'
            WHEN c.canceled_on <= r.planned_on THEN 'canceled'
        END AS reason
    FROM runs r
    JOIN scheduling_masterstop place ON place.master_route_id = r.master_route_id AND place.status = 'approved'
    JOIN scheduling_subscription s
        ON s.property_id = place.property_id AND {term}
    JOIN scheduling_plan p ON p.id = s.plan_id
    JOIN customers_customer c ON c.id = s.customer_id AND c.activated_on IS NOT NULL
    LEFT JOIN scheduling_hold hold
        ON hold.customer_id = s.customer_id AND hold.property_id IS NULL AND hold.lifted_at IS NULL
        AND r.planned_on BETWEEN hold.effective_from AND hold.end_date
    LEFT JOIN scheduling_hold own_hold
        ON own_hold.property_id = s.property_id AND own_hold.lifted_at IS NULL
        AND r.planned_on BETWEEN own_hold.effective_from AND own_hold.end_date
    LEFT JOIN scheduling_skip skip
        ON skip.subscription_id = s.id AND skip.due_on = r.due_on AND skip.undone_at IS NULL
    LEFT JOIN customers_pause pause
        ON pause.customer_id = s.customer_id AND pause.first_day <= r.planned_on
        AND (pause.last_day IS NULL OR pause.last_day >= r.planned_on)
    WHERE (%(customers)s::uuid[] IS NULL OR s.customer_id = ANY (%(customers)s::uuid[]))
        AND (
            r.due_on = s.first_visit_on
            OR CASE
                WHEN p.frequency = 'weekly' THEN true
                WHEN p.frequency = 'biweekly' THEN s.week_parity IN ('every', r.parity)
                WHEN p.frequency = 'seasonal' THEN
                    r.month = ANY (coalesce(s.season_months, p.season_months))
                    AND coalesce(s.week_parity, 'every') IN ('every', r.parity)
                WHEN p.frequency IN ('monthly', 'quarterly', 'annually') THEN
                    CASE coalesce(s.month_week, '1st')
                        WHEN '1st' THEN r.nth = 1 WHEN '2nd' THEN r.nth = 2 WHEN '3rd' THEN r.nth = 3
                        WHEN '4th' THEN r.nth = 4 ELSE r.is_last
                    END
                    AND CASE p.frequency
                        WHEN 'monthly' THEN true
                        WHEN 'quarterly' THEN r.month IN (1, 4, 7, 10)
                        ELSE r.month = coalesce(s.anchor_month, extract(month FROM s.starts_on))
                    END
                ELSE false
            END
        )
)
