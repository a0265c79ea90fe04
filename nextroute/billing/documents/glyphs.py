"""Which letters the bundled fonts have, and what stands for those they have not. docs/decisions/0018-documents.md."""

import re
import struct
import unicodedata
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
MISSING = "□"
_TOO_LONG, _BREAK = re.compile(r"\S{29,}"), "\u200b"


def shown(text: str) -> str:
    """The text in letters that can be set: a letter that cannot is a box, a picture or a control sign is left out.

    A word that is too long for a line may be broken anywhere.
    """
    written = "".join(map(_shown, unicodedata.normalize("NFC", text)))
    kept = re.sub(" +", " ", written).strip() or (MISSING if text.strip() else "")
    return _TOO_LONG.sub(lambda word: re.sub(r"(?<=.)(?=\w)", _BREAK, word[0]), kept)


@cache
def _shown(sign: str) -> str:
    if sign.isspace():
        return {"\n": "\n", "\u00a0": "\u00a0", "\u202f": "\u00a0"}.get(sign, " ")
    if ord(sign) in covered():
        return sign
    if alike := "".join(part for part in unicodedata.normalize("NFKD", sign) if ord(part) in covered()):
        return alike
    return MISSING if unicodedata.category(sign)[0] in "LN" else ""


@cache
def covered() -> frozenset[int]:
    """The code points that one of the fonts has."""
    return frozenset().union(*(_of_font(path.read_bytes()) for path in FONTS.glob("*.ttf")))


def _of_font(font: bytes) -> set[int]:
    """By its cmap table's Windows part in format 4, which every font has that has no letters beyond the first plane."""
    tables = {font[at : at + 4]: struct.unpack_from(">I", font, at + 8)[0] for at in _records(font, 12, 4, 16)}
    cmap = tables[b"cmap"]
    for at in _records(font, cmap + 4, cmap + 2, 8):
        platform, _, offset = struct.unpack_from(">HHI", font, at)
        if platform == 3 and struct.unpack_from(">H", font, cmap + offset)[0] == 4:
            return _segments(font, cmap + offset)
    raise ValueError("This font says nowhere which letters it has.")


def _records(font: bytes, first: int, count: int, size: int) -> range:
    return range(first, first + struct.unpack_from(">H", font, count)[0] * size, size)


def _segments(font: bytes, table: int) -> set[int]:
    twice = struct.unpack_from(">H", font, table + 6)[0]
    kind = f">{twice // 2}H"
    ends = struct.unpack_from(kind, font, table + 14)
    starts = struct.unpack_from(kind, font, table + 16 + twice)
    return {point for first, last in zip(starts, ends, strict=True) for point in range(first, last + 1)} - {0xFFFF}
