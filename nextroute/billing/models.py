"""Django's entry to this package's tables; each class lives in its noun's module."""

from nextroute.billing.accounts import StripeAccount
from nextroute.billing.allocations import Allocation
from nextroute.billing.autopay.announcements import Announcement, AutopayTry
from nextroute.billing.autopay.customers import StripeCustomer
from nextroute.billing.autopay.mandates import Mandate
from nextroute.billing.autopay.methods import SavedMethod
from nextroute.billing.autopay.setups import Setup
from nextroute.billing.billed import BilledStop
from nextroute.billing.counters import Counter
from nextroute.billing.credit_notes import CreditNote
from nextroute.billing.dispute_moves import DisputeMove
from nextroute.billing.disputes import Dispute
from nextroute.billing.documents.keeping import Document
from nextroute.billing.events import StripeEvent
from nextroute.billing.invoices import Invoice
from nextroute.billing.lines import InvoiceLine
from nextroute.billing.open_invoices import OpenInvoice
from nextroute.billing.payments import Payment
from nextroute.billing.refunds import Refund
from nextroute.billing.unbilled import UnbilledVisit

__all__ = [
    "Allocation",
    "Announcement",
    "AutopayTry",
    "BilledStop",
    "Counter",
    "CreditNote",
    "Dispute",
    "DisputeMove",
    "Document",
    "Invoice",
    "InvoiceLine",
    "Mandate",
    "OpenInvoice",
    "Payment",
    "Refund",
    "SavedMethod",
    "Setup",
    "StripeAccount",
    "StripeCustomer",
    "StripeEvent",
    "UnbilledVisit",
]
