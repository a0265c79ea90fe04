"""What customers owe, and what they paid: invoices, credit notes, payments, refunds, disputes, and what pays what.

Owns the tables billing_*, the monthly run that drafts invoices from the record of visits (`run.py`), and the one
definition of every balance (`ledger.py`). docs/rules/invoicing.md, payments.md. What Stripe is told and tells is
`billing/stripe`'s, which calls the verbs here. May import scheduling and everything below it.
"""
