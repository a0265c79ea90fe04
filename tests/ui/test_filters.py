from collections.abc import Iterator
from datetime import date

import pytest
from markupsafe import Markup

from nextroute.ui import filters
from tests.ui.rendering import speaking


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with speaking("en"):
        yield


def test_a_list_ends_in_and_and_escapes_what_is_not_markup() -> None:
    assert filters.listing(["Tuesday 7", "Tuesday 14", "Friday 17"]) == "Tuesday 7, Tuesday 14 and Friday 17"
    assert filters.listing([Markup("<b>1</b>"), "<i>"]) == "<b>1</b> and &lt;i&gt;"
    assert filters.listing(["100%"]) == "100%"


def test_days_in_a_list_are_marked_with_their_dates() -> None:
    said = filters.days_listed([date(2026, 7, 7), date(2026, 7, 17)])
    assert said == ('<time datetime="2026-07-07">Tuesday 7</time> and <time datetime="2026-07-17">Friday 17</time>')


@pytest.mark.parametrize(
    ("cents", "currency", "language", "figure"),
    [
        (9959, "USD", "en", "$99<small>.59</small>"),
        (123456789, "USD", "en", "$1,234,567<small>.89</small>"),
        (123456, "EUR", "es", "EUR1,234<small>.56</small>"),
        (1235, "JPY", "en", "¥1,235"),
        (5, "USD", "en", "$0<small>.05</small>"),
    ],
)
def test_a_large_amount_has_its_cents_smaller(cents: int, currency: str, language: str, figure: str) -> None:
    with speaking(language):
        assert filters.figure(cents, currency) == figure
