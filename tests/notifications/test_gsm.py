"""A text message is written in letters that have room in one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextroute.notifications import gsm


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("We’ll come – “soon”…", 'We\'ll come - "soon"...'),
        ("Está en línea, ¿sí? Mañana, José", "Esta en linea, ¿si? Mañana, José"),
        ("8–10\u00a0AM", "8-10 AM"),
        ("@£$¥ÄÖÑÜ§", "@£$¥ÄÖÑÜ§"),
    ],
)
def test_typographic_signs_and_rare_accents_become_plain_ones(written: str, sent: str) -> None:
    assert gsm.plain(written) == sent
    assert gsm.septets(sent) == len(sent)


def test_signs_of_the_extension_take_the_room_of_two() -> None:
    assert gsm.septets("[10 €]") == 9


def test_what_has_no_plain_letter_stays_and_is_known_to_cost_more() -> None:
    assert gsm.plain("Добрый 🙂") == "Добрый 🙂"
    assert gsm.septets("Добрый 🙂") is None


@given(st.text())
def test_plain_is_plain_already(text: str) -> None:
    assert gsm.plain(gsm.plain(text)) == gsm.plain(text)
