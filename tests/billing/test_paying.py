"""Paying through Stripe, and what became of it: docs/rules/payments.md, “Through Stripe”."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from nextroute.billing import accounts, sweeping
from nextroute.billing.models import DisputeMove, Refund, StripeAccount, StripeEvent
from nextroute.billing.stripe import gateway
from nextroute.billing.stripe.client import NoAnswer
from nextroute.billing.stripe.fake_errors import Refusal
from nextroute.core import scope
from nextroute.core.errors import Refused
from nextroute.core.scope import ScopeError
from nextroute.notifications.models import Delivery
from tests import cast
from tests.billing import books
from tests.billing.stripe.shop import a_client
from tests.billing.till import Till

DECLINED, DISPUTED = "4000000000000002", "4000000000000259"
BANK, BANK_CLOSED = "000123456789", "000111111113"


def states(till: Till, n: int = 0) -> list[str]:
    return [payment.state for payment in till.payments(n)]


def test_a_card_pays_an_invoice(till: Till) -> None:
    invoice = till.invoice(3850)
    payment = till.pay(3850, invoice)
    assert (payment.state, payment.method, till.standing(invoice)) == ("succeeded", "card", "paid")
    assert till.ledger().balance == 0
    assert till.fake.books(till.account).received == 3850


def test_a_bank_payment_is_on_its_way_and_then_there(till: Till) -> None:
    invoice = till.invoice(3850)
    payment = till.pay(3850, invoice, bank=BANK)
    assert (payment.state, payment.method, till.standing(invoice)) == ("processing", "us_bank_account", "processing")
    assert (till.ledger().open, till.ledger().you_owe) == (3850, 0)
    with pytest.raises(Refused):
        till.page(3850, invoice)
    till.later(days=5)
    till.hear()
    assert (states(till), till.standing(invoice)) == (["succeeded"], "paid")


def test_a_bank_payment_that_fails_leaves_the_invoice_open(till: Till) -> None:
    invoice = till.invoice(3850)
    till.pay(3850, invoice, bank=BANK_CLOSED)
    till.later(days=5)
    till.hear()
    assert (states(till), till.standing(invoice)) == (["failed"], "overdue")
    assert till.ledger().you_owe == 3850


def test_a_declined_card_books_nothing_and_the_page_stays_open(till: Till) -> None:
    invoice = till.invoice(3850)
    payment = till.page(3850, invoice)
    with pytest.raises(Refusal):
        till.fake.pay(str(payment.stripe_session), card=DECLINED)
    found = till.follow(payment)
    assert (found.state, found.failure) == ("created", "generic_decline")
    assert till.ledger().you_owe == 3850
    till.fake.pay(str(payment.stripe_session))
    assert till.follow(payment).state == "succeeded"


def test_pressed_twice_it_is_the_same_page(till: Till) -> None:
    invoice = till.invoice(3850)
    assert till.page(3850, invoice).page_url == till.page(3850, invoice).page_url
    assert len(till.payments()) == 1


def test_another_payment_closes_the_page_that_is_open(till: Till) -> None:
    first, second = till.invoice(3850), till.invoice(1250)
    before = till.page(3850, first)
    till.page(1250, second)
    assert states(till) == ["canceled", "created"]
    with pytest.raises(Refusal):
        till.fake.pay(str(before.stripe_session))


def test_what_was_paid_on_the_page_before_counts(till: Till) -> None:
    first, second = till.invoice(3850), till.invoice(1250)
    before = till.page(3850, first)
    till.fake.pay(str(before.stripe_session))
    with pytest.raises(Refused, match="nothing to pay"):
        till.page(3850, first)
    till.page(1250, second)
    assert states(till) == ["succeeded", "created"]


def test_several_invoices_and_an_amount_between(till: Till) -> None:
    first, second = till.invoice(3850), till.invoice(1250)
    till.pay(4000, first, second)
    assert (till.standing(first), till.ledger().open) == ("paid", 1100)


@pytest.mark.parametrize(("cents", "says"), [(0, "above zero"), (-5, "above zero"), (3851, "more than you owe")])
def test_an_amount_that_cannot_be_paid_reaches_nobody(till: Till, cents: int, says: str) -> None:
    invoice = till.invoice(3850)
    with pytest.raises(Refused, match=says):
        till.page(cents, invoice)
    assert till.payments() == []


def test_too_little_for_stripe_is_said_in_words(till: Till) -> None:
    invoice = till.invoice(3850)
    with pytest.raises(Refused, match="too little"):
        till.page(20, invoice)
    assert states(till) == ["canceled"]


def test_another_customers_invoice_is_not_paid(till: Till) -> None:
    till.invoice(3850)
    theirs = till.invoice(3850, n=1)
    with pytest.raises(Refused, match="cannot be paid"):
        till.page(3850, theirs)


@pytest.mark.parametrize("state", ["unfinished", "rejected"])
def test_where_the_account_cannot_charge_nobody_pays_online(till: Till, state: str) -> None:
    invoice = till.invoice(3850)
    till.fake.onboard(till.account, state)
    till.hear()
    with cast.inside(till.business):
        assert accounts.ways(till.business) == ()
    with pytest.raises(Refused, match="online"):
        till.page(3850, invoice)


def test_a_void_closes_the_page_first(till: Till) -> None:
    invoice = till.invoice(3850)
    payment = till.page(3850, invoice)
    till.void(invoice)
    assert states(till) == ["canceled"]
    with pytest.raises(Refusal):
        till.fake.pay(str(payment.stripe_session))


def test_stripe_is_never_asked_in_a_transaction(till: Till) -> None:
    with scope.business(till.business.pk), pytest.raises(ScopeError):
        accounts.look(till.business.pk, now=till.now)


# Lost answers


@pytest.mark.parametrize(("done", "ends"), [(True, ["succeeded"]), (False, ["canceled", "succeeded"])])
def test_after_no_answer_the_next_try_finds_the_page_or_makes_another(till: Till, done: bool, ends: list[str]) -> None:
    invoice = till.invoice(3850)
    till.fake.befall(path="/v1/checkout/sessions", lost=True, done=done)
    with pytest.raises(NoAnswer):
        till.page(3850, invoice)
    assert states(till) == ["created"]
    till.pay(3850, invoice)
    assert states(till) == ends
    assert till.fake.books(till.account).received == 3850


@pytest.mark.parametrize("done", [True, False])
def test_the_sweep_ends_a_payment_whose_page_nobody_saw(till: Till, done: bool) -> None:
    invoice = till.invoice(3850)
    till.fake.befall(path="/v1/checkout/sessions", lost=True, done=done)
    with pytest.raises(NoAnswer):
        till.page(3850, invoice)
    till.sweep()
    assert (states(till), till.ledger().you_owe) == (["canceled"], 3850)


def test_the_sweep_finds_what_was_paid_when_no_event_came(till: Till) -> None:
    invoice = till.invoice(3850)
    payment = till.page(3850, invoice)
    till.fake.pay(str(payment.stripe_session))
    till.hear(lost=1)
    assert states(till) == ["created"]
    till.sweep()
    assert (states(till), till.standing(invoice)) == (["succeeded"], "paid")


# What goes back


def test_a_refund_goes_back_the_way_it_came_and_is_not_owed_again(till: Till) -> None:
    payment = till.pay(3850, till.invoice(3850))
    refund = till.give_back(payment, 1000)
    assert (refund.state, till.ledger().balance, till.ledger().open) == ("succeeded", 0, 0)
    assert till.fake.books(till.account).refunded == 1000


def test_a_refund_whose_answer_was_lost_is_made_once(till: Till) -> None:
    payment = till.pay(3850, till.invoice(3850))
    till.fake.befall(path="/v1/refunds", lost=True, done=True)
    with pytest.raises(NoAnswer):
        till.give_back(payment, 1000, key="one")
    assert till.ledger().money == 3850
    till.sweep()
    assert (till.ledger().money, till.fake.books(till.account).refunded) == (2850, 1000)
    till.give_back(payment, 1000, key="one")
    assert till.fake.books(till.account).refunded == 1000


def test_a_refund_that_never_reached_stripe_is_asked_for_again(till: Till) -> None:
    payment = till.pay(3850, till.invoice(3850))
    till.fake.befall(path="/v1/refunds", lost=True, done=False)
    with pytest.raises(NoAnswer):
        till.give_back(payment, 1000)
    till.sweep()
    assert (till.ledger().money, till.fake.books(till.account).refunded) == (2850, 1000)


def test_more_than_is_left_is_not_asked_for_while_a_refund_waits(till: Till) -> None:
    payment = till.pay(3850, till.invoice(3850))
    till.fake.befall(path="/v1/refunds", lost=True, done=False)
    with pytest.raises(NoAnswer):
        till.give_back(payment, 3000)
    with pytest.raises(Refused, match="more than is left"):
        till.give_back(payment, 1000)


def test_a_refund_made_at_stripe_is_booked(till: Till) -> None:
    payment = till.pay(3850, till.invoice(3850))
    made = at_stripe(till).refunds.create(
        {"payment_intent": str(payment.stripe_intent), "amount": 500}, {"stripe_account": till.account}
    )
    till.hear()
    with cast.inside(till.business):
        refund = Refund.objects.get()
    assert (refund.cents, refund.stripe_refund, till.ledger().money) == (500, made.id, 3350)


def test_a_refund_the_bank_sends_back_is_the_customers_credit(till: Till) -> None:
    payment = till.pay(3850, till.invoice(3850))
    refund = till.give_back(payment, 1000)
    till.fake.fail_refund(str(refund.stripe_refund))
    till.hear()
    assert (till.ledger().credit, till.ledger().money) == (1000, 3850)


def test_stripe_says_when_money_went_and_came_back(till: Till) -> None:
    payment = till.pay(3850, till.invoice(3850))
    other = till.pay(1250, till.invoice(1250, n=1), n=1)
    refund, times = till.give_back(payment, 1000), list[datetime]()
    dispute = till.fake.dispute(str(other.stripe_intent))
    for deed in (
        lambda: till.fake.fail_refund(str(refund.stripe_refund)),
        lambda: till.fake.decide(dispute["id"], won=True),
    ):
        till.later(days=1)
        times.append(till.now)
        deed()
    till.later(days=9)
    [back] = gateway.refunds_of(till.account, str(payment.stripe_intent))
    [won] = gateway.disputes_of(till.account, str(other.stripe_intent))
    assert won.withdrawn_at
    gaps = [(back.failed_at, times[0]), (won.returned_at, times[1]), (won.withdrawn_at + timedelta(days=2), times[1])]
    assert all(told and abs(told - happened) < timedelta(minutes=1) for told, happened in gaps)


def test_what_stripe_says_late_counts_on_the_day_we_hear_it(till: Till) -> None:
    payment = till.pay(3850, till.invoice(3850))
    other = till.pay(1250, till.invoice(1250, n=1), n=1)
    refund = till.give_back(payment, 1000)
    till.fake.fail_refund(str(refund.stripe_refund))
    till.fake.decide(till.fake.dispute(str(other.stripe_intent))["id"], won=True)
    till.later(days=2)
    till.hear()
    with cast.inside(till.business):
        today = till.business.today(till.now)
        assert [till.business.today(one.failed_at) for one in Refund.objects.all() if one.failed_at] == [today]
        assert [till.business.today(one.at) for one in DisputeMove.objects.all()] == [today, today]


def test_a_dispute_reopens_the_invoice_and_a_won_one_pays_it_again(till: Till) -> None:
    invoice = till.invoice(3850)
    payment = till.pay(3850, invoice)
    dispute = till.fake.dispute(str(payment.stripe_intent))
    till.hear()
    assert (till.standing(invoice), till.ledger().balance) == ("overdue", 3850)
    till.fake.decide(dispute["id"], won=True)
    till.hear()
    assert (till.standing(invoice), till.ledger().balance) == ("paid", 0)


def test_a_bank_that_takes_a_payment_back_reopens_the_invoice(till: Till) -> None:
    invoice = till.invoice(3850)
    payment = till.pay(3850, invoice, bank=BANK)
    till.later(days=5)
    till.hear()
    till.fake.dispute(str(payment.stripe_intent), reason="insufficient_funds")
    till.hear()
    assert (till.standing(invoice), till.ledger().you_owe) == ("overdue", 3850)


def at_stripe(till: Till) -> Any:
    """What the business itself does there, in its own dashboard."""
    return a_client(till.fake).v1


def test_what_is_paid_twice_is_credit_and_the_office_is_told(till: Till) -> None:
    invoice = till.invoice(3850)
    payment = till.page(3850, invoice)
    with cast.inside(till.business):
        books.pay(till.customers[0], 3850, invoice)
    till.fake.pay(str(payment.stripe_session))
    till.hear()
    assert (till.ledger().credit, till.ledger().open) == (3850, 0)
    with cast.inside(till.business):
        assert Delivery.objects.filter(trigger="office_money").exists()


def test_a_share_of_the_payment_is_the_platforms(till: Till, settings: Any) -> None:
    settings.STRIPE_FEE_PERCENT = Decimal("1.5")
    payment = till.pay(3850, till.invoice(3850))
    assert (payment.fee_cents, till.fake.books(till.account).application_fees) == (58, 58)
    till.give_back(payment, 3850)
    assert till.fake.books(till.account).application_fees == 0


def test_a_payment_of_another_amount_at_stripe_is_not_ours(till: Till) -> None:
    """Somebody at the business's own Stripe dashboard may write our id on whatever they like."""
    invoice = till.invoice(3850)
    ours = till.page(3850, invoice)
    at_stripe(till).payment_intents.create(
        {
            "amount": 100,
            "currency": "usd",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "metadata": {"payment": str(ours.pk)},
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        },
        {"stripe_account": till.account},
    )
    till.hear()
    assert (states(till), till.ledger().money) == (["created"], 0)


def test_due_says_whether_there_is_anything_to_ask(till: Till) -> None:
    assert not sweeping.due(till.business, now=till.now)
    till.page(3850, till.invoice(3850))
    assert not sweeping.due(till.business, now=till.now)
    till.later(minutes=36)
    assert sweeping.due(till.business, now=till.now)


def test_a_bank_account_that_is_not_confirmed_yet_leaves_every_other_way_to_pay(till: Till) -> None:
    invoice = till.invoice(3850)
    payment = till.pay(3850, invoice, bank="000999999991")
    assert (payment.state, till.standing(invoice)) == ("action_required", "overdue")
    assert payment.page_url
    till.pay(3850, invoice)
    assert states(till) == ["action_required", "succeeded"]
    till.later(days=11)
    till.hear()
    assert states(till) == ["failed", "succeeded"]
    assert till.fake.books(till.account).received == 3850


def test_a_confirmed_bank_account_pays(till: Till) -> None:
    invoice = till.invoice(3850)
    payment = till.pay(3850, invoice, bank="000999999991")
    till.later(days=2)
    till.fake.prove(str(payment.stripe_intent))
    till.later(days=5)
    till.hear()
    assert (states(till), till.standing(invoice)) == (["succeeded"], "paid")


def test_an_account_that_shows_nothing_any_more_breaks_nothing(till: Till) -> None:
    invoice = till.invoice(3850)
    payment = till.page(3850, invoice)
    till.fake.pay(str(payment.stripe_session))
    with cast.inside(till.business):
        type(payment).objects.filter(id=payment.pk).update(stripe_session="cs_gone")
    with pytest.raises(NoAnswer):
        till.follow(payment)
    till.hear()
    till.sweep()
    assert states(till) == ["created"]


def test_an_account_that_is_gone_fails_no_job_and_its_events_are_let_go_of_in_time(till: Till) -> None:
    account = till.account
    till.later(days=2)
    till.fake.onboard(account, "reviewed")
    with cast.inside(till.business):
        StripeAccount.objects.update(stripe_id="acct_gone")
    StripeEvent.objects.filter(outcome="waiting").update(outcome="done")
    told = {"subject": "acct_gone", "live": False, "heard_at": till.now, "due_at": till.now, "account": "acct_gone"}
    known = [("account.updated", "acct_gone"), ("payment_method.detached", "pm_gone"), ("charge.refunded", "pi_gone")]
    for kind, subject in known:
        StripeEvent.objects.create(**told | {"event_id": kind, "type": kind, "subject": subject})
    till.work()
    sweeping.sweep(till.business.pk, now=till.now)
    till.later(days=5)
    till.work()
    assert not StripeEvent.objects.filter(outcome="waiting").exists()
