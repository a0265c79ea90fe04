from dataclasses import replace

import pytest

from nextroute.ui import brand
from tests.ui.rendering import BRIGHT


def test_a_business_gives_two_colours_and_nothing_else() -> None:
    assert brand.stylesheet("#0E7490", "#f59e0b") == ":root{--brand:#0e7490;--accent:#f59e0b}"


@pytest.mark.parametrize("colour", ["red", "#fff", "#0e7490;}body{", "#0e7490\n", "", "#gggggg"])
def test_what_is_not_a_colour_never_reaches_a_stylesheet(colour: str) -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        brand.stylesheet(colour, "#f59e0b")


@pytest.mark.parametrize(
    ("name", "initial"),
    [("Bright Bins", "B"), ("élan", "É"), ("“Quoted” Lawns", "Q"), ("7 Seas Pools", "7"), ("!", "·")],
)
def test_the_first_letter_stands_for_a_business_without_a_logo(name: str, initial: str) -> None:
    assert replace(BRIGHT, name=name).initial == initial


@pytest.mark.parametrize(("colour", "letter"), [("#0e7490", "#fff"), ("#facc15", "#000"), ("#ffffff", "#000")])
def test_the_favicon_writes_the_letter_so_it_can_be_read(colour: str, letter: str) -> None:
    svg = brand.favicon(replace(BRIGHT, primary_color=colour))
    assert f'fill="{colour}"' in svg
    assert f'fill="{letter}">B</text>' in svg
