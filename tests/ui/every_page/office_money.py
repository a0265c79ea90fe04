"""The office's pages of money, drawn without a database."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.http import HttpResponse

from nextroute.billing.applied import How, Part
from nextroute.billing.effects import Effect
from nextroute.billing.invoices import Invoice
from nextroute.billing.ledger import Ledger
from nextroute.billing.office import Month, Show, ShowPayments, Totals
from nextroute.billing.reading import Item, Place, Reading
from nextroute.billing.tax import Group
from nextroute.customers.customers import Customer
from nextroute.customers.properties import Property
from nextroute.dashboard.listing import Choice, Search
from nextroute.dashboard.money_forms import CreditForm, PaymentForm, RefundForm, VoidForm
from nextroute.dashboard.money_words import METHODS, PAYMENTS_SHOWN, SHOWN
from nextroute.tenancy.businesses import Business
from nextroute.ui import pages
from tests.ui.every_page.money import DRAFT, EVERY, KEY, LATE, PAID, VOID, payment
from tests.ui.every_page.money import invoice as an_invoice
from tests.ui.rendering import staff_request

TODAY = date(2026, 6, 13)
MARIA = Customer(id=KEY, ref="c17", first_name="Maria", last_name="Alvarez", email="maria@example.com")
HOA = Customer(id=KEY, ref="c18", company="Homeowners’ Association of Wheat Ridge North")
BOOKS = Ledger(invoiced=1242686, credited=0, money=34567, open=1208119, credit=0, processing=4871)
SOME = Totals(open=3, open_cents=1212990, overdue=1, overdue_cents=1200000, drafts=2, drafts_cents=6278)
NOTE = SimpleNamespace(number="CN-0003", reason="The lid was broken", issued_on=TODAY, tax_cents=152, total_cents=2000)


def _of(invoice: Invoice, customer: Customer = MARIA) -> Invoice:
    invoice.customer = customer
    return invoice


def _page(template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    request = staff_request()
    where = "payments" if "payment" in template or "refund" in template else "invoices"
    tabs = [("today", "sun"), ("requests", "inbox"), ("invoices", "receipt-text"), ("payments", "wallet")]
    request.tabs = [pages.Tab(name.title(), icon, f"/{name}/", current=name == where) for name, icon in tabs]
    return pages.page(request, f"dashboard/{template}.html", status=status, currency="USD", **context)


def listed(*invoices: Invoice, show: Show = Show.OPEN, **changes: Any) -> HttpResponse:
    context: dict[str, Any] = {"show": show.value, "totals": SOME, "search": None, "done": "sent", "months": []}
    context["choices"] = [Choice(words, "#", one is show) for one, words in SHOWN.items()]
    context |= {"more_link": "#" if invoices else None, "first_link": "#" if invoices else None}
    rows = [_of(one, HOA if one is LATE else MARIA) for one in invoices]
    return _page("invoices", **{"invoices": rows, **context, **changes})


def _reading(*parts: Part) -> Reading:
    home = Property(address1="8447 West 51st Avenue", address2="#4", postal_code="80002")
    items = [
        Item("Weekly Bin Cleaning", "4 visits at $12.00: May 5, 12, 19, 26", 4800),
        Item("Credit: Weekly Bin Cleaning", "May: 1 visit fell away", -1300),
    ]
    return Reading([Place(home, items)], [Group(Decimal("8.250"), 7500, 619)], parts)


def _parts() -> list[Part]:
    paid = [Part(how, cents, TODAY, payment(), None) for how, cents in zip(How, (0, 9, 8, 7, 6, 5), strict=False)]
    return [part for part in paid if part.how is not How.CREDITED] + [Part(How.CREDITED, 2000, TODAY, None, NOTE)]  # type: ignore[arg-type]


def one(invoice: Invoice, *parts: Part, **changes: Any) -> HttpResponse:
    context: dict[str, Any] = {"notes": [], "books": BOOKS, "left": 8119, "done": "", "reading": _reading(*parts)}
    context["standing"] = invoice.standing(TODAY)
    return _page("invoice", invoice=_of(invoice), **context | changes)


def draft(invoice: Invoice = DRAFT, **changes: Any) -> HttpResponse:
    context: dict[str, Any] = {"why_not": "", "refusal": "", "reading": _reading()}
    return _page("draft", invoice=_of(invoice), **context | changes)


def sending(**changes: Any) -> HttpResponse:
    month = Month(date(2026, 5, 1), 118, 956302)
    context: dict[str, Any] = {"month": month, "seen": "118 956302", "changed": False, "due": TODAY}
    return _page("send_drafts", **context | changes)


def sure() -> HttpResponse:
    after = Ledger(invoiced=1242686, credited=0, money=1242803, open=0, credit=117, processing=4871)
    said = ["$12,000.00 pays INV-1033.", "$1.17 is to their credit.", "The customer is told by e-mail."]
    context: dict[str, Any] = {
        "title": "Record this payment?",
        "button": "Record the payment",
        "kept": [("amount", "12,001.17")],
    }
    return _page("sure", effect=Effect(BOOKS, after, said), customer=MARIA, **context)


def new_payment(data: dict[str, str] | None = None) -> HttpResponse:
    form = PaymentForm(data, open_=[LATE, an_invoice()], chosen="INV-1033", today=TODAY, currency="USD")
    return _page("new_payment", form=form, customer=HOA, books=BOOKS)


def payments(*found: Any, show: ShowPayments = ShowPayments.ALL) -> HttpResponse:
    refund = SimpleNamespace(state="succeeded", cents=2000)
    dispute = SimpleNamespace(kind="dispute", state="open", withdrawn_cents=8119, returned_cents=0)
    rows = []
    for n, found_one in enumerate(found):
        row = SimpleNamespace(**{name: getattr(found_one, name) for name in ("pk", "method", "state", "currency")})
        row.amount_cents, row.reference, row.customer = found_one.amount_cents, found_one.reference, (MARIA, HOA)[n % 2]
        row.day = lambda _business: TODAY
        row.refunds = SimpleNamespace(all=lambda n=n: [refund] if n == 3 else [])
        row.disputes = SimpleNamespace(all=lambda n=n: [dispute] if n == 4 else [])
        rows.append(row)
    context: dict[str, Any] = {"choices": [Choice(words, "#", of is show) for of, words in PAYMENTS_SHOWN.items()]}
    context |= {"methods": METHODS, "method": "check", "show": show.value, "search": None, "business": Business()} | {
        "online": True
    }
    return _page("payments", payments=rows, more_link="#" if rows else None, first_link=None, **context)


def one_payment(of: Any, **changes: Any) -> HttpResponse:
    of.customer = MARIA
    refund = SimpleNamespace(state="pending", cents=2000, reason="The lid was broken")
    row = SimpleNamespace(kind="bank_return", state="lost", withdrawn_cents=8119, returned_cents=119, reason="nsf")
    receipt = SimpleNamespace(paid=[(PAID, 7902), (LATE, 100)], credit_cents=117)
    context: dict[str, Any] = {"refunds": [(refund, TODAY, TODAY)], "disputes": [(row, TODAY, TODAY)]}
    context |= {"receipt": receipt}
    context |= {"day": TODAY, "method": "Check", "left": 8119, "by_hand": True, "done": "recorded"}
    return _page("payment", payment=of, **context | changes)


def correcting(template: str, form: Any) -> HttpResponse:
    paid = payment()
    paid.customer = MARIA
    return _page(template, invoice=_of(an_invoice()), payment=paid, customer=MARIA, left=8119, form=form)


WRONG = {
    "amount": "ten",
    "key": "x",
    "method": "gold",
    "received_on": "soon",
    "reference": "x" * 61,
    "invoice": "INV-1",
}
NOTHING = SimpleNamespace(paid=[], credit_cents=0)
PAGES: dict[str, Callable[[], HttpResponse]] = {
    "office invoices": lambda: listed(*EVERY, months=[Month(date(2026, 5, 1), 118, 956302)]),
    "office invoices, found": lambda: listed(LATE, search=Search("maria", [MARIA] * 100, too_many=True)),
    "office invoices, none": lambda: listed(show=Show.VOID, totals=Totals(0, 0, 0, 0, 0, 0), done=""),
    "office invoice": lambda: one(LATE, *_parts(), notes=[NOTE], done="CN-0003"),
    "office invoice, open": lambda: one(an_invoice(), done="sent"),
    "office invoice, void": lambda: one(VOID, done="void"),
    "office draft": draft,
    "office draft, below zero": lambda: draft(
        an_invoice("", -500, state="draft"), why_not="It can’t be.", refusal="No."
    ),
    "office sends a month": sending,
    "office sends a month, changed": lambda: sending(changed=True, month=Month(date(2026, 6, 1), 118, 956302)),
    "office is sure": sure,
    "office credits": lambda: correcting("credit", CreditForm(None, currency="USD")),
    "office credits, wrong": lambda: correcting("credit", CreditForm(WRONG, currency="USD")),
    "office voids": lambda: correcting("void", VoidForm(None)),
    "office gives back": lambda: correcting("refund", RefundForm(None, currency="USD", cents=8119)),
    "office payments": lambda: payments(
        payment("processing", "us_bank_account"),
        payment("action_required", "us_bank_account"),
        payment("failed"),
        payment(method="check", reference="1042", amount_cents=1234567),
        payment(),
        payment("created"),
        payment("canceled", "other"),
    ),
    "office payments, none": lambda: payments(show=ShowPayments.DISPUTED),
    "office payment": lambda: one_payment(payment(method="check", reference="1042")),
    "office payment, failed": lambda: one_payment(
        payment("failed", failure="card_declined"), receipt=NOTHING, refunds=[], disputes=[], done=""
    ),
    "office payment, online": lambda: one_payment(payment(), by_hand=False, done="refunded"),
    "office records a payment": new_payment,
    "office records a payment, wrong": lambda: new_payment(WRONG),
    "office asks whose": lambda: _page("whose_payment", search=Search("ma", [MARIA, HOA], too_many=False)),
}
