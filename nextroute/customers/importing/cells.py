"""What a cell may hold: readers of text, each raising ValueError with what it expected."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

type Reader = Callable[[str], Any]

# Within these years every rule of the schedule can look ahead and back.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)


def text(longest: int = 200, *, needed: bool = False) -> Reader:
    """Any text of at most `longest` characters."""

    def read(cell: str) -> str:
        if len(cell) > longest:
            raise ValueError(f"at most {longest:,} characters")
        if needed and not cell:
            raise ValueError("a text")
        return cell

    return read


def one_of(*words: str, otherwise: str | None = None) -> Reader:
    """One of the words; an empty cell is `otherwise`, if that is given."""
    expected = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"

    def read(cell: str) -> str:
        if not cell and otherwise is not None:
            return otherwise
        if cell not in words:
            raise ValueError(expected)
        return cell

    return read


def maybe(reader: Reader) -> Reader:
    """None for an empty cell."""
    return lambda cell: reader(cell) if cell else None


def whole(lowest: int, highest: int, *, otherwise: int | None = None) -> Reader:
    """A whole number in plain digits; an empty cell is `otherwise`, if that is given."""

    def read(cell: str) -> int:
        if not cell and otherwise is not None:
            return otherwise
        if not re.fullmatch(r"-?[0-9]{1,18}", cell) or not lowest <= int(cell) <= highest:
            raise ValueError(f"a whole number from {lowest:,} to {highest:,}")
        return int(cell)

    return read


def degrees(most: int) -> Reader:
    """Decimal degrees from minus `most` to `most`, or none."""

    def read(cell: str) -> float | None:
        if not cell:
            return None
        if not re.fullmatch(r"[-+]?[0-9]{1,3}(\.[0-9]{1,20})?", cell) or abs(float(cell)) > most:
            raise ValueError(f"degrees from -{most} to {most}, such as 39.789865")
        return float(cell)

    return read


def day(cell: str) -> date:
    """An ISO 8601 calendar date."""
    expected = ValueError("a date, such as 2026-06-14")
    # fromisoformat alone would take 20260614 and 2026-W24-7 as well.
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell):
        raise expected
    try:
        read = date.fromisoformat(cell)
    except ValueError:
        raise expected from None
    if not FIRST_DAY <= read <= LAST_DAY:
        raise ValueError(f"a date from {FIRST_DAY} to {LAST_DAY}")
    return read
