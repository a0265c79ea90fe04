"""An invoice on paper says what its rows say. The rule: docs/rules/statements.md."""

import pytest

from nextroute.billing import credit_notes, invoices, payments
from nextroute.billing.documents import invoice as on_paper
from nextroute.billing.documents import typesetting
from nextroute.billing.documents.paper import Paper
from nextroute.billing.models import Invoice
from nextroute.core.actors import SYSTEM
from nextroute.core.colours import luminance
from nextroute.customers.models import Customer
from nextroute.tenancy.businesses import Business
from tests.billing.books import at, draft, pay, send, visit
from tests.billing.documents import reading
from tests.doors import statements


def paper(invoice: Invoice) -> Paper:
    found = Invoice.objects.with_money().select_related("customer__business").get(id=invoice.pk)
    return on_paper.paper(found, business=found.customer.business)


def pdf(invoice: Invoice) -> bytes:
    return typesetting.pdf(typesetting.content(paper(invoice)))


def said(invoice: Invoice) -> str:
    return reading.text(pdf(invoice))


@pytest.fixture
def june(ada: Customer) -> Invoice:
    """Of three visits with two bins, taxed."""
    for day in ("2026-06-02", "2026-06-09", "2026-06-16"):
        visit(ada.subscriptions.get(), day, price_cents=1200, bins=2, additional_bin_price_cents=300, tax_rate="8.25")
    draft(ada.business)
    return send(Invoice.objects.get())


def test_it_says_what_was_done_and_what_it_costs(june: Invoice) -> None:
    words = said(june)
    assert "Invoice INV-1001" in words
    assert "8447 West 51st Avenue. 3 visits at $12.00: June 2, 9, 16 $36.00" in words
    assert "More bins: Weekly 8447 West 51st Avenue. 3 at $3.00 $9.00" in words
    assert "Subtotal $45.00 Sales tax, 8.25% $3.71 Total $48.71" in words
    assert "Due July 1, 2026" in words
    assert "June 1 2026" not in words


def test_what_pays_it_and_what_is_open_add_up_to_the_total(june: Invoice, ada: Customer) -> None:
    pay(ada, 1000)
    credit_notes.issue(customer=ada, cents=500, reason="sorry", actor=SYSTEM, now=at("2026-07-03"), invoice=june)
    assert (
        "What pays it Paid in cash, July 2, 2026 −$10.00 Credit note CN-0001, July 3, 2026 −$5.00 Still to pay $33.71"
        in said(june)
    )


def test_money_on_its_way_is_said_and_not_asked_for_again(june: Invoice, ada: Customer) -> None:
    started = payments.start(
        customer=ada,
        cents=4871,
        method=payments.Method.US_BANK_ACCOUNT,
        key="bank",
        invoices=[june],
        actor=SYSTEM,
        now=at("2026-07-02"),
    )
    payments.move(payment=started, to=payments.State.PROCESSING, actor=SYSTEM, now=at("2026-07-02"))
    words = said(june)
    assert "Payment on its way" in words
    assert "On its way −$48.71 Still to pay $0.00" in words


def test_how_to_pay_stands_there_while_something_is_open(june: Invoice, ada: Customer) -> None:
    Business.objects.update(payment_instructions="By check to Bright Bins, 4990 Kipling St.")
    assert "How to pay By check to Bright Bins, 4990 Kipling St." in said(june)
    pay(ada, 4871)
    words = said(june)
    assert "How to pay" not in words
    assert "Paid" in words


def test_a_void_one_says_so_and_asks_for_nothing(june: Invoice) -> None:
    invoices.void(invoice=june, reason="We billed this twice", actor=SYSTEM, now=at("2026-07-02"))
    words = said(june)
    assert "VOID" in words
    assert "This invoice is void. Nothing is owed for it. We billed this twice." in words
    assert "Due July 1, 2026 Due" not in words


def test_it_speaks_the_customers_language_and_says_which_that_is(june: Invoice, ada: Customer) -> None:
    assert reading.catalogue(pdf(june))["/Lang"] == "en-US"
    Customer.objects.filter(id=ada.pk).update(language="es")
    assert reading.catalogue(pdf(june))["/Lang"] == "es-US"
    assert "junio" in said(june)


def test_it_is_built_for_everyone(june: Invoice) -> None:
    made = pdf(june)
    catalogue = reading.catalogue(made)
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid:part" in catalogue["/Metadata"].get_object().get_data()
    assert reading.title(made) == "Invoice INV-1001 from Bright Bins"
    tags = reading.tags(made)
    assert tags.count("/H1") == 1
    assert tags.count("/Table") == 1
    assert tags.count("/TH") == 2
    assert tags.count("/TD") == 4
    assert reading.families(made) == {"Inter", "Literata"}


@pytest.mark.parametrize(
    ("name", "stands"),
    [
        ("José Ñandú", "José Ñandú"),
        ("Łukasz Nguyễn Đặng", "Łukasz Nguyễn Đặng"),
        ("Анна Ελένη", "Анна Ελένη"),
        ("王小明 Wang", "□□□ Wang"),
        ("Ada 🎉👩🏽‍🚀", "Ada"),
        ("🎉", "□"),
        ("a\u202egnp.exe\u200b\x07", "agnp.exe"),
        ("ﬁne ＡＢＣ", "fine ABC"),
        ("#strong[x] $y$ *z* `q` @ref <label> \\u{41}", "#strong[x] $y$ *z* `q` @ref <label> \\u{41}"),
    ],
)
def test_whatever_a_name_is_made_of_it_can_be_set(june: Invoice, ada: Customer, name: str, stands: str) -> None:
    Customer.objects.filter(id=ada.pk).update(first_name=name, last_name="")
    assert f"For {stands} 8447" in said(june)


LONG = "Extraordinarily" * 12


def test_long_names_and_many_lines_stay_within_the_page(ada: Customer) -> None:
    Business.objects.update(name=f"{LONG} {LONG}", address=LONG, payment_instructions=LONG)
    Customer.objects.filter(id=ada.pk).update(company=LONG)
    for n in range(1, 29):
        visit(ada.subscriptions.get(), f"2026-06-{n:02d}", plan_name=f"{LONG} {n}", price_cents=99_999_999)
    draft(ada.business)
    found = paper(send(Invoice.objects.get()))
    assert len(found.rows) == 28
    sheets = reading.drawn(typesetting.content(found))
    assert len(sheets) > 2
    assert all(reading.margins_are_blank(sheet) for sheet in sheets)


def test_the_same_content_gives_the_same_bytes_and_other_content_other_ones(june: Invoice, ada: Customer) -> None:
    first, again = pdf(june), pdf(june)
    assert first == again
    key = typesetting.key(typesetting.content(paper(june)))
    assert typesetting.key(typesetting.content(paper(june))) == key
    pay(ada, 1)
    assert typesetting.key(typesetting.content(paper(june))) != key


def test_a_colour_that_is_hard_to_read_on_paper_is_dimmed(june: Invoice, ada: Customer) -> None:
    ada.business.branding.primary_color = "#39ff14"
    ada.business.branding.save()
    mark = paper(june).mark
    assert mark.word == "Due July 1, 2026"
    assert luminance(mark.ink) <= 0.1834  # 4.5:1 on white


def test_it_takes_as_many_statements_for_many_lines_as_for_one(ada: Customer, eve: Customer) -> None:
    for n in range(1, 28):
        visit(ada.subscriptions.get(), f"2026-06-{n:02d}", plan_name=f"Plan {n}")
    visit(eve.subscriptions.get(), "2026-06-02")
    draft(ada.business)
    counts = []
    for customer in (ada, eve):
        sent = send(Invoice.objects.get(customer=customer))
        found = Invoice.objects.with_money().select_related("customer__business__branding").get(id=sent.pk)
        with statements() as asked:
            on_paper.paper(found, business=found.customer.business)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 5
