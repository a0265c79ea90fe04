"""Telling people: what is to be said, to whom, by which channel, and whether it arrived.

Owns the tables notifications_*: deliveries (the outbox, written in the action's transaction), preferences, SMS consent
and numbers, addresses that bounced, businesses' own wording. docs/rules/notifications.md, sms.md.
What a message says of a visit or a sign-in is composed by the package that knows it (`composing.py`), at the moment it
is sent. May import tenancy, audit and core.
"""
