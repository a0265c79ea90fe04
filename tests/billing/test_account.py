"""A customer's account, in order, ends at what the ledger says. The rule: docs/rules/statements.md."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nextroute.billing import account, booking, credit_notes, disputes, invoices, ledger, payments, refunds
from nextroute.billing.account import Account, Entry, Kind
from nextroute.billing.models import Dispute, Invoice, Payment, Refund
from nextroute.core import scope
from nextroute.core.actors import SYSTEM
from nextroute.core.days import ONE_DAY
from nextroute.core.errors import Refused
from nextroute.customers.models import Customer
from nextroute.tenancy.businesses import Business
from tests.billing.books import JUNE, an_invoice, at, draft, pay, send, visit
from tests.cast import D, noon
from tests.doors import statements
from tests.worked import Row, Tables

STATEMENTS = Tables("statements.md")
END = D("2027-12-31")


def between(customer: Customer, first: str, last: str) -> Account:
    return account.between(D(first), D(last), customer=customer, business=customer.business)


@pytest.fixture
def summer(ada: Customer) -> Customer:
    """As the page of the rule tells it."""
    june = an_invoice(ada.subscriptions.get(), 4871, on="2026-07-01")
    payment = pay(ada, 4871, on="2026-07-10")
    july = an_invoice(ada.subscriptions.get(), 1250, month=D("2026-07-01"), on="2026-08-01")
    refunds.record(payment=payment, cents=871, key="r", reason="Missed", actor=SYSTEM, now=at("2026-08-03"))
    refund = refunds.record(payment=payment, cents=100, key="s", reason="Sorry", actor=SYSTEM, now=at("2026-08-05"))
    how = {"payment": payment, "key": "d", "kind": disputes.Kind.DISPUTE, "withdrawn_cents": 3900, "actor": SYSTEM}
    disputes.note(state=disputes.State.OPEN, returned_cents=0, now=at("2026-08-20"), **how)  # type: ignore[arg-type]
    invoices.void(invoice=july, reason="Billed twice", actor=SYSTEM, now=at("2026-09-02"))
    refunds.move(refund=refund, to=refunds.State.FAILED, actor=SYSTEM, now=at("2026-09-03"))
    disputes.note(state=disputes.State.WON, returned_cents=3900, now=at("2026-09-10"), **how)  # type: ignore[arg-type]
    assert june.number == "INV-1001"
    return ada


def test_each_thing_that_happened_has_its_line_and_its_balance(summer: Customer) -> None:
    found = between(summer, "2026-07-01", "2026-09-30")
    got = [(one.on.isoformat(), str(one.kind), one.cents, one.balance) for one in found.entries]
    wanted = [(row["day"], row["kind"], int(row["cents"]), int(row["balance"])) for row in rows("A summer")]
    assert got == wanted
    assert found.opening == 0
    assert found.closing == ledger.of(summer).balance


def rows(heading: str) -> list[Row]:
    return list(STATEMENTS.worked(heading).args[1])


@STATEMENTS.worked("Periods")
def test_a_statement_begins_with_what_came_before_it(summer: Customer, row: Row) -> None:
    found = between(summer, row["first"], row["last"])
    assert (found.opening, len(found.entries), found.closing) == (
        int(row["opening"]),
        int(row["lines"]),
        int(row["closing"]),
    )


def test_the_page_names_every_kind_of_line() -> None:
    assert {row["what"].strip("`") for row in rows("What changes it")} == set(Kind)


def test_every_table_of_the_page_is_read() -> None:
    assert STATEMENTS.read == STATEMENTS.headings


def test_a_day_is_the_businesses_own(ada: Customer) -> None:
    an_invoice(ada.subscriptions.get(), 1250, on="2026-07-01")
    late = datetime.fromisoformat("2026-07-31T23:30:00-06:00")  # August 1 in UTC
    credit_notes.issue(customer=ada, cents=100, reason="", actor=SYSTEM, now=late)
    invoices.void(invoice=Invoice.objects.get(), reason="", actor=SYSTEM, now=late)
    assert [one.kind for one in between(ada, "2026-07-31", "2026-07-31").entries] == [Kind.VOIDED, Kind.CREDIT_NOTE]
    assert between(ada, "2026-08-01", "2026-08-31").entries == []


def test_drafts_and_money_that_has_not_come_are_no_part_of_it(ada: Customer) -> None:
    visit(ada.subscriptions.get(), "2026-06-02")
    draft(ada.business)
    assert between(ada, "2026-01-01", "2026-12-31").entries == []


@pytest.mark.parametrize(
    ("happened", "counts"),
    [
        ("2026-07-01T09:00:00-06:00", "2026-07-01T09:00:00-06:00"),  # today
        ("2026-07-01T02:00:00+00:00", "2026-07-01T10:00:00-06:00"),  # a day that is over: it was June 30 here
        ("2026-07-02T08:00:00+00:00", "2026-07-01T10:00:00-06:00"),  # by a clock that is ahead
        ("2026-07-01T07:00:00-06:00", "2026-07-01T08:00:00-06:00"),  # before what it undoes
        (None, "2026-07-01T10:00:00-06:00"),  # not known
    ],
)
def test_news_counts_when_it_happened_but_never_on_a_day_that_is_over(
    bright: Business, happened: str | None, counts: str
) -> None:
    when, now, after = (
        datetime.fromisoformat(one) if one else None
        for one in (happened, "2026-07-01T10:00:00-06:00", "2026-07-01T08:00:00-06:00")
    )
    assert now
    assert booking.at(when, bright, now=now, after=after) == datetime.fromisoformat(counts)


def test_the_database_adds_up_disputes_and_keeps_the_days_of_refunds(ada: Customer) -> None:
    payment = pay(ada, 4871, on="2026-07-10")
    how = {"kind": disputes.Kind.DISPUTE, "state": disputes.State.OPEN, "actor": SYSTEM, "now": at("2026-07-11")}
    found = disputes.note(payment=payment, key="d", withdrawn_cents=4000, returned_cents=500, **how)  # type: ignore[arg-type]
    Dispute.objects.update(withdrawn_cents=1, returned_cents=0)
    found.refresh_from_db()
    assert (found.withdrawn_cents, found.returned_cents) == (4000, 500)
    refunds.record(payment=payment, cents=100, key="r", actor=SYSTEM, now=at("2026-07-12"))
    for wrong in ({"went_at": at("2026-06-01")}, {"cents": 1}, {"state": "failed"}, {"failed_at": at("2026-07-13")}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Refund.objects.update(**wrong)


def test_it_is_one_statement_in_the_customers_own_scope_too(summer: Customer) -> None:
    as_office = between(summer, "2026-07-01", "2026-09-30")
    with scope.customer(summer.business_id, summer.pk), statements() as asked:
        assert between(summer, "2026-07-01", "2026-09-30") == as_office
    assert len([sql for sql in asked if "billing_invoice" in sql]) == 1


# Whatever happens, on whichever days


@dataclass(frozen=True, slots=True)
class Event:
    """Some days after the one before; `n` picks what it happens to, `cents` how much."""

    word: str
    after: int
    n: int
    cents: int


WORDS = (
    "invoice", "pay", "refund", "ask", "goes", "fails", "dispute", "bank_return", "comes_back", "void", "credit",
    "goodwill",
)  # fmt: skip
events = st.builds(Event, st.sampled_from(WORDS), st.integers(0, 40), st.integers(0, 3), st.integers(1, 4_000))


def happen(event: Event, customer: Customer, day: date) -> None:
    given_ = {"actor": SYSTEM, "now": noon(day)}
    match event.word:
        case "invoice":
            month = day.replace(day=1)
            due = month + timedelta(days=event.n * 7)
            if not customer.subscriptions.get().stops.filter(due_on=due).exists():
                visit(customer.subscriptions.get(), due.isoformat(), price_cents=event.cents, tax_rate="8.25")
            draft(customer.business, month, (due + timedelta(days=31)).isoformat())
            for one in customer.invoices.filter(state="draft", lines__isnull=False).distinct():
                send(one, day.isoformat())
        case "pay":
            pay(customer, event.cents, on=day.isoformat())
        case "refund":
            refunds.record(payment=_one(customer.payments, event.n), cents=event.cents, key=f"{day} {event}", **given_)  # type: ignore[arg-type]
        case "ask":
            of_payment: Payment = _one(customer.payments, event.n)
            asked = {"key": f"{day} {event}", "state": refunds.State.REQUESTED}
            refunds.record(payment=of_payment, cents=event.cents, **asked, **given_)  # type: ignore[arg-type]
        case "goes" | "fails":
            to = refunds.State.SUCCEEDED if event.word == "goes" else refunds.State.FAILED
            refunds.move(refund=_one(customer.refunds, event.n), to=to, failed_at=_before(day, event), **given_)  # type: ignore[arg-type]
        case "dispute" | "bank_return":
            payment: Payment = _one(customer.payments, event.n)
            known = payment.disputes.first()
            gone = min(event.cents, payments.left(payment)) + (known.withdrawn_cents if known else 0)
            back = event.cents % 3 * gone // 2
            _stands(payment, event, day, withdrawn_cents=gone, returned_cents=back)
        case "comes_back":
            found = _one(customer.disputes, event.n)
            back = min(found.returned_cents + event.cents, found.withdrawn_cents)
            _stands(found.payment, event, day, withdrawn_cents=found.withdrawn_cents, returned_cents=back)
        case "void":
            invoices.void(invoice=_one(customer.invoices, event.n), reason="", **given_)  # type: ignore[arg-type]
        case "credit":
            of = _one(customer.invoices, event.n)
            credit_notes.issue(customer=customer, invoice=of, cents=event.cents, reason="", **given_)  # type: ignore[arg-type]
        case "goodwill":
            credit_notes.issue(customer=customer, cents=event.cents, reason="", **given_)  # type: ignore[arg-type]


def _stands(payment: Payment, event: Event, day: date, **cents: int) -> None:
    """What is told of a payment's dispute, which may have happened days before."""
    disputes.note(
        payment=payment,
        key=f"{payment.pk}",
        kind=disputes.Kind.BANK_RETURN if event.word == "bank_return" else disputes.Kind.DISPUTE,
        state=disputes.State.LOST,
        withdrawn_at=_before(day, event),
        returned_at=_before(day, event),
        actor=SYSTEM,
        now=noon(day),
        **cents,  # type: ignore[arg-type]
    )


def _before(day: date, event: Event) -> datetime | None:
    """When it happened, where that is known; perhaps some days before it is heard of."""
    return noon(day) - timedelta(hours=event.n * 30) if event.n else None


def _one(of: Any, n: int) -> Any:
    found = list(of.select_related("customer__business").order_by("id"))
    if not found:
        raise Refused("There is none.")
    return found[n % len(found)]


@given(st.lists(events, min_size=5, max_size=14), st.lists(st.integers(0, 500), max_size=3))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_statements_join_end_at_the_ledgers_balance_and_stay_as_they_were_printed(
    ada: Customer, happens: list[Event], cuts: list[int]
) -> None:
    with transaction.atomic():
        day, printed = JUNE, list[Account]()
        for event in happens:
            day += timedelta(days=event.after)
            if event.after:  # all days before it are over
                printed.append(account.between(D("2020-01-01"), day - ONE_DAY, customer=ada, business=ada.business))
            try:
                with transaction.atomic():
                    happen(event, ada, day)
            except Refused:
                pass
        whole = account.between(D("2020-01-01"), END, customer=ada, business=ada.business)
        assert whole.opening == 0
        assert whole.closing == ledger.of(ada).balance
        balance, first = 0, D("2020-01-01")
        entries: list[Entry] = []
        for last in [*sorted(JUNE + timedelta(days=cut) for cut in set(cuts)), END]:
            part = account.between(first, last, customer=ada, business=ada.business)
            assert part.opening == balance
            entries += part.entries
            balance, first = part.closing, last + ONE_DAY
        assert entries == whole.entries
        for paper in printed:
            assert paper == account.between(paper.first, paper.last, customer=ada, business=ada.business)
        transaction.set_rollback(True)
