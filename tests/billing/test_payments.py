"""Payments, refunds, disputes, and what they pay. The rule: docs/rules/payments.md."""

import pytest

from nextroute.audit.models import Entry
from nextroute.billing import disputes, ledger, payments, refunds
from nextroute.billing.models import CreditNote, Dispute, Invoice, Payment, Refund
from nextroute.billing.payments import Method, State
from nextroute.core import scope
from nextroute.core.actors import SYSTEM
from nextroute.core.errors import Refused
from nextroute.customers.models import Customer
from nextroute.notifications.models import Delivery
from nextroute.scheduling.models import Subscription
from tests import cast
from tests.billing.books import an_invoice, at, open_of, pay
from tests.cast import D

NOW = at("2026-07-03")


@pytest.fixture
def weekly(ada: Customer) -> Subscription:
    return ada.subscriptions.get()


@pytest.fixture
def two(weekly: Subscription) -> tuple[Invoice, Invoice]:
    """Of 12.50 and 20, the first one older."""
    return an_invoice(weekly, 1250), an_invoice(weekly, 2000)


def begin(customer: Customer, cents: int, *for_invoices: Invoice, key: str = "pay") -> Payment:
    return payments.start(
        customer=customer, cents=cents, method=Method.CARD, key=key, invoices=for_invoices, actor=SYSTEM, now=NOW
    )


def move(payment: Payment, to: State, **news: str) -> Payment:
    return payments.move(payment=payment, to=to, actor=SYSTEM, now=NOW, **news)


def refund(payment: Payment, cents: int, *, key: str = "refund", with_credit_note: bool = True) -> Refund:
    return refunds.record(
        payment=payment, cents=cents, key=key, with_credit_note=with_credit_note, reason="Sorry", actor=SYSTEM, now=NOW
    )


def dispute(payment: Payment, withdrawn: int, returned: int = 0, state: str = "open") -> Dispute:
    return disputes.note(
        payment=payment,
        key="dp_1",
        kind=disputes.Kind.DISPUTE,
        state=disputes.State(state),
        withdrawn_cents=withdrawn,
        returned_cents=returned,
        actor=SYSTEM,
        now=NOW,
    )


# By hand


def test_cash_pays_the_oldest_invoice_first(ada: Customer, two: tuple[Invoice, Invoice]) -> None:
    payment = pay(ada, 1500)
    assert open_of(*two) == [0, 1750]
    assert (payment.state, payment.received_on) == ("succeeded", D("2026-07-02"))
    assert (ledger.balance(ada), ledger.you_owe(ada), ledger.open_amount(two[1])) == (1750, 1750, 1750)
    entry = Entry.objects.latest_first()[0]
    assert (entry.verb, entry.customer_id) == ("payment.received", ada.pk)
    assert Delivery.objects.filter(trigger="payment_received").count() == 1


def test_cash_pays_what_it_was_given_for(ada: Customer, two: tuple[Invoice, Invoice]) -> None:
    pay(ada, 1500, two[1])
    assert open_of(*two) == [1250, 500]


def test_a_form_sent_twice_is_one_payment(ada: Customer, two: tuple[Invoice, Invoice]) -> None:
    assert pay(ada, 500, key="form") == pay(ada, 500, key="form")
    assert open_of(*two) == [750, 2000]
    with pytest.raises(Refused):
        pay(ada, 600, key="form")


@pytest.mark.parametrize("cents", [0, -1])
def test_no_amount_is_no_payment(ada: Customer, cents: int) -> None:
    with pytest.raises(Refused):
        pay(ada, cents)
    with pytest.raises(Refused):
        begin(ada, cents)


def test_money_by_hand_is_no_card_and_not_of_tomorrow(ada: Customer) -> None:
    for method, day in ((Method.CARD, D("2026-07-02")), (Method.CASH, D("2026-07-04"))):
        with pytest.raises(Refused):
            payments.record_manual(
                customer=ada, cents=1, method=method, key="k", actor=SYSTEM, now=NOW, received_on=day
            )


def test_anothers_invoice_is_not_paid(ada: Customer, eve: Customer) -> None:
    hers = an_invoice(eve.subscriptions.get(), 1250)
    with pytest.raises(Refused):
        pay(ada, 1250, hers)
    assert not Payment.objects.exists()


# Step by step


def test_money_on_its_way_is_not_owed_again_nor_booked_yet(ada: Customer, two: tuple[Invoice, Invoice]) -> None:
    payment = begin(ada, 1250, two[0])
    assert ledger.you_owe(ada) == 3250
    move(payment, State.PROCESSING)
    assert (ledger.balance(ada), ledger.you_owe(ada)) == (3250, 2000)
    found = Invoice.objects.with_money().get(id=two[0].pk)
    assert (found.standing(D("2026-08-01")), found.open_cents) == ("processing", 1250)
    with pytest.raises(Refused):
        begin(ada, 1250, two[0], key="again")
    move(payment, State.SUCCEEDED)
    assert open_of(*two) == [0, 2000]


def test_a_failed_payment_leaves_what_is_open_and_may_be_tried_again(
    ada: Customer, two: tuple[Invoice, Invoice]
) -> None:
    payment = begin(ada, 1250, two[0])
    move(payment, State.FAILED, failure="card_declined")
    assert open_of(*two) == [1250, 2000]
    assert Delivery.objects.filter(trigger="payment_failed").count() == 1
    move(payment, State.SUCCEEDED, stripe_charge="ch_1")
    payment.refresh_from_db()
    assert (payment.stripe_charge, payment.failure) == ("ch_1", "")
    assert open_of(*two) == [0, 2000]


def test_news_from_before_changes_nothing(ada: Customer, two: tuple[Invoice, Invoice]) -> None:
    payment = begin(ada, 1250, two[0])
    move(payment, State.SUCCEEDED)
    for state in State:
        assert move(payment, state).state == "succeeded"
    assert open_of(*two) == [0, 2000]
    assert Delivery.objects.filter(trigger="payment_received").count() == 1


def test_no_more_is_begun_than_is_owed(ada: Customer, two: tuple[Invoice, Invoice]) -> None:
    with pytest.raises(Refused):
        begin(ada, 3251, *two)
    pay(ada, 1250)
    with pytest.raises(Refused):
        begin(ada, 1250, two[0])
    begin(ada, 2000, two[1])


def test_what_is_paid_twice_is_credit(ada: Customer, two: tuple[Invoice, Invoice]) -> None:
    first, second = begin(ada, 2000, two[1], key="a"), begin(ada, 2000, two[1], key="b")
    pay(ada, 1250)
    move(first, State.SUCCEEDED)
    move(second, State.SUCCEEDED)
    assert (ledger.balance(ada), ledger.of(ada).credit) == (-2000, 2000)


# Refunds


def test_a_refund_does_not_make_the_customer_owe_again(ada: Customer, weekly: Subscription) -> None:
    invoice = an_invoice(weekly, 7500, tax="8.25")
    payment = pay(ada, 8119)
    refund(payment, 4000)
    note = CreditNote.objects.get()
    assert (note.invoice_id, note.total_cents, note.tax_cents, note.reason) == (invoice.pk, 4000, 305, "Sorry")
    assert open_of(invoice) == [0]
    assert (ledger.balance(ada), ledger.of(ada).credit) == (0, 0)
    assert Delivery.objects.filter(trigger="payment_refunded").count() == 1


def test_without_a_credit_note_a_refund_opens_the_invoice_again(ada: Customer, two: tuple[Invoice, Invoice]) -> None:
    refund(pay(ada, 3250), 2500, with_credit_note=False)
    assert open_of(*two) == [500, 2000]
    assert not CreditNote.objects.exists()


def test_what_was_paid_too_much_goes_back_without_a_credit_note(ada: Customer, weekly: Subscription) -> None:
    invoice = an_invoice(weekly, 1250)
    refund(pay(ada, 2000), 750)
    assert (open_of(invoice), ledger.balance(ada), CreditNote.objects.count()) == ([0], 0, 0)


def test_no_more_goes_back_than_came(ada: Customer, weekly: Subscription) -> None:
    an_invoice(weekly, 1250)
    payment = pay(ada, 1250)
    for cents in (0, -5, 1251):
        with pytest.raises(Refused):
            refund(payment, cents, key=str(cents))
    assert refund(payment, 1000) == refund(payment, 1000)
    with pytest.raises(Refused):
        refund(payment, 251, key="more")


def test_a_refund_that_fails_is_credit(ada: Customer, weekly: Subscription) -> None:
    an_invoice(weekly, 1250)
    made = refund(pay(ada, 1250), 1000)
    refunds.move(refund=made, to=refunds.State.FAILED, actor=SYSTEM, now=NOW)
    refunds.move(refund=made, to=refunds.State.SUCCEEDED, actor=SYSTEM, now=NOW)
    assert (ledger.balance(ada), ledger.of(ada).credit) == (-1000, 1000)


# Disputes


def test_a_dispute_opens_the_invoices_again_the_latest_first(ada: Customer, two: tuple[Invoice, Invoice]) -> None:
    payment = pay(ada, 3250)
    dispute(payment, 2500)
    assert open_of(*two) == [500, 2000]
    assert ledger.balance(ada) == 2500
    dispute(payment, 2500)
    assert ledger.balance(ada) == 2500


def test_a_dispute_that_is_won_pays_again(ada: Customer, two: tuple[Invoice, Invoice]) -> None:
    payment = pay(ada, 3250)
    dispute(payment, 3250)
    dispute(payment, 3250, returned=3250, state="won")
    assert open_of(*two) == [0, 0]
    assert Dispute.objects.get().state == "won"


def test_a_bank_that_takes_a_payment_back_opens_its_invoice(ada: Customer, weekly: Subscription) -> None:
    invoice = an_invoice(weekly, 1250)
    payment = move(begin(ada, 1250, invoice), State.SUCCEEDED)
    disputes.note(
        payment=payment,
        key="return",
        kind=disputes.Kind.BANK_RETURN,
        state=disputes.State.LOST,
        withdrawn_cents=1250,
        returned_cents=0,
        actor=SYSTEM,
        now=NOW,
    )
    assert open_of(invoice) == [1250]
    with pytest.raises(Refused):
        refund(payment, 1)


def test_a_customer_reads_the_same_books_as_the_office(ada: Customer, two: tuple[Invoice, Invoice]) -> None:
    pay(ada, 1500)
    of_office = ledger.of(ada)
    with scope.customer(ada.business_id, ada.pk):
        assert ledger.of(ada) == of_office
        assert [one.open_cents for one in ada.invoices.with_money().order_by("sequence")] == [0, 1750]
        assert begin(ada, 1750, two[1]).state == "created"


def test_customers_of_another_business_see_none_of_it(ada: Customer, dee: Customer, weekly: Subscription) -> None:
    an_invoice(weekly, 1250)
    pay(ada, 500)
    with cast.inside(dee.business):
        assert ledger.of(dee) == ledger.Ledger(0, 0, 0, 0, 0, 0)
        assert not Payment.objects.exists()
