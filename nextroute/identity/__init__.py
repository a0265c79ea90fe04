"""Customers' way in: Login, Access (login x customer x role), Ask (for a link), PortalSession, passwords, throttling.

Owns the tables identity_*. Staff sign in elsewhere, with other tables and another cookie. docs/rules/getting-in.md.
May import customers, notifications, tenancy, audit and core.
"""
