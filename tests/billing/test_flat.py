"""Plans that are paid by the month: the statements answer as `prorating.py` does. The rule: docs/rules/invoicing.md."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from nextroute.billing import invoices, prorating
from nextroute.billing.models import CreditNote, Invoice, InvoiceLine
from nextroute.billing.prorating import Month
from nextroute.core.actors import SYSTEM
from nextroute.core.days import each_day
from nextroute.customers.models import Customer
from nextroute.scheduling import holds
from nextroute.scheduling.models import Subscription
from nextroute.tenancy import settings
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.billing.books import JULY, JUNE, draft, lines, send, visit
from tests.cast import D, noon

PRICE = 4900
TUESDAYS = [D("2026-06-02") + timedelta(weeks=n) for n in range(5)]


@pytest.fixture
def flat(bright: Business) -> Subscription:
    """Ada's, weekly on Tuesdays, for 49 a month; June has five of them."""
    return _flat(bright, cast.a_customer(bright, "ada"))


def _flat(business: Business, customer: Customer, **changes: object) -> Subscription:
    plan = cast.a_plan(business, code="flat", name="Flat", billing_mode="flat", price_cents=PRICE)
    zone = cast.a_zone(business)
    return cast.a_subscription(cast.a_property(customer, zone), plan, **changes)  # type: ignore[arg-type]


def record(subscription: Subscription, days: dict[date, str]) -> None:
    """What became of each visit: made, or the reason it was not."""
    for day, what in days.items():
        if what == "made":
            visit(subscription, day.isoformat(), plan_name="Flat")
        else:
            cast.not_made(subscription, day.isoformat(), what)


def served(*off: tuple[int, str]) -> dict[date, str]:
    """June's Tuesdays, made but for the n-th ones named."""
    return {day: dict(off).get(n, "made") for n, day in enumerate(TUESDAYS, start=1)}


def test_a_month_costs_its_price_whatever_the_visits(bright: Business, flat: Subscription) -> None:
    record(flat, served((2, "holiday")))
    draft(bright)
    assert lines(flat.customer) == [("flat", "Flat", 1, 4900, 4900)]


def test_it_is_charged_when_the_month_is_over_and_once(bright: Business, flat: Subscription) -> None:
    record(flat, served())
    assert not draft(bright, on="2026-06-30")
    draft(bright)
    assert not draft(bright)
    send(Invoice.objects.get())
    assert not draft(bright)


def test_all_bins_are_in_the_price_of_the_month(bright: Business, flat: Subscription) -> None:
    flat.plan.additional_bin_price_cents = 500
    flat.plan.save()
    flat.property.bin_count = 3
    flat.property.save()
    record(flat, served())
    draft(bright)
    assert lines(flat.customer) == [("flat", "Flat", 1, 5900, 5900)]


def test_a_hold_and_a_skip_come_off(bright: Business, flat: Subscription) -> None:
    record(flat, served((1, "hold"), (3, "skip"), (4, "holiday")))
    draft(bright)
    assert lines(flat.customer) == [("flat", "Flat", 1, 4900, 4900), ("credit", "Flat", 2, 4900, -1960)]


def test_nothing_comes_off_where_the_business_does_not_credit_holds(bright: Business, flat: Subscription) -> None:
    settings.change(bright, {"hold_credit": "none"}, actor=SYSTEM)
    record(flat, served((1, "hold")))
    draft(bright)
    assert lines(flat.customer) == [("flat", "Flat", 1, 4900, 4900)]


def test_a_first_part_month_costs_its_part_of_the_visits(bright: Business) -> None:
    new = _flat(bright, cast.a_customer(bright, "ada"), starts_on="2026-06-20")
    record(new, {TUESDAYS[3]: "made", TUESDAYS[4]: "made"})
    draft(bright)
    assert lines(new.customer) == [("flat", "Flat", 1, 4900, 1960)]


def test_a_last_part_month_costs_its_part_of_the_visits(bright: Business, flat: Subscription) -> None:
    Subscription.objects.update(ends_on=D("2026-06-16"))
    record(flat, {TUESDAYS[0]: "made", TUESDAYS[1]: "hold", TUESDAYS[2]: "made"})
    draft(bright)
    assert lines(flat.customer) == [("flat", "Flat", 1, 4900, 2940), ("credit", "Flat", 1, 4900, -980)]
    assert not draft(bright, JULY, on="2026-08-01")


def test_days_a_customer_is_paused_are_not_charged(bright: Business, flat: Subscription) -> None:
    record(flat, served((1, "paused"), (2, "paused")))
    draft(bright)
    assert lines(flat.customer) == [("flat", "Flat", 1, 4900, 2940)]


def test_a_customer_who_was_canceled_is_charged_to_their_last_day(bright: Business, flat: Subscription) -> None:
    Customer.objects.update(canceled_on=D("2026-06-17"))
    record(flat, served((4, "canceled"), (5, "canceled")))
    draft(bright)
    assert lines(flat.customer) == [("flat", "Flat", 1, 4900, 2940)]
    assert not draft(bright, JULY, on="2026-08-01")


def test_visits_of_a_flat_plan_are_not_charged_also_when_it_is_paid_by_the_visit_later(
    bright: Business, flat: Subscription
) -> None:
    record(flat, served())
    draft(bright)
    flat.plan.billing_mode = "per_visit"
    flat.plan.save()
    visit(flat, "2026-07-07", plan_name="Flat")
    draft(bright, JULY, on="2026-08-01")
    assert lines(flat.customer) == [("flat", "Flat", 1, 4900, 4900), ("visit", "Flat", 1, 1250, 1250)]


def test_a_seasonal_plan_costs_nothing_outside_its_months(bright: Business) -> None:
    plan = cast.a_plan(bright, "seasonal", billing_mode="flat", price_cents=PRICE, season_months=[7, 8])
    ada = cast.a_customer(bright, "ada")
    cast.a_subscription(cast.a_property(ada, cast.a_zone(bright)), plan, week_parity="every")
    assert not draft(bright)
    draft(bright, JULY, on="2026-08-01")
    assert [amount for *_, amount in lines(ada)] == [4900]


@pytest.mark.parametrize("starts", ["2026-01-01", "2026-06-10"])
def test_the_bill_credits_what_the_preview_of_the_hold_said(bright: Business, starts: str) -> None:
    subscription = _flat(bright, cast.a_customer(bright, "ada"), starts_on=starts)
    _, outlook = holds.place(
        customer=subscription.customer,
        start_date=D("2026-06-20"),
        end_date=D("2026-06-30"),
        actor=SYSTEM,
        now=noon(JUNE),
    )
    record(subscription, {day: "hold" if day >= D("2026-06-20") else "made" for day in TUESDAYS if day >= D(starts)})
    draft(bright)
    assert outlook.money.credit_cents == 1960
    assert lines(subscription.customer)[-1] == ("credit", "Flat", 2, 4900, -1960)


# In advance


@pytest.fixture
def ahead(bright: Business, flat: Subscription) -> Subscription:
    """May is billed, and June with it."""
    settings.change(bright, {"flat_billing": "in_advance"}, actor=SYSTEM)
    draft(bright, D("2026-05-01"), on="2026-06-01")
    send(Invoice.objects.get(), on="2026-06-01")
    return flat


def test_in_advance_the_month_to_come_is_charged(bright: Business, ahead: Subscription) -> None:
    months = [(line.month, line.amount_cents) for line in InvoiceLine.objects.order_by("month")]
    assert months == [(D("2026-05-01"), 4900), (JUNE, 4900)]
    record(ahead, served())
    draft(bright)
    months = [(line.month, line.amount_cents) for line in InvoiceLine.objects.filter(invoice__state="draft")]
    assert months == [(JULY, 4900)]
    assert not draft(bright)


def test_what_was_missed_of_it_comes_off_the_next_invoice(bright: Business, ahead: Subscription) -> None:
    record(ahead, served((2, "hold")))
    draft(bright)
    draft(bright)
    found = InvoiceLine.objects.filter(invoice__state="draft").order_by("month")
    assert [(line.month, line.kind, line.amount_cents) for line in found] == [
        (JUNE, "credit", -980),
        (JULY, "flat", 4900),
    ]


def test_what_was_paid_beyond_the_last_day_becomes_a_credit_note(bright: Business, ahead: Subscription) -> None:
    Subscription.objects.update(ends_on=D("2026-06-09"))
    record(ahead, {TUESDAYS[0]: "made", TUESDAYS[1]: "made"})
    draft(bright)
    invoice = Invoice.objects.get(state="draft")
    assert invoice.total_cents == 1960 - 4900
    invoices.send(invoice=invoice, actor=SYSTEM, now=noon(JULY))
    note = CreditNote.objects.get()
    assert (note.number, note.total_cents, note.lines.count()) == ("CN-0001", 2940, 1)
    assert not Invoice.objects.filter(state="draft").exists()
    assert not draft(bright), "it was given back once"


def test_an_end_that_was_taken_back_is_charged_after_all(bright: Business, flat: Subscription) -> None:
    settings.change(bright, {"flat_billing": "in_advance"}, actor=SYSTEM)
    Subscription.objects.update(ends_on=D("2026-06-09"))
    draft(bright, D("2026-05-01"), on="2026-06-01")
    assert InvoiceLine.objects.get(month=JUNE).amount_cents == 1960
    Subscription.objects.update(ends_on=None)
    record(flat, served())
    draft(bright)
    assert sum(line.amount_cents for line in InvoiceLine.objects.filter(month=JUNE)) == 4900


# As the plain rule says


@given(
    starts=st.sampled_from(list(each_day(D("2026-05-25"), D("2026-07-02")))),
    lasts=st.none() | st.integers(0, 40),
    fates=st.lists(st.sampled_from(["made", "hold", "skip", "holiday", "paused", "office"]), min_size=5, max_size=5),
    price=st.integers(0, 20_000),
    hold_credit=st.sampled_from(["prorated", "none"]),
)
@hypothesis(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_statement_answers_as_the_plain_rule(
    bright: Business,
    flat: Subscription,
    starts: date,
    lasts: int | None,
    fates: list[str],
    price: int,
    hold_credit: str,
) -> None:
    ends = None if lasts is None else starts + timedelta(days=lasts)
    inside = {
        day: fate for day, fate in zip(TUESDAYS, fates, strict=True) if starts <= day and (not ends or day <= ends)
    }
    month = Month(
        in_all=len(TUESDAYS),
        scheduled=sum(fate != "paused" for fate in inside.values()),
        missed=sum(fate in ("hold", "skip") for fate in inside.values()),
        whole=starts <= JUNE and (ends is None or ends >= D("2026-06-30")),
    )
    with transaction.atomic():
        settings.change(bright, {"hold_credit": hold_credit}, actor=SYSTEM)
        flat.plan.price_cents = price
        flat.plan.save()
        Subscription.objects.update(starts_on=starts, ends_on=ends)
        record(flat, inside)
        draft(bright)
        charge, credit = prorating.charge(price, month), prorating.credit(price, month, hold_credit)
        expected = [("flat", charge)] * bool(charge) + [("credit", -credit)] * bool(credit)
        if (ends is not None and ends < JUNE) or starts > D("2026-06-30"):
            expected = []
        assert [(kind, amount) for kind, *_, amount in lines(flat.customer)] == expected
        transaction.set_rollback(True)
