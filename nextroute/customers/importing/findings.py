"""What an import has to say about single cells: faults, which stop it, and notices, which do not."""

from collections.abc import Iterable
from dataclasses import dataclass

from nextroute.core.errors import Refused

LISTED = 1000
_SHOWN = 60  # characters of a cell


@dataclass(frozen=True, slots=True)
class _Place:
    """Where: `line` is the physical line on which the row begins; no line: the file as a whole."""

    file: str
    line: int | None = None
    column: str | None = None
    value: str | None = None

    def where(self) -> str:
        line = f" line {self.line}" if self.line else ""
        column = f", column {self.column}" if self.column else ""
        value = "" if self.value is None else f" “{_shown(self.value)}” -"
        return f"{self.file}{line}{column}:{value}"


@dataclass(frozen=True, slots=True)
class Fault(_Place):
    """A cell that cannot be imported, and what was expected there."""

    expected: str = ""

    def __str__(self) -> str:
        return f"{self.where()} expected {self.expected}"


@dataclass(frozen=True, slots=True)
class Notice(_Place):
    """A cell that is not taken as it stands, and what happened instead."""

    said: str = ""

    def __str__(self) -> str:
        return f"{self.where()} {self.said}"


class Findings[T]:
    """The first LISTED of many, and how many there are in `total`."""

    def __init__(self) -> None:
        self.listed: list[T] = []
        self.total = 0

    def add(self, finding: T) -> None:
        self.extend([finding], 1)

    def extend(self, findings: Iterable[T], total: int) -> None:
        """Take the first of `total` findings."""
        room = LISTED - len(self.listed)
        self.listed += [finding for _, finding in zip(range(room), findings, strict=False)]
        self.total += total

    @property
    def more(self) -> int:
        """How many are not listed."""
        return self.total - len(self.listed)


class ImportRefused(Refused):
    """Nothing was imported. `faults` are the first of `total`, file by file, line by line."""

    def __init__(self, found: Findings[Fault]) -> None:
        self.faults = found.listed
        self.total = found.total
        more = [f"… and {found.more:,} more"] if found.more else []
        super().__init__("\n".join([*map(str, self.faults), *more]))


def _shown(value: str) -> str:
    """A cell on one line of a terminal: control characters could rewrite the screen."""
    short = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
    return "".join(character if character.isprintable() else "�" for character in short)
