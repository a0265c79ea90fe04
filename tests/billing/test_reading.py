"""Lines of an invoice in words, what became of it, and lists that go on page by page."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nextroute.billing import applied, disputes, listing, refunds, words
from nextroute.billing.applied import How
from nextroute.billing.listing import Show
from nextroute.billing.models import Invoice, InvoiceLine, Payment
from nextroute.core import words as core_words
from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from nextroute.scheduling.models import Subscription
from tests.billing.books import JUNE, an_invoice, at, pay
from tests.cast import D

TODAY = D("2026-07-01")
DAYS = [D("2026-05-05"), D("2026-05-12"), D("2026-06-02")]


def said(kind: str, days: list[date] = DAYS, language: str = "en", **row: Any) -> str:
    """A line in words, its title and how it comes about."""
    line = InvoiceLine(**{"kind": kind, "plan_name": "Weekly", "quantity": 3, "unit_cents": 1200, "month": JUNE} | row)
    with translation.override(core_words.speech(language, "en_US")):
        return f"{words.title(line)} | {words.detail(line, days, 'USD', TODAY)}"


@pytest.mark.parametrize(
    ("kind", "row", "sentence"),
    [
        ("visit", {}, "Weekly | 3 visits at $12.00: May 5, 12; June 2"),
        ("visit", {"quantity": 1}, "Weekly | 1 visit at $12.00: May 5, 12; June 2"),
        ("bins", {}, "More bins: Weekly | 3 at $12.00"),
        ("extra", {}, "Weekly | May 5, 12; June 2"),
        ("setup", {}, "Set-up: Weekly | "),
        ("flat", {"unit_cents": 4900, "amount_cents": 4900}, "Weekly | June"),
        ("flat", {"unit_cents": 4900, "amount_cents": 1960}, "Weekly | June, in part: the whole month is $49.00"),
        ("credit", {"quantity": 1, "amount_cents": -980}, "Credit: Weekly | June: 1 visit fell away"),
        ("credit", {"quantity": 2, "amount_cents": -980}, "Credit: Weekly | June: 2 visits fell away"),
        ("credit", {"quantity": 0, "amount_cents": -980}, "Credit: Weekly | June"),
        ("visit", {"plan_name": ""}, "Service | 3 visits at $12.00: May 5, 12; June 2"),
    ],
)
def test_a_line_says_what_it_is_for(kind: str, row: dict[str, Any], sentence: str) -> None:
    assert said(kind, **row) == sentence


def test_a_line_about_no_visit_on_record_names_no_day() -> None:
    assert said("visit", days=[]) == "Weekly | 3 visits at $12.00"


def test_what_is_taken_back_says_by_whom(ada: Customer) -> None:
    weekly: Subscription = ada.subscriptions.get()
    invoice = an_invoice(weekly, 10000)
    payment = pay(ada, 10000)
    refunds.record(payment=payment, cents=1000, key="r", actor=SYSTEM, now=at("2026-07-03"), reason="Sorry")
    for returned, day in ((0, "2026-07-04"), (5000, "2026-07-05")):
        disputes.note(
            payment=payment, key="d", kind=disputes.Kind.DISPUTE, state=disputes.State.OPEN, withdrawn_cents=9000,
            returned_cents=returned, actor=SYSTEM, now=at(day),
        )  # fmt: skip
    parts = applied.to(invoice, ada.business)
    assert [(part.how, part.cents, f"{part.day:%m-%d}") for part in parts] == [
        (How.PAID, 10000, "07-02"),
        (How.REFUNDED, -1000, "07-03"),
        (How.CREDITED, 1000, "07-03"),
        (How.DISPUTED, -9000, "07-04"),
        (How.CAME_BACK, 5000, "07-05"),
    ]


def test_a_refund_that_fails_pays_again_on_the_day_it_does(ada: Customer) -> None:
    invoice = an_invoice(ada.subscriptions.get(), 10000)
    how = {"payment": pay(ada, 10000), "key": "r", "with_credit_note": False, "state": refunds.State.REQUESTED}
    made = refunds.record(cents=1000, actor=SYSTEM, now=at("2026-07-03"), **how)  # type: ignore[arg-type]
    refunds.move(refund=made, to=refunds.State.PENDING, actor=SYSTEM, now=at("2026-07-04"))
    refunds.move(refund=made, to=refunds.State.FAILED, actor=SYSTEM, now=at("2026-07-09"))
    assert [(part.how, part.cents, f"{part.day:%m-%d}") for part in applied.to(invoice, ada.business)] == [
        (How.PAID, 10000, "07-02"),
        (How.REFUNDED, -1000, "07-04"),
        (How.CAME_BACK, 1000, "07-09"),
    ]


def _invoices(customer: Customer, drafts: int, sent: int) -> None:
    """Drafts of as many months, and sent ones, some of which share a day."""
    row: dict[str, Any] = {"business_id": customer.business_id, "customer": customer, "currency": "USD"}
    row |= {"drafted_at": at("2026-07-01"), "period_last": date(2030, 1, 1)}
    for n in range(drafts):
        Invoice.objects.create(**row, period_first=JUNE - timedelta(days=n))
    numbered = {"state": "sent", "sent_at": at("2026-07-01"), "total_cents": 5, "subtotal_cents": 5}
    for n in range(sent):
        day = JUNE + timedelta(days=n // 3)
        given_ = {"sequence": 1001 + n, "number": f"INV-{1001 + n}", "invoice_date": day, "due_date": day}
        Invoice.objects.create(**row, **numbered, **given_, period_first=JUNE)


@given(st.integers(1, 7), st.integers(0, 4), st.integers(0, 9), st.sampled_from([Show.ALL, Show.OPEN]))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_invoice_is_on_one_page_whatever_its_size(
    ada: Customer, rows: int, drafts: int, sent: int, show: Show
) -> None:
    with transaction.atomic():
        _invoices(ada, drafts, sent)
        found: list[Invoice] = []
        after: date | int | None = None
        while (page := listing.invoices_of(ada, rows=rows, show=show, after=after)).invoices:
            assert len(page.invoices) <= rows
            found += page.invoices
            after = page.further
            if after is None:
                break
        shown = drafts if show is Show.ALL else 0
        assert [one.state for one in found] == ["draft"] * shown + ["sent"] * sent
        assert [one.period_first for one in found[:shown]] == [JUNE - timedelta(days=n) for n in range(shown)]
        assert [one.sequence for one in found[shown:]] == [1001 + n for n in reversed(range(sent))]
        transaction.set_rollback(True)


@given(st.integers(1, 5), st.lists(st.integers(0, 2), max_size=9))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_payment_is_on_one_page_also_of_one_moment(ada: Customer, rows: int, hours: list[int]) -> None:
    with transaction.atomic():
        made = [
            Payment.objects.create(
                business_id=ada.business_id, customer=ada, method="card", state="failed", amount_cents=1,
                currency="USD", idempotency_key=str(n), created_at=at("2026-07-01") + timedelta(hours=hour),
            )
            for n, hour in enumerate(hours)
        ]  # fmt: skip
        found: list[Payment] = []
        after = None
        while (page := listing.payments_of(ada, rows=rows, after=after)).payments:
            found += page.payments
            after = page.further
            if after is None:
                break
        assert found == sorted(made, key=lambda one: (one.created_at, one.pk), reverse=True)
        transaction.set_rollback(True)
