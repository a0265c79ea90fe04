"""The staff's way in: User (a person, on the whole site), Membership (user x business x role), Session (a browser).

Owns the tables staff_*. Built on django.contrib.auth; customers sign in elsewhere (identity), with other tables and
another cookie. docs/decisions/0011-staff.md. May import notifications, tenancy, audit and core.
"""
