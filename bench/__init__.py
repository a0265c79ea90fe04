"""Repeatable measurements of speed: seeding, then reconcile, import and pages, as the roles that run in production.

How to run it, what is measured how, and the last results: bench/README.md. May import everything; nothing imports it.
"""
