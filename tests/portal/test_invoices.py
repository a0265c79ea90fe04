"""Invoices on the pages a customer sees. Noon of Monday, June 1, in Denver."""

import re
from datetime import timedelta
from html import unescape
from itertools import count

import pytest

from nextroute.billing import credit_notes, disputes, invoices, payments, refunds
from nextroute.billing.models import Invoice, Payment
from nextroute.billing.payments import Method
from nextroute.billing.payments import State as Stage
from nextroute.core.actors import SYSTEM
from nextroute.core.days import add_months
from nextroute.customers.models import Customer
from nextroute.scheduling.models import Subscription
from nextroute.tenancy import settings
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.billing.books import an_invoice, draft, pay, send, visit
from tests.cast import NOON, D
from tests.doors import Browser, said, statements

LIST = "/portal/invoices/"
APRIL, MAY, JUNE = D("2026-04-01"), D("2026-05-01"), D("2026-06-01")
ROW = re.compile(r'<a class="row[^>]*href="([^"]+)">(.*?)</a>', re.DOTALL)


@pytest.fixture
def weekly(ada: Customer) -> Subscription:
    return ada.subscriptions.get()


def text(html: str) -> str:
    """What is read in a part of a page."""
    return " ".join(unescape(re.sub("<[^>]+>", " ", html)).split())


def main(html: str) -> str:
    return html.partition(' id="main">')[2].partition("</main>")[0]


def answer(html: str) -> str:
    """The sentence the page begins with."""
    found = re.search("<h1[^>]*>(.*?)</h1>", html, re.DOTALL)
    assert found
    return text(found[1])


def rows(html: str) -> list[str]:
    return [text(row) for _, row in ROW.findall(main(html))]


def page(browser: Browser, path: str = LIST) -> str:
    got = browser.get(path)
    assert got.status_code == 200
    return said(got)


def a_draft(weekly: Subscription, day: str = "2026-05-12", cents: int = 1250) -> Invoice:
    visit(weekly, day, price_cents=cents)
    month = D(day).replace(day=1)
    draft(weekly.customer.business, month, add_months(month, 1).isoformat())
    return Invoice.objects.get(state="draft", period_first=month)


def on_its_way(customer: Customer, invoice: Invoice, cents: int) -> Payment:
    payment = payments.start(
        customer=customer,
        cents=cents,
        method=Method.US_BANK_ACCOUNT,
        key="k",
        invoices=[invoice],
        actor=SYSTEM,
        now=NOON,
    )
    return payments.move(payment=payment, to=Stage.PROCESSING, actor=SYSTEM, now=NOON)


def many(customer: Customer, count_: int, before: int = 5000) -> None:
    """Sent invoices of as many days, straight into the books."""
    days = [MAY - timedelta(days=n) for n in range(count_)]
    Invoice.objects.bulk_create(
        Invoice(
            business_id=customer.business_id,
            customer=customer,
            period_first=day,
            period_last=day,
            state="sent",
            sequence=before - n,
            number=f"INV-{before - n}",
            invoice_date=day,
            due_date=day,
            subtotal_cents=1250,
            total_cents=1250,
            currency="USD",
            drafted_at=NOON,
            sent_at=NOON,
        )
        for n, day in enumerate(days)
    )


def test_the_tab_stays_current_on_the_pages_below(signed_in: Browser, ada: Customer, weekly: Subscription) -> None:
    an_invoice(weekly, 1250, month=MAY)
    payment = pay(ada, 1250, on="2026-06-01")
    for path in (LIST, f"{LIST}INV-1001/", "/portal/payments/", f"/portal/payments/{payment.pk}/"):
        assert f'<a href="{LIST}" aria-current="page">' in page(signed_in, path)


# The list


def test_who_has_no_invoice_reads_when_the_first_one_comes(signed_in: Browser) -> None:
    html = page(signed_in)
    assert text(main(html)) == "No invoices yet. Your first one comes after your first visit."


def test_the_answer_is_what_is_owed_and_then_how_to_pay_it(
    signed_in: Browser, weekly: Subscription, bright: Business
) -> None:
    settings.change(bright, {"payment_instructions": "Checks to Bright Bins, please."}, actor=SYSTEM)
    an_invoice(weekly, 8119, month=MAY)
    an_invoice(weekly, 1840, month=APRIL)
    html = page(signed_in)
    assert answer(html) == "You owe $99.59."
    assert "Checks to Bright Bins, please." in html
    assert ">Pay " not in html


def test_without_words_on_how_to_pay_one_is_told_to_ask(
    signed_in: Browser, weekly: Subscription, bright: Business
) -> None:
    an_invoice(weekly, 1250, month=MAY)
    assert "To pay, write to us." in page(signed_in)
    Business.objects.filter(pk=bright.pk).update(phone="+13035550142")
    assert "To pay, call us: (303) 555-0142 ." in text(page(signed_in))


def test_who_has_paid_everything_is_told_so_and_reads_of_credit(
    signed_in: Browser, ada: Customer, weekly: Subscription
) -> None:
    an_invoice(weekly, 1250, month=MAY)
    pay(ada, 2450, on="2026-06-01")
    html = page(signed_in)
    assert answer(html) == "You’re all paid up."
    assert "You have $12.00 to your credit. It pays your next invoice." in html


def test_money_on_its_way_is_not_owed_again(signed_in: Browser, ada: Customer, weekly: Subscription) -> None:
    on_its_way(ada, an_invoice(weekly, 1250, month=MAY), 1250)
    html = page(signed_in)
    assert answer(html) == "Nothing to pay now."
    assert "$12.50 is on its way to us." in html
    assert rows(html) == ["May service INV-1001, June 1. $12.50 is on its way to us. On its way $12.50"]


def test_each_invoice_says_what_it_is_and_a_draft_stands_first(
    signed_in: Browser, ada: Customer, weekly: Subscription
) -> None:
    settings.change(ada.business, {"payment_terms_days": "15"}, actor=SYSTEM)
    paid = an_invoice(weekly, 1000, month=D("2025-12-01"))
    pay(ada, 1000, paid)
    void = an_invoice(weekly, 2000, month=D("2026-01-01"))
    invoices.void(invoice=void, reason="Twice", actor=SYSTEM, now=NOON)
    pay(ada, 500, an_invoice(weekly, 123456, month=APRIL))
    an_invoice(weekly, 4000, month=MAY)
    a_draft(weekly, "2026-03-03")
    a_draft(weekly, "2026-06-01")
    html = page(signed_in)
    assert rows(html) == [
        "June so far Not sent yet. It may still change. Not yet due $12.50",
        "March service Not sent yet. It may still change. Not yet due $12.50",
        "May service INV-1004, due Tuesday, June 16 Sent $40.00",
        "April service INV-1003, was due May 16. $1,229.56 of it is still open. 16 days late $1,234.56",
        "January service INV-1002, February 1 Void $20.00",
        "December 2025 service INV-1001, January 1 Paid $10.00",
    ]
    assert "<s>$20.00</s>" in html


def test_every_row_leads_to_its_invoice(signed_in: Browser, weekly: Subscription) -> None:
    an_invoice(weekly, 1250, month=APRIL)
    key = a_draft(weekly).pk
    paths = [path for path, _ in ROW.findall(main(page(signed_in)))]
    assert paths == [f"{LIST}draft/{key}/", f"{LIST}INV-1001/"]
    assert [signed_in.get(path).status_code for path in paths] == [200, 200]


@pytest.mark.parametrize(
    ("show", "numbers"),
    [
        ("all", ["draft", "INV-1004", "INV-1003", "INV-1002", "INV-1001"]),
        ("open", ["INV-1004", "INV-1003"]),
        ("paid", ["INV-1001"]),
    ],
)
def test_what_is_open_or_paid_can_be_looked_at_alone(
    signed_in: Browser, ada: Customer, weekly: Subscription, show: str, numbers: list[str]
) -> None:
    pay(ada, 1250, an_invoice(weekly, 1250, month=D("2026-01-01")))
    void = an_invoice(weekly, 1250, month=D("2026-02-01"))
    invoices.void(invoice=void, reason="", actor=SYSTEM, now=NOON)
    pay(ada, 50, an_invoice(weekly, 1250, month=D("2026-03-01")))
    on_its_way(ada, an_invoice(weekly, 1250, month=APRIL), 1250)
    a_draft(weekly)
    found = re.findall(rf'class="row[^"]*" href="{LIST}([A-Za-z0-9-]+)/', page(signed_in, f"{LIST}?show={show}"))
    assert found == numbers


def test_drafts_are_nowhere_where_the_business_hides_them(
    signed_in: Browser, weekly: Subscription, bright: Business
) -> None:
    key = a_draft(weekly).pk
    assert signed_in.get(f"{LIST}draft/{key}/").status_code == 200
    settings.change(bright, {"show_drafts": "off"}, actor=SYSTEM)
    assert "No invoices yet." in page(signed_in)
    assert signed_in.get(f"{LIST}draft/{key}/").status_code == 404


def test_every_invoice_is_on_exactly_one_page(signed_in: Browser, ada: Customer, weekly: Subscription) -> None:
    many(ada, 60)
    drafts = [a_draft(weekly, f"2026-0{month}-05") for month in (5, 4, 3)]
    shown: list[str] = []
    sizes: list[int] = []
    path: str | None = LIST
    while path:
        html = page(signed_in, path)
        found = [link for link, _ in ROW.findall(main(html))]
        shown += found
        sizes.append(len(found))
        more = re.search(rf'href="({LIST}\?before=[^"]+)"', html)
        path = unescape(more[1]) if more else None
    assert sizes == [25, 25, 13]
    assert shown == [f"{LIST}draft/{one.pk}/" for one in drafts] + [f"{LIST}INV-{5000 - n}/" for n in range(60)]


def test_a_later_page_keeps_the_filter_and_leads_back(signed_in: Browser, ada: Customer) -> None:
    many(ada, 30)
    html = page(signed_in, f"{LIST}?show=open")
    more = re.search(rf'href="({LIST}\?show=open&amp;before=[0-9]+)"', html)
    assert more
    assert f'href="{LIST}?show=open">Back to the latest' in page(signed_in, unescape(more[1]))


@pytest.mark.parametrize(
    "query", ["before=x", "before=2026-13-01", "before=1", "before=9" + "9" * 20, "show=x", "before=%00", "before=-1"]
)
def test_nonsense_for_a_page_is_not_found(signed_in: Browser, weekly: Subscription, query: str) -> None:
    an_invoice(weekly, 1250, month=MAY)
    assert signed_in.get(f"{LIST}?{query}").status_code == 404


def test_the_list_costs_the_same_for_three_invoices_and_for_three_hundred(
    signed_in: Browser, ada: Customer, weekly: Subscription
) -> None:
    pay(ada, 500, an_invoice(weekly, 1250, month=APRIL))
    counts: list[int] = []
    befores = count(5000, -1000)
    for more in (2, 297):
        many(ada, more, next(befores))
        for path in (LIST, f"{LIST}?show=open"):
            with statements() as sent:
                page(signed_in, path)
            counts.append(len(sent))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 5 + 3, "\n".join(sent)  # three put the test’s own scope back


# The paper


def test_an_invoice_says_what_was_done_when_and_what_it_costs(
    signed_in: Browser, ada: Customer, weekly: Subscription
) -> None:
    for day in ("2026-05-05", "2026-05-12"):
        visit(weekly, day, price_cents=1200, tax_rate="8.25", bins=2, additional_bin_price_cents=300)
    draft(ada.business, MAY, "2026-06-01")
    send(Invoice.objects.get(), "2026-06-01")
    html = page(signed_in, f"{LIST}INV-1001/")
    assert answer(html) == "Invoice INV-1001"
    read = text(main(html))
    for words in (
        "Weekly 2 visits at $12.00: May 5, 12 $24.00",
        "More bins: Weekly 2 at $3.00 $6.00",
        "Subtotal $30.00 Sales tax, 8.25% $2.48 Total $32.48",
        "For Ada 8447 West 51st Avenue",
        "Service May 1 to 31",
        "June 1, 2026",
    ):
        assert words in read
    assert "Still open" not in read


def test_lines_stand_by_property_where_there_are_several(
    signed_in: Browser, ada: Customer, weekly: Subscription
) -> None:
    zone = weekly.property.zone
    assert zone
    second = cast.a_subscription(cast.a_property(ada, zone, "3120 Teller Street"), weekly.plan)
    visit(weekly, "2026-05-12")
    visit(second, "2026-05-12")
    draft(ada.business, MAY, "2026-06-01")
    key = Invoice.objects.get().pk
    read = text(main(page(signed_in, f"{LIST}draft/{key}/")))
    assert "3120 Teller Street Weekly 1 visit at $12.50: May 12 $12.50 8447 West 51st Avenue Weekly 1 visit" in read


def test_what_paid_it_and_what_went_back_stand_below_and_add_up(
    signed_in: Browser, ada: Customer, weekly: Subscription
) -> None:
    invoice = an_invoice(weekly, 10000, month=MAY)
    payment = pay(ada, 6000, invoice, on="2026-06-01")
    credit_notes.issue(customer=ada, cents=1000, reason="The lid was broken", actor=SYSTEM, now=NOON, invoice=invoice)
    refunds.record(payment=payment, cents=500, key="r", actor=SYSTEM, now=NOON, with_credit_note=False)
    bounced = {"kind": disputes.Kind.BANK_RETURN, "state": disputes.State.LOST, "returned_cents": 0}
    disputes.note(
        payment=payment,
        key="d",
        withdrawn_cents=2000,
        actor=SYSTEM,
        now=NOON + timedelta(hours=1),
        **bounced,  # type: ignore[arg-type]
    )
    read = text(main(page(signed_in, f"{LIST}INV-1001/")))
    assert (
        "Total $100.00 Paid in cash , June 1 −$60.00 Credit note CN-0001, June 1 The lid was broken −$10.00"
        " Given back to you , June 1 $5.00 Returned by your bank , June 1 $20.00 Still open $55.00"
    ) in read


def test_a_void_invoice_says_why_and_is_not_to_be_paid(signed_in: Browser, weekly: Subscription) -> None:
    invoices.void(
        invoice=an_invoice(weekly, 1250, month=MAY), reason="We billed the wrong house.", actor=SYSTEM, now=NOON
    )
    html = page(signed_in, f"{LIST}INV-1001/")
    assert "This invoice is void. There is nothing to pay on it. We billed the wrong house." in text(html)
    assert "<s>$12.50</s>" in html
    assert 'class="bar' not in html


def test_an_open_invoice_ends_with_how_to_pay_it_and_a_paid_one_does_not(
    signed_in: Browser, ada: Customer, weekly: Subscription
) -> None:
    settings.change(ada.business, {"payment_instructions": "Cash to the crew."}, actor=SYSTEM)
    an_invoice(weekly, 1250, month=MAY)
    assert "$12.50 Due Monday, June 1 Cash to the crew." in text(page(signed_in, f"{LIST}INV-1001/"))
    pay(ada, 1250, on="2026-06-01")
    html = page(signed_in, f"{LIST}INV-1001/")
    assert "Cash to the crew." not in html
    assert "Still open $0.00" in text(html)


def test_an_invoice_that_money_is_on_its_way_to_says_so_and_is_not_to_be_paid_again(
    signed_in: Browser, ada: Customer, weekly: Subscription
) -> None:
    on_its_way(ada, an_invoice(weekly, 1250, month=MAY), 1250)
    html = page(signed_in, f"{LIST}INV-1001/")
    assert "$12.50 is on its way to us. We’ll tell you when it has arrived." in text(html)
    assert 'class="bar' not in html


def test_a_draft_says_that_it_may_change_and_once_sent_leads_to_its_number(
    signed_in: Browser, weekly: Subscription
) -> None:
    found = a_draft(weekly)
    path = f"{LIST}draft/{found.pk}/"
    html = page(signed_in, path)
    assert answer(html) == "May service"
    assert "Nothing to pay yet. It may still change until we send it." in html
    assert "So far $12.50" in text(html)
    send(found, "2026-06-01")
    assert signed_in.get(path).headers["Location"] == f"{LIST}INV-1001/"


@pytest.mark.parametrize(
    "path", ["INV-9999/", "inv-1001/", "CN-0001/", "INV-1002/", f"draft/{'0' * 8}-0000-7000-8000-{'0' * 12}/"]
)
def test_what_is_not_theirs_or_not_there_is_not_found(
    signed_in: Browser, eve: Customer, weekly: Subscription, path: str
) -> None:
    an_invoice(weekly, 1250, month=MAY)
    an_invoice(eve.subscriptions.get(), 1250, month=MAY)
    assert Invoice.objects.filter(customer=eve, number="INV-1002").exists()
    assert signed_in.get(f"{LIST}{path}").status_code == 404


def test_a_paper_costs_the_same_however_much_is_on_it(signed_in: Browser, ada: Customer, weekly: Subscription) -> None:
    counts: list[int] = []
    for month, parts in ((APRIL, 1), (MAY, 8)):
        for n in range(parts):
            visit(weekly, f"{month:%Y-%m}-{3 + n:02}", price_cents=1000 + n)
        draft(ada.business, month, add_months(month, 1).isoformat())
        sent = send(Invoice.objects.get(state="draft"), "2026-06-01")
        for _ in range(parts):
            pay(ada, 1000, sent, on="2026-06-01")
        with statements() as asked:
            page(signed_in, f"{LIST}{sent.number}/")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8 + 3, "\n".join(asked)


def test_it_is_read_in_spanish_by_who_reads_spanish(signed_in: Browser, ada: Customer, weekly: Subscription) -> None:
    Customer.objects.filter(pk=ada.pk).update(language="es")
    an_invoice(weekly, 123456, month=MAY)
    assert "1 de junio de 2026" in page(signed_in, f"{LIST}INV-1001/")
