"""What messages about money say when they are sent, to their reader, in their words and their currency's."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import translation

from nextroute.billing import credit_notes, invoices, payments, refunds
from nextroute.billing.models import Invoice, InvoiceLine
from nextroute.billing.payments import Method, State
from nextroute.config import links
from nextroute.core import words
from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from nextroute.notifications import composing, messages, texts
from nextroute.notifications.messages import Message
from nextroute.notifications.models import Delivery
from nextroute.notifications.triggers import Channel
from nextroute.scheduling.models import Subscription
from nextroute.tenancy import settings
from tests.billing.books import JUNE, an_invoice, at, draft, pay, visit
from tests.doors import led_on_to

NOW = at("2026-07-03")


@pytest.fixture
def weekly(ada: Customer) -> Subscription:
    return ada.subscriptions.get()


def mail(trigger: str, language: str = "en") -> Message | None:
    """The last one owed, as it would be sent now; none when there is nothing left to say."""
    delivery = Delivery.objects.filter(trigger=trigger).latest("created_at")
    with translation.override(words.speech(language, delivery.business.locale)):
        variables = composing.compose(delivery, links.to, NOW)
        return variables and messages.mail(texts.default(delivery.about, Channel.EMAIL), variables)  # type: ignore[return-value]


def said(trigger: str, language: str = "en") -> str:
    found = mail(trigger, language)
    assert found
    return found.plain


def leads_to(trigger: str) -> str:
    """The page its button opens, by way of the business's own door."""
    found = mail(trigger)
    assert found
    assert urlsplit(found.action_url).path == "/portal/at/bright-bins/"
    return led_on_to(found.action_url)


def test_an_invoice_says_what_when_and_how_to_pay(ada: Customer, weekly: Subscription) -> None:
    settings.change(
        ada.business, {"payment_terms_days": "15", "payment_instructions": "Checks to Bright Bins."}, actor=SYSTEM
    )
    ada.business.refresh_from_db()
    an_invoice(weekly, 7500, tax="8.25")
    assert said("invoice_sent") == (
        "Your invoice is $81.19.\n\nNumber: INV-1001\nPlease pay it by July 16.\n\nChecks to Bright Bins."
    )


def test_amounts_and_days_are_the_readers(ada: Customer, weekly: Subscription) -> None:
    an_invoice(weekly, 123456)
    assert "$1,234.56" in said("invoice_sent", "es")
    assert "1 de julio" in said("invoice_sent", "es")


def test_an_invoice_says_what_credit_paid_of_it(ada: Customer, weekly: Subscription) -> None:
    pay(ada, 2000, on="2026-06-30")
    an_invoice(weekly, 7500)
    assert "$20.00\nStill open: $55.00" in said("invoice_sent")
    pay(ada, 5500)
    assert "Please pay" not in said("invoice_sent")


def test_of_a_void_invoice_nothing_is_said(ada: Customer, weekly: Subscription) -> None:
    invoice = an_invoice(weekly, 1250)
    invoices.void(invoice=invoice, reason="", actor=SYSTEM, now=NOW)
    assert mail("invoice_sent") is None


def test_a_receipt_says_what_it_paid_and_what_is_left(ada: Customer, weekly: Subscription) -> None:
    an_invoice(weekly, 1250)
    an_invoice(weekly, 2000)
    pay(ada, 1500)
    assert said("payment_received") == (
        "We received your payment of $15.00.\n\nPaid: in cash, July 2\nFor: INV-1001, INV-1002\n\nStill open: $17.50"
    )
    pay(ada, 2000)
    assert "To your credit, for what comes next: $2.50" in said("payment_received")


def test_a_payment_that_failed_is_told_unless_it_went_through_since(ada: Customer, weekly: Subscription) -> None:
    invoice = an_invoice(weekly, 1250)
    payment = payments.start(
        customer=ada, cents=1250, method=Method.CARD, key="k", invoices=[invoice], actor=SYSTEM, now=NOW
    )
    payments.move(payment=payment, to=State.FAILED, actor=SYSTEM, now=NOW)
    assert "You tried to pay by card. Nothing was charged." in said("payment_failed")
    payments.move(payment=payment, to=State.SUCCEEDED, actor=SYSTEM, now=NOW)
    assert mail("payment_failed") is None


def test_a_payment_that_failed_leads_to_paying_what_it_was_for(ada: Customer, weekly: Subscription) -> None:
    every = [an_invoice(weekly, 1250), an_invoice(weekly, 2000)]
    begun: dict[str, Any] = {"customer": ada, "method": Method.CARD, "actor": SYSTEM, "now": NOW}
    one = payments.start(cents=2000, key="one", invoices=every[1:], **begun)
    payments.move(payment=one, to=State.FAILED, actor=SYSTEM, now=NOW)
    assert leads_to("payment_failed") == "/portal/pay/?invoice=INV-1002"
    both = payments.start(cents=3250, key="both", invoices=every, **begun)
    payments.move(payment=both, to=State.FAILED, actor=SYSTEM, now=NOW)
    assert leads_to("payment_failed") == "/portal/pay/"


def test_a_button_leads_to_what_it_names(ada: Customer, weekly: Subscription) -> None:
    an_invoice(weekly, 1250)
    assert leads_to("invoice_sent") == "/portal/invoices/INV-1001/"
    refunds.record(payment=pay(ada, 1250), cents=1000, key="k", actor=SYSTEM, now=NOW)
    assert leads_to("payment_received") == leads_to("payment_refunded") == "/portal/payments/"


def test_a_refund_says_how_it_comes_back_and_why(ada: Customer, weekly: Subscription) -> None:
    an_invoice(weekly, 1250)
    made = refunds.record(payment=pay(ada, 1250), cents=1000, key="k", reason="Missed a bin", actor=SYSTEM, now=NOW)
    assert said("payment_refunded") == (
        "We’re sending $10.00 back to you.\n\nIt comes back the way you paid, in cash.\n\nWhy: Missed a bin"
    )
    refunds.move(refund=made, to=refunds.State.FAILED, actor=SYSTEM, now=NOW)
    assert mail("payment_refunded") is None


def test_a_credit_note_says_what_of_and_what_is_left(ada: Customer, weekly: Subscription) -> None:
    invoice = an_invoice(weekly, 7500, tax="8.25")
    note: dict[str, Any] = {"customer": ada, "reason": "We came late.", "actor": SYSTEM, "now": NOW}
    credit_notes.issue(invoice=invoice, cents=4000, **note)
    assert said("credit_note_issued") == (
        "You owe us $40.00 less.\n\nNumber: CN-0001\n\nIt corrects invoice INV-1001.\n\nWhy: We came late.\n\n"
        "Still open in all: $41.19"
    )
    pay(ada, 4119)
    credit_notes.issue(cents=500, **note)
    assert "It corrects" not in said("credit_note_issued")
    assert said("credit_note_issued").endswith("To your credit, for what comes next: $5.00")


def test_a_draft_below_zero_is_told_of_as_a_credit_note_and_a_refund_once(ada: Customer, weekly: Subscription) -> None:
    an_invoice(weekly, 1250)
    refunds.record(payment=pay(ada, 1250), cents=500, key="k", actor=SYSTEM, now=NOW)
    assert not Delivery.objects.filter(trigger="credit_note_issued").exists(), "the refund's letter tells of it"
    visit(weekly, "2026-06-30")
    draft(ada.business)
    InvoiceLine.objects.filter(invoice__state="draft").update(
        kind="credit", amount_cents=-1250, subscription=weekly, month=JUNE
    )
    Invoice.objects.filter(state="draft").update(subtotal_cents=-1250, total_cents=-1250)
    invoices.send(invoice=Invoice.objects.get(state="draft"), actor=SYSTEM, now=NOW)
    assert "$12.50 less" in said("credit_note_issued")
