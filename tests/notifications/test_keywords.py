import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextroute.notifications.keywords import Keyword, meant


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        *(
            (word, Keyword.STOP)
            for word in ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "ALTO", "PARAR")
        ),
        *((word, Keyword.STOP) for word in ("stop", " Stop.\n", "Stop all", "opt-out", "“STOP”", "¡Alto!", "revoke")),
        *(
            (word, Keyword.START)
            for word in ("START", "UNSTOP", "YES", "SI", "Sí", "sı\u0301".replace("ı", "i"), "yes!")
        ),
        *((word, Keyword.HELP) for word in ("HELP", "help?", "Ayuda", "INFO")),
    ],
)
def test_a_word_alone_is_understood_in_any_dress(text: str, keyword: Keyword) -> None:
    assert meant(text) is keyword


@pytest.mark.parametrize(
    "text",
    ["", " ", "Please stop by on Tuesday", "Yes, Tuesday is fine", "don't stop", "endless", "停", "stop" * 40, "\0"],
)
def test_a_word_among_others_is_not(text: str) -> None:
    assert meant(text) is None


@given(st.text())
def test_anything_may_be_said(text: str) -> None:
    meant(text)
