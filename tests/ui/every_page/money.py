"""The pages of money, drawn without a database: an invoice of every standing, payments of every kind."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from nextroute.billing.applied import How, Part
from nextroute.billing.invoices import Invoice
from nextroute.billing.ledger import Due, Ledger
from nextroute.billing.payments import Payment
from nextroute.billing.reading import Item, Place, Reading
from nextroute.billing.returns import Back
from nextroute.billing.tax import Group
from nextroute.customers.properties import Property
from nextroute.portal.owing import Owing
from nextroute.portal.payments import Line
from nextroute.ui import pages
from tests.ui.rendering import request

KEY = UUID("019700000000700080000000000000aa")
CHECKS = "Send a check to Bright Bins, 4990 Kipling St.\nOr pay the crew in cash."
LONG = "Weekly Bin Cleaning with Deodorizer for Homeowners’ Associations"


def invoice(number: str = "INV-1042", cents: int = 8119, paid: int = 0, processing: int = 0, **changes: Any) -> Invoice:
    """Sent, due June 20 unless `changes` say otherwise."""
    row: dict[str, Any] = {
        "id": KEY,
        "number": number or None,
        "state": "sent",
        "currency": "USD",
        "total_cents": cents,
    }
    row |= {"period_first": date(2026, 5, 1), "period_last": date(2026, 5, 31), "invoice_date": date(2026, 6, 5)}
    row |= {"subtotal_cents": cents - 619, "tax_cents": 619, "due_date": date(2026, 6, 20)}
    made = Invoice(**row | changes)
    vars(made).update(_paid=paid, _processing=processing)
    return made


DRAFT = invoice("", 3139, state="draft", invoice_date=None, due_date=None, period_first=date(2026, 6, 1))
DRAFT.period_last = date(2026, 6, 30)
LATE = invoice("INV-1033", 1234567, 34567, due_date=date(2026, 6, 5), period_first=date(2026, 4, 1))
MOVING = invoice("INV-1040", 4871, processing=4871)
PAID = invoice("INV-1029", 7902, 7902, period_first=date(2025, 12, 1), invoice_date=date(2026, 1, 1))
VOID = invoice("INV-1008", 12124, state="void", void_reason="We billed the wrong house. INV-1009 replaces it.")
OPEN = [LATE, invoice()]
DUE = [
    Due("INV-1033", date(2026, 4, 1), date(2026, 6, 5), 1200000),
    Due("INV-1042", date(2026, 5, 1), date(2026, 6, 20), 8119),
]
EVERY = [DRAFT, *OPEN, MOVING, PAID, VOID]


def owing(
    owed: int = 1208119, *, can_pay: bool = False, instructions: str = CHECKS, autopay: bool = False, **books: int
) -> Owing:
    sums = {"invoiced": owed, "credited": 0, "money": 0, "open": owed, "credit": 0, "processing": 0}
    return Owing(Ledger(**sums | books), "USD", can_pay, instructions, autopay)


def invoices(found: list[Invoice], owes: Owing, show: str = "all") -> HttpResponse:
    context: dict[str, Any] = {"owing": owes, "invoices": found, "show": show}
    context |= dict.fromkeys(("more_link", "first_link"), "?before=7" if len(found) > 3 else None)
    return pages.page(_request(), "portal/invoices.html", **context)


def paper(of: Invoice, *parts: Part, places: int = 1, can_pay: bool = True, instructions: str = CHECKS) -> HttpResponse:
    home = Property(address1="8447 West 51st Avenue", address2="#4", city="Arvada", state="CO", postal_code="80002")
    teller = Property(address1="3120 Teller Street", postal_code="80033")
    items = [
        Item(LONG, "4 visits at $12.00: May 5, 12, 19, 26", 4800),
        Item("More bins: Weekly Bin Cleaning", "4 at $3.00", 1200),
        Item("Credit: Weekly Bin Cleaning", "May: 1 visit fell away", -1300),
    ]
    found = [Place(home, items), Place(teller, items[:1])][:places]
    taxes = [Group(Decimal("8.250"), 7500, 619)]
    context: dict[str, Any] = {"reading": Reading(found, taxes, parts), "customer": "Maria Alvarez", "can_pay": can_pay}
    today = _request().today
    context |= {"standing": of.standing(today), "instructions": instructions}
    return pages.page(_request(), "portal/invoice.html", invoice=of, **context)


def payment(state: str = "succeeded", method: str = "card", **changes: Any) -> Payment:
    row = {"id": KEY, "amount_cents": 8119, "currency": "USD", "created_at": datetime(2026, 6, 11, 18, tzinfo=UTC)}
    return Payment(**row | {"state": state, "method": method} | changes)


WENT = datetime(2026, 6, 12, 18, tzinfo=UTC)
BACK = [
    (Back(WENT, kind, state, 2000, returned, reason, undone), WENT.date(), undone.date() if undone else None)
    for kind, state, returned, reason, undone in [
        ("refund", "succeeded", 0, "The lid was broken", None),
        ("refund", "pending", 0, "", None),
        ("refund", "failed", 0, "", WENT + timedelta(days=9)),
        ("bank_return", "lost", 0, "", None),
        ("dispute", "won", 2000, "", WENT + timedelta(days=40)),
    ]
]
LINES = [
    Line(payment("processing", "us_bank_account"), date(2026, 6, 11), "By bank transfer", []),
    Line(payment("action_required", "us_bank_account"), date(2026, 6, 10), "By bank transfer", []),
    Line(payment("failed"), date(2026, 6, 9), "By card", []),
    Line(payment(method="check", reference="1042", amount_cents=1234567), date(2026, 5, 9), "By check", BACK),
    Line(payment(method="other"), date(2025, 12, 9), "", []),
]


def payments(lines: list[Line]) -> HttpResponse:
    more = "?before=x" if lines else None
    return pages.page(_request(), "portal/payments.html", payments=lines, more_link=more, first_link=more)


def receipt(line: Line, *paid: tuple[Invoice, int], credit: int = 0) -> HttpResponse:
    what = SimpleNamespace(paid=paid, credit_cents=credit)
    return pages.page(_request(), "portal/payment.html", line=line, receipt=what)


def _parts() -> list[Part]:
    note = SimpleNamespace(number="CN-0003", reason="The lid was broken")
    days = [
        (How.PAID, 8119),
        (How.REFUNDED, -2000),
        (How.RETURNED, -1000),
        (How.DISPUTED, -1000),
        (How.CAME_BACK, 2000),
    ]
    parts = [Part(how, cents, date(2026, 6, 9), payment(), None) for how, cents in days]
    return [*parts, Part(How.CREDITED, 2000, date(2026, 6, 12), None, note)]  # type: ignore[arg-type]


def _request() -> Any:
    return request(person="Maria Alvarez", tab="invoices")


PAGES: dict[str, Callable[[], HttpResponse]] = {
    "invoices": lambda: invoices(EVERY, owing(processing=4871, credit=1200)),
    "invoices, pay here": lambda: invoices(EVERY, owing(can_pay=True), "open"),
    "invoices, call us": lambda: invoices(OPEN, owing(instructions="")),
    "invoices, paid up": lambda: invoices([PAID], owing(0, invoiced=7902, money=7902)),
    "invoices, none": lambda: invoices([], owing(0)),
    "invoices, none open": lambda: invoices([], owing(0, invoiced=1), "open"),
    "invoice": lambda: paper(OPEN[1]),
    "invoice, late": lambda: paper(LATE, _parts()[0], places=2, can_pay=False),
    "invoice, paid": lambda: paper(invoice(paid=8119), *_parts()),
    "invoice, on its way": lambda: paper(MOVING),
    "invoice, void": lambda: paper(VOID),
    "invoice, draft": lambda: paper(DRAFT, places=2),
    "payments": lambda: payments(LINES),
    "payments, none": lambda: payments([]),
    "receipt": lambda: receipt(LINES[3], (PAID, 7902), (LATE, 100), credit=117),
    "receipt, on its way": lambda: receipt(LINES[0]),
    "receipt, waits": lambda: receipt(LINES[1]),
    "receipt, not through": lambda: receipt(LINES[2]),
}
