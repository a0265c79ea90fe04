"""Papers a customer may keep: invoices, receipts and statements, as PDF/UA-1.

`invoice.py`, `receipt.py` and `statement.py` say what is on each, in the customer's words; `typesetting.py` sets it by
typst/stationery.typ in the bundled fonts; `keeping.py` keeps what was set (`billing_document`) by what it says.
docs/decisions/0018-documents.md. May import the rest of billing, and nothing of it imports this.
"""
