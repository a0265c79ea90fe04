"""Stripe: what the portal asks of it (`gateway.py`), what it tells us (`signatures.py`), and a stand-in (`fake*.py`).

It owns no table. The stand-in is a real HTTP server for tests and the demo; nothing but `fake*.py` imports it, and it
knows nothing of the portal: docs/decisions/0016-stripe-stand-in.md.
"""
