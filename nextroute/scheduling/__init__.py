"""Which visits are due, and the routes that carry them.

Owns the tables scheduling_*: plans, subscriptions, zones, master routes, routes, stops, photos, blackouts, holds,
skips; and the one verb `reconcile`, which makes open routes equal to what is due (docs/rules/schedule.md, locks.md).
May import identity, customers, tenancy and core.
"""
