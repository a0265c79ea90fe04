"""A receipt says what came, what it paid and what went back. The rule: docs/rules/statements.md."""

from nextroute.billing import disputes, refunds
from nextroute.billing.documents import receipt, typesetting
from nextroute.billing.models import Payment
from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from tests.billing.books import an_invoice, at, pay
from tests.billing.documents import reading


def said(payment: Payment) -> str:
    found = Payment.objects.select_related("customer__business").get(id=payment.pk)
    return reading.text(typesetting.pdf(typesetting.content(receipt.paper(found, business=found.customer.business))))


def test_it_says_what_was_paid_and_what_is_credit(ada: Customer) -> None:
    an_invoice(ada.subscriptions.get(), 1250)
    words = said(pay(ada, 3000))
    assert "Receipt of July 2, 2026 Paid" in words
    assert "How In cash" in words
    assert "Invoice INV-1001 June 2026 $12.50" in words
    assert "Your credit It is used on your next invoice. $17.50 Paid $30.00" in words


def test_what_went_back_stands_beside_what_it_paid_and_all_adds_up(ada: Customer) -> None:
    an_invoice(ada.subscriptions.get(), 1250)
    payment = pay(ada, 1250)
    refunds.record(payment=payment, cents=250, key="r", reason="Missed", actor=SYSTEM, now=at("2026-07-05"))
    note = {"kind": disputes.Kind.DISPUTE, "state": disputes.State.OPEN, "actor": SYSTEM, "now": at("2026-07-06")}
    disputes.note(payment=payment, key="d", withdrawn_cents=400, returned_cents=0, **note)  # type: ignore[arg-type]
    words = said(payment)
    assert "Money went back" in words
    assert "$6.00 Given back to you on July 5, 2026 Missed $2.50 Taken back by your bank on July 6, 2026 $4.00" in words
    assert "Paid $12.50" in words
