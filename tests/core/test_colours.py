"""Colours to write on, and to see in the dark."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextroute.core import colours

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(COLOURS)
def test_black_or_white_can_be_read_on_every_colour(colour: str) -> None:
    bright = colours.luminance(colour)
    letters = {"#000": (bright + 0.05) / 0.05, "#fff": 1.05 / (bright + 0.05)}
    assert letters[colours.readable_on(colour)] >= 4.5


@given(COLOURS)
def test_a_ground_is_never_of_middling_brightness(colour: str) -> None:
    ground = colours.ground(colour)
    low, high = colours.MIDDLING
    assert not low < colours.luminance(ground) < high
    if not low < colours.luminance(colour) < high:
        assert ground == colour


@given(COLOURS)
def test_what_is_seen_on_white_is_seen_on_the_dark(colour: str) -> None:
    assert colours.luminance(colours.off_the_dark(colour)) >= 0.12


@pytest.mark.parametrize(("colour", "dark"), [("#000000", "#656565"), ("#0e7490", "#0e7490"), ("#39ff14", "#39ff14")])
def test_a_colour_that_is_bright_enough_stays(colour: str, dark: str) -> None:
    assert colours.off_the_dark(colour) == dark
