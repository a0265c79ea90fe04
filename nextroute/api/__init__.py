"""What machines say to us: webhooks, by which the providers of text messages and mail report. docs/rules/webhooks.md.

Owns no table and no rule: it makes sure who speaks, reads what is said, and calls a verb. May import what is below the
audiences, and `web`; the portal is its sibling.
"""
