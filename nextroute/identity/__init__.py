"""Customers' way in: Login, Access (login x customer x role), PortalSession, passwords, throttling.

Owns the tables identity_*. Staff sign in elsewhere, with other tables and another cookie.
May import customers, tenancy and core.
"""
