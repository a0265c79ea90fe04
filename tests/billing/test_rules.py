"""The plain-Python rules of money, by the worked tables of docs/rules/invoicing.md and payments.md."""

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

from django.test.utils import override_settings
from hypothesis import given
from hypothesis import strategies as st

from nextroute.billing import paying, prorating, tax
from nextroute.billing.payments import NEXT, State
from nextroute.billing.prorating import Month
from nextroute.billing.spreading import Part, Source, spread, take_back
from nextroute.billing.standing import standing
from nextroute.billing.terms import due_date
from tests.worked import Row, Tables

INVOICING, PAYMENTS = Tables("invoicing.md"), Tables("payments.md")
NAMES = UUID(int=0)


def key(name: str) -> UUID:
    return uuid5(NAMES, name)


def listed(cell: str) -> list[list[str]]:
    """`A 1250, B 1250`: the words of each."""
    return [] if cell == "none" else [part.split() for part in cell.split(", ")]


@INVOICING.worked("Flat plans")
def test_a_flat_plan_costs_the_part_of_the_month_it_runs_less_what_was_missed(row: Row) -> None:
    month = Month(int(row["in the whole month"]), int(row["scheduled"]), int(row["missed"]), row["whole"] == "yes")
    price = int(row["price"])
    assert prorating.charge(price, month) == int(row["charge"])
    assert prorating.credit(price, month, row["hold_credit"]) == int(row["credit"])


@INVOICING.worked("Tax")
def test_tax_is_rounded_once_for_each_rate(row: Row) -> None:
    lines = [(int(cents), Decimal(rate)) for cents, _at, rate in listed(row["lines"])]
    assert tax.total(lines) == int(row["tax"])


@PAYMENTS.worked("The platform's part")
def test_the_platform_keeps_its_percent_rounded_half_up(row: Row) -> None:
    with override_settings(STRIPE_FEE_PERCENT=Decimal(row["percent"])):
        assert paying.fee_of(int(row["paid"])) == int(row["kept"])


@INVOICING.worked("Due")
def test_an_invoice_is_due_when_its_terms_are_over(row: Row) -> None:
    assert due_date(date.fromisoformat(row["invoice date"]), int(row["terms"])) == date.fromisoformat(row["due"])


@INVOICING.worked("Standing")
def test_what_an_invoice_is_follows_from_money_and_the_calendar(row: Row) -> None:
    found = standing(
        row["stored"],
        open_cents=int(row["open"]),
        processing_cents=int(row["on its way"]),
        due_date=date.fromisoformat(row["due"]) if row["due"] else None,
        today=date.fromisoformat(row["today"]),
    )
    assert found == row["standing"]


@PAYMENTS.worked("What pays what")
def test_money_pays_what_it_is_for_then_the_oldest(row: Row) -> None:
    sources = [Source(key(s), int(cents), tuple(map(key, wanted[1:]))) for s, cents, *wanted in listed(row["sources"])]
    found = list(spread(sources, [(key(name), int(cents)) for name, cents in listed(row["open invoices"])]))
    assert found == [Part(key(s), key(i), int(cents)) for s, i, cents in listed(row["allocated"])]
    assert sum(s.cents for s in sources) - sum(part.cents for part in found) == int(row["credit"])


@PAYMENTS.worked("Taken back")
def test_money_that_goes_is_taken_back_from_the_latest(row: Row) -> None:
    paid = [(key(name), int(cents)) for name, cents in listed(row["paid"])]
    found = list(take_back(key("P"), int(row["goes"]), paid))
    assert found == [Part(key("P"), key(i), int(cents)) for i, cents in listed(row["taken back"])]


@PAYMENTS.worked("Payments")
def test_a_payment_goes_on_from_where_it_stands(row: Row) -> None:
    may = set() if row["may become"] == "nothing" else set(row["may become"].split(", "))
    assert {state.value for state in NEXT[State(row["from"])]} == may


@PAYMENTS.worked("Credit notes")
def test_credits_that_add_up_to_an_invoice_take_back_its_tax(row: Row) -> None:
    before = before_tax = 0
    for cents, taxed in zip(row["credited"].split(", "), row["tax of each"].split(", "), strict=True):
        of_this = tax.of_credit(
            int(row["tax in it"]),
            int(row["invoice"]),
            before_cents=before,
            before_tax_cents=before_tax,
            cents=int(cents),
        )
        assert of_this == int(taxed)
        before, before_tax = before + int(cents), before_tax + of_this


cents = st.integers(1, 5_000)
some = st.lists(cents, max_size=5)


@given(some, some, st.data())
def test_nothing_is_paid_twice_nor_spent_twice_nor_left_beside_what_is_open(
    sources: list[int], invoices: list[int], data: st.DataObject
) -> None:
    waiting = [(key(f"invoice {n}"), amount) for n, amount in enumerate(invoices)]
    meant = st.lists(st.sampled_from([k for k, _ in waiting]), max_size=2) if waiting else st.just([])
    given_ = [Source(key(f"source {n}"), amount, tuple(data.draw(meant))) for n, amount in enumerate(sources)]
    parts = list(spread(given_, waiting))
    assert all(part.cents > 0 for part in parts)
    for name, amount in waiting:
        assert sum(part.cents for part in parts if part.invoice == name) <= amount
    for source in given_:
        assert sum(part.cents for part in parts if part.source == source.key) <= source.cents
    assert sum(part.cents for part in parts) == min(sum(sources), sum(invoices))


@given(st.lists(st.tuples(st.integers(-100_000, 100_000), st.sampled_from(["0", "3", "5", "8.25", "2.905"]))))
def test_the_tax_of_what_is_taken_back_is_the_tax_of_it_with_the_sign_changed(lines: list[tuple[int, str]]) -> None:
    charged = [(amount, Decimal(rate)) for amount, rate in lines]
    assert tax.total([(-amount, rate) for amount, rate in charged]) == -tax.total(charged)


@given(st.integers(0, 1_000_000), st.integers(1, 23), st.data())
def test_the_parts_of_a_month_are_its_price_but_for_a_cent_each(price: int, in_all: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, in_all))
    parts = [prorating.charge(price, Month(in_all, n, 0, whole=False)) for n in (first, in_all - first)]
    assert abs(sum(parts) - price) <= 1
