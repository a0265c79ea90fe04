"""Amounts as people type them."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from nextroute.core import amounts

READ = {
    "12.50": 1250, "12,50": 1250, "12.5": 1250, "12": 1200, "0.07": 7, "$12.50": 1250, " 1 250,00 ": 125000,
    "-3": -300, "−3.10": -310, "USD 5": 500, "$1,250.00": 125000,
}  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_an_amount_is_read(text: str) -> None:
    with translation.override("en-us"):
        assert amounts.cents(text, "USD") == READ[text]


@pytest.mark.parametrize(
    ("language", "text", "cents"),
    [
        ("en-us", "1,250", 125000),
        ("en-us", "1,250.5", 125050),
        ("es-es", "1.250", 125000),
        ("es-es", "1.250,5", 125050),
    ],
)
def test_thousands_are_parted_as_the_language_does(language: str, text: str, cents: int) -> None:
    with translation.override(language):
        assert amounts.cents(text, "EUR") == cents


@pytest.mark.parametrize(
    "text",
    ["", "-", ".", ".5", "1.", "1.250", "12.505", "1,25,0", "1,2500", "١٢", "１２", "1e3", "0x1", "12 %", "9" * 16],
)
def test_what_is_no_amount_is_not_guessed(text: str) -> None:
    with translation.override("en-us"), pytest.raises(ValueError, match="an amount"):
        amounts.cents(text, "USD")


def test_a_currency_without_small_coins_has_none() -> None:
    with translation.override("en-us"):
        assert amounts.cents("1200", "JPY") == 1200
        assert amounts.typed(1200, "JPY") == "1200"
        with pytest.raises(ValueError, match="an amount"):
            amounts.cents("12.5", "JPY")


@given(st.integers(0, 10**14), st.sampled_from(["USD", "EUR", "JPY"]), st.sampled_from(["en-us", "es-us", "es-es"]))
def test_what_we_would_type_is_read_as_it_was_meant(cents: int, currency: str, language: str) -> None:
    with translation.override(language):
        assert amounts.cents(amounts.typed(cents, currency), currency) == cents
