"""The pay page and the way back from Stripe, as a customer sees them: docs/rules/payments.md."""

import re
from typing import Any
from uuid import uuid4

import pytest

from tests import cast
from tests.billing.till import Till
from tests.doors import Browser, Clock, a_login, said, statements

PAY = "/portal/pay/"
INVOICES, HOME = "/portal/invoices/", "/portal/"
DECLINED, BANK, SLOW = "4000000000000002", "000123456789", "000999999991"


@pytest.fixture
def ada(till: Till, clock: Clock, browser: Browser) -> Browser:
    """Signed in where the till is; the clock is the real one."""
    clock.now = till.now
    with cast.inside(till.business):
        login = a_login(till.customers[0])
    browser.come_in(login, now=clock.now)
    return browser


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", said(answer)))


def go(browser: Browser, *numbers: str, amount: str = "") -> Any:
    return browser.post(PAY, {"invoices": list(numbers), "amount": amount})


def back(till: Till) -> str:
    return f"{PAY}{till.payments()[-1].pk}/"


def test_one_press_leads_to_stripe_and_back_to_the_truth(ada: Browser, till: Till) -> None:
    invoice = till.invoice(3850)
    assert "Pay $38.50" in text(ada.get(f"{PAY}?invoice={invoice.number}"))
    answer = go(ada, str(invoice.number))
    assert answer.status_code == 302
    assert answer["Location"].startswith(till.fake.url)
    assert "You haven’t paid yet." in text(ada.get(back(till)))
    till.fake.pay(str(till.payments()[0].stripe_session))
    page = text(ada.get(back(till)))
    assert "Thank you. We received $38.50." in page
    assert str(invoice.number) in page


def test_home_and_the_invoices_offer_to_pay_where_one_can(ada: Browser, till: Till) -> None:
    invoice = till.invoice(3850)
    for path in (HOME, INVOICES, f"{INVOICES}{invoice.number}/"):
        assert PAY in said(ada.get(path)), path
    till.fake.onboard(till.account, "rejected")
    till.hear()
    for path in (HOME, INVOICES, f"{INVOICES}{invoice.number}/"):
        assert PAY not in said(ada.get(path)), path


def test_where_nobody_can_pay_online_the_page_says_how_to_pay(ada: Browser, till: Till) -> None:
    till.invoice(3850)
    till.fake.onboard(till.account, "rejected")
    till.hear()
    with cast.inside(till.business):
        type(till.business).objects.filter(id=till.business.pk).update(payment_instructions="Pay by check to us.")
    page = ada.get(PAY)
    assert "Pay by check to us." in text(page)
    assert 'action="/portal/pay/"' not in said(page)
    assert go(ada, "INV-1001").status_code == 422
    assert till.payments() == []


def test_a_bank_transfer_is_said_to_be_on_its_way_and_cannot_be_paid_twice(ada: Browser, till: Till) -> None:
    invoice = till.invoice(3850)
    till.pay(3850, invoice, bank=BANK)
    assert "$38.50 is on its way from your bank." in text(ada.get(back(till)))
    page = ada.get(PAY)
    assert "can’t be paid a second time meanwhile" in text(page)
    assert 'class="button is-primary" href="/portal/"' in said(page), "there is nothing to call about"
    assert go(ada, str(invoice.number)).status_code == 422
    assert len(till.payments()) == 1


def test_a_bank_account_to_be_confirmed_leads_to_where_that_is_done(ada: Browser, till: Till) -> None:
    payment = till.pay(3850, till.invoice(3850), bank=SLOW)
    page = ada.get(back(till))
    assert "confirm your bank account" in text(page)
    assert payment.page_url in said(page)


def test_a_declined_card_is_said_and_one_can_go_on(ada: Browser, till: Till) -> None:
    invoice = till.invoice(3850)
    go(ada, str(invoice.number))
    session = str(till.payments()[0].stripe_session)
    with pytest.raises(Exception, match="declined"):
        till.fake.pay(session, card=DECLINED)
    page = ada.get(back(till))
    assert "Your bank declined the card. Nothing was charged." in text(page)
    assert till.payments()[0].page_url in said(page)


@pytest.mark.parametrize(
    ("amount", "says"),
    [
        ("0", "above zero"),
        ("-5", "above zero"),
        ("38.51", "more than you owe"),
        ("1000000000000", "Is the amount right?"),
        ("a lot", "Write the amount in figures"),
        ("12.345", "Write the amount in figures"),
        ("١٢", "Write the amount in figures"),
        ("\x00", "Write the amount in figures"),
        ("1e9", "Write the amount in figures"),
    ],
)
def test_an_amount_that_cannot_be_paid_comes_back_with_what_to_change(
    ada: Browser, till: Till, amount: str, says: str
) -> None:
    invoice = till.invoice(3850)
    answer = go(ada, str(invoice.number), amount=amount)
    assert answer.status_code == 422
    assert says in text(answer)
    assert till.payments() == []


def test_the_button_does_not_offer_to_pay_more_than_is_owed(ada: Browser, till: Till) -> None:
    till.invoice(3850)
    looks = {"look": "1", "amount": "38.51"}
    assert "Pay $38.51" not in text(ada.get(PAY, looks))
    assert "Pay $38.50" in text(ada.get(PAY, looks | {"amount": "38.50"}))


def test_part_of_it_may_be_paid(ada: Browser, till: Till) -> None:
    invoice = till.invoice(3850)
    go(ada, str(invoice.number), amount="10,00")
    assert [one.amount_cents for one in till.payments()] == [1000]


def test_a_button_that_said_another_amount_asks_once_more(ada: Browser, till: Till) -> None:
    """Typed without JavaScript, or faster than it: nobody goes to pay what the button did not say."""
    number = str(till.invoice(3850).number)
    posted = {"invoices": [number], "amount": "20", "said": "3850"}
    answer = ada.post(PAY, posted)
    assert answer.status_code == 422
    assert "You’re about to pay $20.00. Is that right?" in text(answer)
    assert "Pay $20.00" in text(answer)
    assert till.payments() == []
    assert ada.post(PAY, posted | {"said": "2000"}).status_code == 302


def test_nothing_chosen_is_said_beside_the_invoices(ada: Browser, till: Till) -> None:
    till.invoice(3850)
    till.invoice(1250)
    answer = go(ada)
    assert answer.status_code == 422
    assert "Choose an invoice, or write an amount." in text(answer)


def test_other_peoples_invoices_and_payments_are_nobodys_here(ada: Browser, till: Till) -> None:
    till.invoice(1250)
    theirs = till.invoice(3850, n=1)
    answer = go(ada, str(theirs.number))
    assert answer.status_code == 422
    assert "$38.50" not in text(answer)
    payment = till.page(3850, theirs, n=1)
    assert ada.get(f"{PAY}{payment.pk}/").status_code == 404
    assert ada.get(f"{PAY}{uuid4()}/").status_code == 404
    assert till.payments() == []


def test_when_stripe_is_silent_nothing_is_charged_and_that_is_said(ada: Browser, till: Till) -> None:
    invoice = till.invoice(3850)
    till.fake.befall(path="/v1/checkout/sessions", lost=True)
    answer = go(ada, str(invoice.number))
    assert answer.status_code == 422
    assert "We can’t reach our payment service at the moment. Nothing was charged." in text(answer)
    assert go(ada, str(invoice.number)).status_code == 302


def test_coming_back_while_stripe_is_silent_says_that_we_wait(ada: Browser, till: Till) -> None:
    go(ada, str(till.invoice(3850).number))
    till.fake.befall(method="GET", path="/v1/checkout/sessions", status=500)
    page = text(ada.get(back(till)))
    assert "We’re still waiting to hear about your payment." in page
    assert "You won’t be charged twice." in page


def test_the_page_takes_as_many_statements_for_many_invoices_as_for_one(ada: Browser, till: Till) -> None:
    till.invoice(100)
    with statements() as few:
        ada.get(PAY)
    for _ in range(4):
        till.invoice(100)
    with statements() as many:
        ada.get(PAY)
    assert len(many) == len(few) <= 9
