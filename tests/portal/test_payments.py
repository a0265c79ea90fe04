"""Payments on the pages a customer sees. Noon of Monday, June 1, in Denver."""

import re
from datetime import timedelta
from html import unescape

import pytest

from nextroute.billing import disputes, payments, refunds
from nextroute.billing.models import Payment, Refund
from nextroute.billing.payments import Method
from nextroute.billing.payments import State as Stage
from nextroute.billing.refunds import State as Refunded
from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from nextroute.scheduling.models import Subscription
from tests.billing.books import an_invoice, pay
from tests.cast import NOON, D
from tests.doors import Browser, statements
from tests.portal.test_invoices import MAY, ROW, answer, main, page, rows, text

LIST = "/portal/payments/"


@pytest.fixture
def weekly(ada: Customer) -> Subscription:
    return ada.subscriptions.get()


def stands(customer: Customer, state: str, method: str = "card", key: str = "k", minutes: int = 0) -> Payment:
    """Of $12.50, at this stage, begun so many minutes after noon."""
    return Payment.objects.create(
        business_id=customer.business_id,
        customer=customer,
        method=method,
        state=state,
        amount_cents=1250,
        currency="USD",
        idempotency_key=key,
        created_at=NOON + timedelta(minutes=minutes),
        settled_at=NOON if state == "succeeded" else None,
    )


def test_who_has_paid_nothing_reads_what_will_stand_here(signed_in: Browser) -> None:
    assert text(main(page(signed_in, LIST))) == (
        "Invoices No payments yet. What you pay stands here, each with its receipt."
    )


def test_a_payment_says_when_how_and_whether_it_arrived(signed_in: Browser, ada: Customer) -> None:
    stages = [
        ("succeeded", "card"), ("processing", "us_bank_account"), ("action_required", "us_bank_account"),
        ("failed", "card"), ("created", "card"), ("canceled", "card"),
    ]  # fmt: skip
    for n, (stage, method) in enumerate(stages):
        stands(ada, stage, method, key=str(n), minutes=-n)
    payments.record_manual(
        customer=ada, cents=5000, method=Method.CHECK, key="c", actor=SYSTEM, now=NOON - timedelta(hours=1),
        received_on=D("2026-05-30"), reference="1042",
    )  # fmt: skip
    assert rows(page(signed_in, LIST)) == [
        "By card Monday, June 1 Received $12.50",
        "By bank transfer Monday, June 1 On its way $12.50",
        "By bank transfer Monday, June 1 Waits for you $12.50",
        "By card Monday, June 1 Did not go through $12.50",
        "By check, 1042 Saturday, May 30 Received $50.00",
    ]


def test_what_went_back_stands_below_its_payment(signed_in: Browser, ada: Customer) -> None:
    payment = pay(ada, 10000, on="2026-06-01")
    refunds.record(payment=payment, cents=2000, key="r", reason="A broken lid", actor=SYSTEM, now=NOON)
    of = {"payment": payment, "key": "d", "kind": disputes.Kind.DISPUTE, "withdrawn_cents": 3000, "actor": SYSTEM}
    disputes.note(state=disputes.State.OPEN, returned_cents=0, now=NOON, **of)  # type: ignore[arg-type]
    won = {"state": disputes.State.WON, "returned_cents": 1500, "now": NOON + timedelta(days=3)}
    disputes.note(**of, **won)  # type: ignore[arg-type]
    (row,) = rows(page(signed_in, LIST))
    assert "We gave $20.00 back to you on June 1 . “A broken lid”" in row
    assert "Your bank took $30.00 back on June 1 . $15.00 of it came back on June 4 ." in row


def test_a_refund_under_way_or_failed_says_so(signed_in: Browser, ada: Customer) -> None:
    payment = pay(ada, 10000, on="2026-06-01")
    refund = refunds.record(payment=payment, cents=2000, key="r", state=Refunded.PENDING, actor=SYSTEM, now=NOON)
    assert "$20.00 is on its way back to you since June 1" in rows(page(signed_in, LIST))[0]
    refunds.move(refund=refund, to=Refunded.FAILED, actor=SYSTEM, now=NOON + timedelta(days=3))
    assert "$20.00 could not be paid back to you on June 4 . It’s to your credit." in rows(page(signed_in, LIST))[0]


def test_a_receipt_names_what_it_paid_and_what_is_left_of_it(
    signed_in: Browser, ada: Customer, weekly: Subscription
) -> None:
    an_invoice(weekly, 1250, month=MAY)
    payment = pay(ada, 2000, on="2026-06-01")
    html = page(signed_in, f"{LIST}{payment.pk}/")
    assert answer(html) == "We received $20.00."
    assert "In cash, Monday, June 1" in text(html)
    assert "What it paid May service INV-1001 $12.50 To your credit It pays your next invoice. $7.50" in text(html)


def test_what_a_bank_returned_pays_nothing_any_more(signed_in: Browser, ada: Customer, weekly: Subscription) -> None:
    an_invoice(weekly, 1250, month=MAY)
    payment = pay(ada, 1250, on="2026-06-01")
    gone = {"kind": disputes.Kind.BANK_RETURN, "state": disputes.State.LOST, "returned_cents": 0}
    disputes.note(payment=payment, key="d", withdrawn_cents=1250, actor=SYSTEM, now=NOON, **gone)  # type: ignore[arg-type]
    html = page(signed_in, f"{LIST}{payment.pk}/")
    assert "Your bank returned $12.50 on June 1" in text(html)
    assert "What it paid" not in html


@pytest.mark.parametrize(
    ("stage", "sentence"),
    [
        ("processing", "$12.50 is on its way."),
        ("action_required", "$12.50 waits for you."),
        ("failed", "$12.50 did not go through."),
    ],
)
def test_money_that_has_not_arrived_says_how_it_stands(
    signed_in: Browser, ada: Customer, stage: str, sentence: str
) -> None:
    assert answer(page(signed_in, f"{LIST}{stands(ada, stage).pk}/")) == sentence


def test_what_is_anothers_or_nobodys_news_is_not_found(signed_in: Browser, ada: Customer, eve: Customer) -> None:
    hidden = [stands(ada, Stage.CREATED, key="a"), stands(ada, Stage.CANCELED, key="b"), pay(eve, 100)]
    assert [signed_in.get(f"{LIST}{one.pk}/").status_code for one in hidden] == [404] * 3


def test_every_payment_is_on_exactly_one_page_also_of_one_moment(signed_in: Browser, ada: Customer) -> None:
    made = [stands(ada, "succeeded", key=str(n), minutes=n // 40) for n in range(60)]
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
    assert sizes == [25, 25, 10]
    newest = sorted(made, key=lambda one: (one.created_at, one.pk), reverse=True)
    assert shown == [f"{LIST}{one.pk}/" for one in newest]


@pytest.mark.parametrize("before", ["x", "00000000-0000-7000-8000-000000000000", "\x00"])
def test_nonsense_for_a_page_is_not_found(signed_in: Browser, ada: Customer, before: str) -> None:
    pay(ada, 100)
    assert signed_in.get(LIST, {"before": before}).status_code == 404


def test_the_list_costs_the_same_for_three_payments_and_for_three_hundred(signed_in: Browser, ada: Customer) -> None:
    counts: list[int] = []
    for begin, end in ((0, 3), (3, 300)):
        for n in range(begin, end):
            payment = stands(ada, "succeeded", key=str(n))
            row = {"payment": payment, "state": "succeeded", "cents": 50, "idempotency_key": f"r{n}"}
            row |= {"made_at": NOON, "went_at": NOON}
            Refund.objects.create(business_id=ada.business_id, customer=ada, **row)
        with statements() as sent:
            page(signed_in, LIST)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 7 + 3, "\n".join(sent)  # three put the test’s own scope back
