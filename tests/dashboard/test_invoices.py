"""The office's invoices: the list, drafts, and correcting what was sent. July 3 in Denver."""

import re
from typing import Any

import pytest

from nextroute.audit.models import Entry
from nextroute.billing import invoices, ledger, payments
from nextroute.billing.models import CreditNote, Invoice, UnbilledVisit
from nextroute.billing.payments import Method, State
from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from nextroute.notifications.models import Delivery
from nextroute.scheduling.models import Subscription
from nextroute.staff.members import Membership
from nextroute.tenancy import settings
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.billing.books import an_invoice, at, draft, open_of, pay, visit
from tests.cast import D
from tests.doors import Browser, Clock, a_login, said, statements

LIST = "/dashboard/invoices/"


@pytest.fixture
def weekly(ada: Customer) -> Subscription:
    return ada.subscriptions.get()


@pytest.fixture
def july(office: Browser, dana: Membership, clock: Clock) -> Browser:
    """Dana's browser on July 3."""
    clock.now = at("2026-07-03")
    office.come_in_as_staff(dana, now=clock.now)
    return office


def numbers_in(answer: Any) -> list[str]:
    return re.findall(r">(INV-\d+)</a>", said(answer))


def fields(answer: Any) -> dict[str, str]:
    """What the page's last form would send again, hidden."""
    html = said(answer)
    return dict(re.findall(r'<input type="hidden" name="(key|amount|reason|seen)" value="([^"]*)"', html))


def twice(browser: Browser, path: str, typed: dict[str, str]) -> tuple[Any, Any]:
    """Fill in a form, look at what will happen, and be sure."""
    key = fields(browser.get(path))
    asked = browser.post(path, key | typed)
    return asked, browser.post(path, key | typed | {"step": "sure"})


# The list


def test_the_list_says_what_is_open_and_overdue(july: Browser, ada: Customer, weekly: Subscription) -> None:
    an_invoice(weekly, 1250)  # due July 1
    settings.change(ada.business, {"payment_terms_days": "15"}, actor=SYSTEM)
    ada.business.refresh_from_db()
    weekly.customer.business.refresh_from_db()
    an_invoice(weekly, 2000)
    html = said(july.get(LIST))
    assert "$32.50 is open." in html
    assert "It stands on 2 invoices." in html
    assert "$12.50 of it, on 1 invoice, is overdue." in html
    assert numbers_in(july.get(LIST)) == ["INV-1002", "INV-1001"]
    for words in ("Ada", "July 1", "July 16", "2 days late", "$20.00"):
        assert words in html


def test_each_standing_is_listed_by_itself(july: Browser, ada: Customer, weekly: Subscription) -> None:
    overdue, paid, void, moving = (an_invoice(weekly, cents) for cents in (1000, 1100, 1200, 1300))
    pay(ada, 1100, paid)
    invoices.void(invoice=void, reason="", actor=SYSTEM, now=at("2026-07-02"))
    begun = payments.start(
        customer=ada,
        cents=1300,
        method=Method.US_BANK_ACCOUNT,
        key="k",
        invoices=[moving],
        actor=SYSTEM,
        now=at("2026-07-02"),
    )
    payments.move(payment=begun, to=State.PROCESSING, actor=SYSTEM, now=at("2026-07-02"))
    visit(weekly, "2026-07-01")
    draft(ada.business, D("2026-07-01"), "2026-07-03")
    shown = {show: numbers_in(july.get(f"{LIST}?show={show}")) for show in ("open", "overdue", "processing", "paid")}
    assert shown == {
        "open": [moving.number, overdue.number],
        "overdue": [overdue.number],
        "processing": [moving.number],
        "paid": [paid.number],
    }
    assert numbers_in(july.get(f"{LIST}?show=void")) == [void.number]
    assert len(numbers_in(july.get(f"{LIST}?show=all"))) == 4
    assert "Draft of July" in said(july.get(f"{LIST}?show=draft"))
    assert "$10.00 of it, on 1 invoice, is overdue." in said(july.get(LIST))


@pytest.mark.parametrize("query", ["show=everything", "before=1' OR 1", "show=draft&before=7", "before=" + "9" * 40])
def test_an_address_that_makes_no_sense_is_not_found(july: Browser, query: str) -> None:
    assert july.get(f"{LIST}?{query}").status_code == 404


def test_customers_are_found_by_name_and_number_and_invoices_by_theirs(
    july: Browser, ada: Customer, eve: Customer, weekly: Subscription
) -> None:
    Customer.objects.filter(id=eve.pk).update(last_name="O'Neil %_", company="")
    an_invoice(weekly, 1000)
    an_invoice(eve.subscriptions.get(), 1100)
    for text, wanted in {
        "ada": ["INV-1001"],
        "o'neil": ["INV-1002"],
        "%": ["INV-1002"],
        "eve@EXAMPLE.com": ["INV-1002"],
        "INV-1001": ["INV-1001"],
        "1002": ["INV-1002"],
        "nobody": [],
        "zz\x00": [],
    }.items():
        assert numbers_in(july.get(LIST, {"q": text})) == wanted, text


def test_a_page_ends_where_the_next_begins(
    july: Browser, weekly: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("invoices", "payments"):
        monkeypatch.setattr(f"nextroute.dashboard.{name}.ROWS", 2)
    for _ in range(5):
        an_invoice(weekly, 1000)
    found, path = [], LIST
    while path:
        answer = july.get(path)
        found += numbers_in(answer)
        more = re.search(r'href="([^"]*before=[^"]*)">Earlier ones', said(answer))
        path = more[1].replace("&amp;", "&") if more else ""
    assert found == [f"INV-{n}" for n in range(1005, 1000, -1)]


def test_a_page_asks_as_much_for_many_as_for_few(july: Browser, ada: Customer, weekly: Subscription) -> None:
    counts = []
    for many in (1, 6):
        for _ in range(many):
            an_invoice(weekly, 1000)
        pay(ada, 500)
        asked = []
        for path in (LIST, f"{LIST}?q=ada", f"{LIST}?show=overdue", "/dashboard/payments/", "/dashboard/"):
            with statements() as sent:
                assert july.get(path).status_code == 200
            asked.append(len(sent))
        counts.append(asked)
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 10 + 3, "the test's own scope is left, and entered again at either end"


# Drafts


def drafted(weekly: Subscription, cents: int = 1250, day: str = "2026-06-02") -> Invoice:
    visit(weekly, day, price_cents=cents)
    draft(weekly.customer.business)
    return Invoice.objects.get(state="draft", customer=weekly.customer)


def test_the_drafts_of_a_month_are_looked_at_and_sent(july: Browser, weekly: Subscription, eve: Customer) -> None:
    drafted(weekly)
    drafted(eve.subscriptions.get(), 2000)
    path = f"{LIST}drafts/2026-06/send/"
    assert path in said(july.get(LIST))
    asked = july.get(path)
    assert "2 drafts, $32.50 in all, are sent." in said(asked)
    assert "are due <time" in said(asked)
    answer = july.post(path, fields(asked), follow=True)
    assert "The invoices are sent." in said(answer)
    assert numbers_in(answer) == ["INV-1002", "INV-1001"]
    again = july.post(path, fields(asked))
    assert (again.status_code, Invoice.objects.filter(state="sent").count()) == (302, 2), "pressed twice"
    assert july.get(path).status_code == 404


def test_what_is_sent_is_what_was_seen(july: Browser, weekly: Subscription, eve: Customer) -> None:
    drafted(weekly)
    path = f"{LIST}drafts/2026-06/send/"
    seen = fields(july.get(path))
    drafted(eve.subscriptions.get())
    answer = july.post(path, seen)
    assert answer.status_code == 422
    assert "The drafts have changed since you looked." in said(answer)
    assert not Invoice.objects.filter(state="sent").exists()
    july.post(path, fields(answer))
    assert Invoice.objects.filter(state="sent").count() == 2


def test_a_month_that_is_not_over_is_said_to_go_on_before_it_is_sent(july: Browser, weekly: Subscription) -> None:
    warning = "This month isn’t over. Its later visits come on a further invoice."
    over = drafted(weekly)
    visit(weekly, "2026-07-02", price_cents=1250)
    draft(weekly.customer.business, D("2026-07-01"), "2026-07-03")
    going_on = Invoice.objects.get(period_first=D("2026-07-01"))
    for path in (f"{LIST}drafts/2026-07/send/", f"{LIST}draft/{going_on.pk}/"):
        assert warning in said(july.get(path))
    for path in (f"{LIST}drafts/2026-06/send/", f"{LIST}draft/{over.pk}/"):
        assert warning not in said(july.get(path))


@pytest.mark.parametrize("month", ["2026-13", "June", "2026-07", "0000-00"])
def test_a_month_without_drafts_is_not_found(july: Browser, weekly: Subscription, month: str) -> None:
    drafted(weekly)
    assert july.get(f"{LIST}drafts/{month}/send/").status_code == 404


def test_one_draft_is_sent(july: Browser, dana: Membership, weekly: Subscription) -> None:
    path = f"{LIST}draft/{drafted(weekly).pk}/"
    assert "1 visit at $12.50" in said(july.get(path))
    answer = july.post(path, {"do": "send"}, follow=True)
    assert answer.redirect_chain == [(f"{LIST}INV-1001/?done=sent", 302)]
    assert "It is sent." in said(answer)
    assert Entry.objects.latest_first()[0].actor_id == dana.user_id
    again = july.post(path, {"do": "send"})
    assert again.headers["Location"] == f"{LIST}INV-1001/", "pressed twice"


def test_a_draft_is_discarded_and_the_next_run_bills_its_visits(
    july: Browser, ada: Customer, weekly: Subscription
) -> None:
    drafted(weekly)
    path = f"{LIST}draft/{Invoice.objects.get().pk}/"
    answer = july.post(path, {"do": "discard"}, follow=True)
    assert "The draft is gone. Its visits wait for the next run." in said(answer)
    assert (Invoice.objects.count(), UnbilledVisit.objects.count()) == (0, 1)
    assert Entry.objects.latest_first()[0].verb == "invoice.discarded"
    draft(ada.business, D("2026-07-01"), "2026-08-01")
    assert [one.total_cents for one in Invoice.objects.all()] == [1250]


def test_a_draft_that_was_sent_a_moment_before_is_said_not_to_be_discarded(july: Browser, weekly: Subscription) -> None:
    path = f"{LIST}draft/{drafted(weekly).pk}/"
    july.post(path, {"do": "send"})
    assert "It was sent a moment before, so it isn’t discarded." in said(
        july.post(path, {"do": "discard"}, follow=True)
    )
    assert Invoice.objects.get().number == "INV-1001"


def test_a_draft_with_a_month_of_a_plan_is_not_discarded_and_the_page_says_why(
    july: Browser, bright: Business, ada: Customer
) -> None:
    plan = cast.a_plan(bright, code="flat", billing_mode="flat", price_cents=4900)
    cast.a_subscription(ada.properties.get(), plan, "2026-01-01")
    draft(bright)
    path = f"{LIST}draft/{Invoice.objects.get().pk}/"
    assert "no later run charges that month again" in said(july.get(path))
    assert "Discard the draft" not in said(july.get(path))
    answer = july.post(path, {"do": "discard"})
    assert answer.status_code == 422
    assert Invoice.objects.exists()
    assert july.post(path, {"do": "whatever"}).status_code == 422


# Correcting


def test_voiding_says_what_will_happen_and_then_it_does(july: Browser, ada: Customer, weekly: Subscription) -> None:
    first = an_invoice(weekly, 1250)
    pay(ada, 1250, first)
    second = an_invoice(weekly, 2000)
    path = f"{LIST}INV-1001/void/"
    asked = july.post(path, {"reason": "Sent twice"})
    assert "INV-1001 is owed no more." in said(asked)
    assert re.search(r"Open</th><td [^>]+>\$20.00</td><td [^>]+><b>\$7.50", said(asked))
    assert open_of(first, second) == [0, 2000], "nothing has happened yet"
    july.post(path, {"reason": "Sent twice", "step": "sure"})
    assert open_of(second) == [750]
    assert "“Sent twice”" in said(july.get(f"{LIST}INV-1001/"))
    assert july.post(path, {"reason": "Sent twice", "step": "sure"}).status_code == 302, "pressed twice"


def test_a_credit_note_is_worked_out_before_it_is_issued(july: Browser, ada: Customer, weekly: Subscription) -> None:
    an_invoice(weekly, 7500, tax="8.25")
    asked, done = twice(july, f"{LIST}INV-1001/credit/", {"amount": "40,00", "reason": "Late"})
    assert "$40.00 less of INV-1001: $36.95, and $3.05 tax." in said(asked)
    assert done.headers["Location"] == f"{LIST}INV-1001/?done=CN-0001"
    assert ledger.of(ada).open == 8119 - 4000
    page = said(july.get(done.headers["Location"]))
    for words in ("Credit note CN-0001 is issued.", "Late", "$41.19", "$3.05"):
        assert words in page
    assert "Void it</a>" not in page
    assert Delivery.objects.filter(trigger="credit_note_issued").count() == 1


def test_a_form_that_is_sent_twice_is_one_credit_note(july: Browser, ada: Customer, weekly: Subscription) -> None:
    an_invoice(weekly, 5000)
    path = f"{LIST}INV-1001/credit/"
    typed = fields(july.get(path)) | {"amount": "30", "reason": "", "step": "sure"}
    assert [july.post(path, typed).status_code for _ in range(2)] == [302, 302]
    assert CreditNote.objects.get().total_cents == 3000
    other = july.post(path, typed | {"amount": "10"})
    assert (other.status_code, CreditNote.objects.count()) == (422, 1)
    assert "This form was used already." in said(other)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("", "Enter an amount."),
        ("0", "Enter an amount above zero."),
        ("-5", "Enter an amount above zero."),
        ("12.51", "This is more than is left of the invoice."),
        ("ten", "Write the amount in figures"),
        ("١٢", "Write the amount in figures"),
        ("1000000000000", "Is the amount right?"),
        ("9" * 40, "Write the amount in figures"),
        ("1.2.3", "Write the amount in figures"),
        ("1e3", "Write the amount in figures"),
    ],
)
def test_a_wrong_amount_comes_back_with_a_word_beside_it(
    july: Browser, weekly: Subscription, amount: str, words: str
) -> None:
    an_invoice(weekly, 1250)
    path = f"{LIST}INV-1001/credit/"
    key = fields(july.get(path))
    for step in ({}, {"step": "sure"}):
        answer = july.post(path, key | {"amount": amount, "reason": "Late & wrong"} | step)
        assert answer.status_code == 422
        assert re.search(f'id="id_amount-fault">.*{re.escape(words)}', said(answer), re.DOTALL)
        assert f'value="{amount}"' in said(answer)
        assert "Late &amp; wrong" in said(answer)
    assert not CreditNote.objects.exists()


def test_without_its_key_a_form_does_nothing(july: Browser, weekly: Subscription) -> None:
    an_invoice(weekly, 1250)
    answer = july.post(f"{LIST}INV-1001/credit/", {"amount": "5", "key": "x", "step": "sure"})
    assert answer.status_code == 422
    assert "This form was open too long." in said(answer)
    assert fields(answer)["key"] != "x"


# Whose


def every_page(invoice: Invoice, draft_: Invoice) -> list[str]:
    number = invoice.number
    return [f"{LIST}{number}/", f"{LIST}{number}/void/", f"{LIST}{number}/credit/", f"{LIST}draft/{draft_.pk}/"]


def test_another_businesss_numbers_are_not_found(
    july: Browser, silk: Business, dee: Customer, weekly: Subscription
) -> None:
    with cast.inside(silk):
        theirs = an_invoice(dee.subscriptions.get(), 1250)
        drafted_there = drafted(dee.subscriptions.get(), day="2026-06-29")
    for path in every_page(theirs, drafted_there):
        assert july.get(path).status_code == 404
        assert july.post(path, {"do": "discard"}).status_code in (404, 405)
    assert numbers_in(july.get(f"{LIST}?show=all")) == []
    for nobodys in ("INV-9999", "%00", "draft", "new"):
        assert july.get(f"{LIST}{nobodys}/").status_code == 404
    with cast.inside(silk):
        assert Invoice.objects.filter(state="draft").count() == 1


def test_the_office_and_the_customer_read_the_same_numbers(
    july: Browser, ada: Customer, weekly: Subscription, clock: Clock
) -> None:
    an_invoice(weekly, 7500, tax="8.25")
    an_invoice(weekly, 1250)
    pay(ada, 2000)
    browser = Browser()
    browser.come_in(a_login(ada), now=clock.now)
    for number in ("INV-1001", "INV-1002"):
        invoice = Invoice.objects.with_money().get(number=number)
        amount = f"${invoice.open_cents / 100:.2f}"
        assert amount in said(browser.get(f"/portal/invoices/{number}/"))
        assert amount in said(july.get(f"{LIST}{number}/"))
    whole = f"${ledger.of(ada).open / 100:.2f}"
    assert f"{whole} is open." in said(july.get(LIST))
    assert f"Ada owes {whole} in all" in said(july.get(f"{LIST}INV-1001/"))
