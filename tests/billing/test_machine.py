"""Whatever happens to a customer's money, in whatever order, the books add up. The rule: docs/rules/payments.md.

Visits are made, months billed and sent, money comes, goes back, is disputed and returned, invoices are voided and
credited. After each step the one definition of what is owed is held against sums of our own.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Model, QuerySet, Sum
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from nextroute.billing import (
    applied,
    credit_notes,
    discarding,
    disputes,
    invoices,
    ledger,
    payments,
    receipts,
    refunds,
    tax,
)
from nextroute.billing.models import (
    Allocation,
    BilledStop,
    CreditNote,
    Dispute,
    Invoice,
    InvoiceLine,
    OpenInvoice,
    Payment,
    Refund,
    UnbilledVisit,
)
from nextroute.billing.payments import Method
from nextroute.core.actors import SYSTEM
from nextroute.core.days import ONE_DAY, add_months
from nextroute.core.errors import Refused
from nextroute.customers.models import Customer
from nextroute.scheduling.models import Stop
from nextroute.tenancy.businesses import Business
from tests.billing.books import JUNE, at, draft, keys, numbers, visit

EXAMPLES = 40
NOW = at("2026-12-01")


@dataclass
class Books:
    """Two customers of one business, and the words of what may happen. `n` picks one of what there is."""

    customers: list[Customer]
    day: date = JUNE
    month: date = JUNE
    seen: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    def customer(self, n: int) -> Customer:
        return self.customers[n % len(self.customers)]

    def payment(self, n: int) -> Payment:
        return one_of(Payment.objects.select_related("customer__business"), n)

    def invoice(self, n: int) -> Invoice:
        return one_of(Invoice.objects.select_related("customer__business"), n)

    # What happens

    def complete(self, n: int, cents: int, rate: str) -> None:
        self.day += ONE_DAY
        visit(self.customer(n).subscriptions.get(), self.day.isoformat(), price_cents=cents, tax_rate=rate)

    def bill(self) -> None:
        draft(self.customers[0].business, self.month, "2026-12-01")

    def next_month(self) -> None:
        self.month = add_months(self.month, 1)
        self.day = max(self.day, self.month)

    def send(self, n: int) -> None:
        invoices.send(invoice=self.invoice(n), actor=SYSTEM, now=NOW)

    def send_all(self) -> None:
        invoices.send_all(business=self.customers[0].business, period_first=self.month, actor=SYSTEM, now=NOW)

    def pay_cash(self, n: int, cents: int, chosen: int | None) -> None:
        wanted = [] if chosen is None else [self.invoice(chosen)]
        self._pay(wanted[0].customer if wanted else self.customer(n), cents, wanted)

    def pay_all(self, n: int) -> None:
        self._pay(self.customer(n), ledger.of(self.customer(n)).open, [])

    def _pay(self, customer: Customer, cents: int, wanted: list[Invoice]) -> None:
        payments.record_manual(
            customer=customer,
            cents=cents,
            method=Method.CHECK,
            key=str(next(keys)),
            invoices=wanted,
            actor=SYSTEM,
            now=NOW,
        )

    def begin(self, n: int, cents: int) -> None:
        invoice = self.invoice(n)
        payments.start(
            customer=invoice.customer,
            cents=cents,
            method=Method.US_BANK_ACCOUNT,
            key=str(next(keys)),
            invoices=[invoice],
            actor=SYSTEM,
            now=NOW,
        )

    def news(self, n: int, to: payments.State) -> None:
        payments.move(payment=self.payment(n), to=to, actor=SYSTEM, now=NOW)

    def refund(self, n: int, cents: int, *, credited: bool, pending: bool) -> None:
        refunds.record(
            payment=self.payment(n),
            cents=cents,
            key=str(next(keys)),
            with_credit_note=credited,
            state=refunds.State.PENDING if pending else refunds.State.SUCCEEDED,
            actor=SYSTEM,
            now=NOW,
        )

    def refund_ends(self, n: int, to: refunds.State) -> None:
        refunds.move(
            refund=one_of(Refund.objects.select_related("customer__business"), n), to=to, actor=SYSTEM, now=NOW
        )

    def dispute(self, n: int, returned: int) -> None:
        """All that is left of a payment is withdrawn, and some of it comes back."""
        payment = self.payment(n)
        found = Dispute.objects.filter(payment=payment).first()
        withdrawn = found.withdrawn_cents if found else payments.left(payment)
        if payment.state != "succeeded" or withdrawn <= 0:
            raise Refused("There is nothing to withdraw.")
        disputes.note(
            payment=payment,
            key=f"dispute of {payment.pk}",
            kind=disputes.Kind.DISPUTE,
            state=disputes.State.OPEN,
            withdrawn_cents=withdrawn,
            returned_cents=max(found.returned_cents if found else 0, min(returned, withdrawn)),
            actor=SYSTEM,
            now=NOW,
        )

    def void(self, n: int) -> None:
        invoices.void(invoice=self.invoice(n), reason="Wrong", actor=SYSTEM, now=NOW)

    def credit(self, n: int, cents: int) -> None:
        invoice = self.invoice(n)
        self._credit(invoice.customer, cents, invoice)

    def goodwill(self, n: int, cents: int) -> None:
        self._credit(self.customer(n), cents, None)

    def _credit(self, customer: Customer, cents: int, invoice: Invoice | None) -> None:
        credit_notes.issue(customer=customer, invoice=invoice, cents=cents, reason="", actor=SYSTEM, now=NOW)

    def discard(self, n: int) -> None:
        discarding.discard(invoice=self.invoice(n), actor=SYSTEM)

    # What is true after each

    def check(self) -> None:
        for customer in self.customers:
            self.check_customer(customer)
        self.check_invoices()
        self.check_numbers()

    def check_customer(self, customer: Customer) -> None:
        found = ledger.of(customer)
        settled = Payment.objects.filter(customer=customer, state="succeeded")
        gone = Dispute.objects.filter(customer=customer)
        assert found.invoiced == total(Invoice.objects.filter(customer=customer, state="sent"), "total_cents")
        assert found.credited == total(CreditNote.objects.filter(customer=customer), "total_cents")
        assert found.money == (
            total(settled, "amount_cents")
            - total(Refund.objects.filter(customer=customer, state__in=["pending", "succeeded"]), "cents")
            - total(gone, "withdrawn_cents")
            + total(gone, "returned_cents")
        )
        assert found.balance == found.open - found.credit, "the identity"
        assert found.open >= 0
        assert found.credit >= 0
        assert not (found.open and found.credit), "credit is spent on what is open"
        assert found.open == sum(one.open_cents for one in Invoice.objects.with_money().filter(customer=customer))
        for payment in settled:
            assert 0 <= total(payment.allocations.all(), "cents") <= payments.left(payment)
        for note in CreditNote.objects.filter(customer=customer):
            assert 0 <= total(note.allocations.all(), "cents") <= note.total_cents
        unsettled = Allocation.objects.filter(customer=customer).exclude(payment=None)
        assert not unsettled.exclude(payment__state="succeeded").exists()

    def check_invoices(self) -> None:
        for invoice in Invoice.objects.with_money():
            lines = list(invoice.lines.all())
            assert invoice.subtotal_cents == sum(line.amount_cents for line in lines)
            assert invoice.tax_cents == tax.total((line.amount_cents, line.tax_rate) for line in lines)
            assert 0 <= invoice.paid_cents <= max(0, invoice.total_cents)
            assert invoice.state == "sent" or invoice.paid_cents == 0
            if invoice.number:
                now = (invoice.subtotal_cents, invoice.tax_cents, len(lines))
                assert self.seen.setdefault(invoice.number, now) == now, "it stays as it was sent"
        found = {one.pk: one.open_cents for one in Invoice.objects.with_money().open()}
        assert dict(OpenInvoice.objects.values_list("invoice", "cents")) == found, "the office's list of open ones"
        charged = InvoiceLine.objects.filter(kind="visit").aggregate(visits=Sum("quantity"))["visits"] or 0
        assert charged == BilledStop.objects.count()
        assert charged + UnbilledVisit.objects.count() == Stop.objects.filter(status="completed").count()

    def check_papers(self) -> None:
        """What customers read adds up to the same."""
        for customer in self.customers:
            owed = ledger.owed(customer, most=100)
            assert owed.books == ledger.of(customer)
            waiting = [one for one in customer.invoices.with_money().open() if not one.processing_cents]
            assert [one.number for one in owed.due] == [one.number for one in sorted(waiting, key=_due)]
            assert [one.open_cents for one in owed.due] == [one.open_cents for one in sorted(waiting, key=_due)]
            for invoice in customer.invoices.with_money():
                assert sum(part.cents for part in applied.to(invoice, customer.business)) == invoice.paid_cents
            for payment in customer.payments.filter(state="succeeded"):
                receipt = receipts.of(payment, customer)
                assert sum(cents for _, cents in receipt.paid) + receipt.credit_cents == payments.left(payment)
                assert receipt.credit_cents >= 0

    def check_numbers(self) -> None:
        sent, noted = Invoice.objects.exclude(number=None).count(), CreditNote.objects.count()
        assert numbers() == [f"INV-{1001 + n}" for n in range(sent)] + [f"CN-{1 + n:04d}" for n in range(noted)]


def _due(invoice: Invoice) -> tuple[date | None, int | None]:
    return invoice.due_date, invoice.sequence


def one_of[M: Model](rows: "QuerySet[M]", n: int) -> M:
    found = list(rows.order_by("id"))
    if not found:
        raise Refused("There is none.")
    return found[n % len(found)]


def total(rows: Any, field_: str) -> int:
    return int(rows.aggregate(cents=Sum(field_))["cents"] or 0)


@dataclass(frozen=True, slots=True)
class Step:
    word: str
    arguments: dict[str, Any]

    def take(self, books: Books) -> None:
        getattr(books, self.word)(**self.arguments)


some, cents = st.integers(0, 3), st.integers(-1, 4_000)
WORDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "complete": {"n": some, "cents": st.integers(0, 3_000), "rate": st.sampled_from(["0", "5", "8.25"])},
    "bill": {},
    "next_month": {},
    "send": {"n": some},
    "send_all": {},
    "pay_cash": {"n": some, "cents": cents, "chosen": st.none() | some},
    "pay_all": {"n": some},
    "begin": {"n": some, "cents": cents},
    "news": {"n": some, "to": st.sampled_from(payments.State)},
    "refund": {"n": some, "cents": cents, "credited": st.booleans(), "pending": st.booleans()},
    "refund_ends": {"n": some, "to": st.sampled_from(refunds.State)},
    "dispute": {"n": some, "returned": st.integers(0, 4_000)},
    "void": {"n": some},
    "discard": {"n": some},
    "credit": {"n": some, "cents": cents},
    "goodwill": {"n": some, "cents": cents},
}
steps = st.one_of([st.builds(Step, st.just(word), st.fixed_dictionaries(given_)) for word, given_ in WORDS.items()])
A_MONTH = [
    Step("complete", {"n": 0, "cents": 1250, "rate": "8.25"}),
    Step("complete", {"n": 1, "cents": 2000, "rate": "0"}),
    Step("bill", {}),
    Step("send_all", {}),
]


@pytest.fixture
def books(bright: Business, ada: Customer, eve: Customer) -> Books:
    return Books([ada, eve])


@given(st.lists(steps, max_size=15))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_books_add_up_whatever_happens(books: Books, happens: list[Step]) -> None:
    with transaction.atomic():
        anew = Books(books.customers)
        for step in [*A_MONTH, *happens]:
            try:
                with transaction.atomic():
                    step.take(anew)
            except Refused as refusal:
                event(f"{step.word} refused: {refusal}")
            else:
                event(step.word)
            anew.check()
        anew.check_papers()
        transaction.set_rollback(True)
