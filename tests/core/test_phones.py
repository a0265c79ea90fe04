import pytest

from nextroute.core.phones import e164


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("+1 (303) 555-0142", None, "+13035550142"),
        (" 303 555 0142 ", "US", "+13035550142"),
        ("044 668 18 00", "CH", "+41446681800"),
        ("", None, ""),
        ("  ", "US", ""),
    ],
)
def test_a_number_has_one_form(text: str, region: str | None, number: str) -> None:
    assert e164(text, region) == number


@pytest.mark.parametrize("text", ["303 555 0142", "+1", "+1303555", "+999 1234567", "call me", "\0", "+" + "1" * 40])
def test_what_can_be_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        e164(text)
