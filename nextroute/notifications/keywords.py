"""The words by which somebody answers a text message: STOP, START and HELP, in both languages."""

import unicodedata
from enum import StrEnum


class Keyword(StrEnum):
    STOP = "stop"
    START = "start"
    HELP = "help"


# Those American carriers require, REVOKE and OPTOUT among them, and what a Spanish reader would write.
_WORDS = {
    Keyword.STOP: ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "ALTO", "PARAR"),
    Keyword.START: ("START", "UNSTOP", "YES", "SI"),
    Keyword.HELP: ("HELP", "INFO", "AYUDA"),
}
_MEANING = {word: keyword for keyword, words in _WORDS.items() for word in words}


def meant(text: str) -> Keyword | None:
    """What the whole message means; None for one that says anything else.

    Only its letters count, whatever their case and accents: "Stop.", "stop all" and "SÍ" are understood.
    """
    bare = unicodedata.normalize("NFKD", text[:100])
    return _MEANING.get("".join(sign for sign in bare if sign.isalpha()).upper())
