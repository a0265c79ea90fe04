"""Cents and rates."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextroute.core.money import round_half_up

amounts = st.integers(-(10**12), 10**12)
rates = st.decimals(0, 100, places=4)


@pytest.mark.parametrize(
    ("cents", "rate", "tax"),
    [
        (7500, "8.25", 619),
        (0, "8.25", 0),
        (7500, "0", 0),
        (7500, "100", 7500),
        (2, "25", 1),
        (1, "49.9999", 0),
    ],
)
def test_a_tax_is_so_many_whole_cents(cents: int, rate: str, tax: int) -> None:
    assert round_half_up(cents, Decimal(rate)) == tax


@given(amounts, rates)
def test_the_tax_is_the_nearest_cent_and_half_a_cent_goes_away_from_zero(cents: int, rate: Decimal) -> None:
    exact = cents * Fraction(rate) / 100
    tax = round_half_up(cents, rate)
    assert isinstance(tax, int)
    assert abs(tax - exact) <= Fraction(1, 2)
    assert abs(tax - exact) < Fraction(1, 2) or abs(tax) > abs(exact)


@given(amounts, rates)
def test_a_credit_takes_back_exactly_the_tax_of_its_charge(cents: int, rate: Decimal) -> None:
    assert round_half_up(-cents, rate) == -round_half_up(cents, rate)
