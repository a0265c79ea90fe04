"""The letters a text message is made of: GSM 03.38. One other letter makes each cost more than twice."""

import unicodedata

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = "^{}\\[~]|€"  # each takes the room of two
_TYPED = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "\t": " "}
)


def plain(text: str) -> str:
    """The text in these letters, as far as they go: typographic signs as typed ones, á as a. The rest stays."""
    return "".join(_nearest(sign) for sign in text.translate(_TYPED))


def septets(text: str) -> int | None:
    """How much of a message's 160 the text takes; None when it holds letters that are not of this alphabet."""
    if not set(text) <= {*_BASIC, *_EXTENDED}:
        return None
    return len(text) + sum(sign in _EXTENDED for sign in text)


def _nearest(sign: str) -> str:
    if sign in _BASIC or sign in _EXTENDED:
        return sign
    bare = unicodedata.normalize("NFKD", sign)[0]
    return bare if bare in _BASIC else sign
