"""Paper: what stands on a document, in words and amounts as they are read. typst/stationery.typ lays it out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Sender:
    """Whom it is from. `fill` and `ink` (#rrggbb): the ground of its initial, and what is read on it."""

    name: str
    lines: Sequence[str]
    initial: str
    fill: str
    ink: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One word on how it stands, in a colour (#rrggbb); `loud`: whoever misses it takes the paper for another."""

    word: str = ""
    ink: str = "#000000"
    loud: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    label: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sum:
    label: str
    amount: str


@dataclass(frozen=True, slots=True)
class Column:
    """`amount`: its cells are figures; `wide`: it takes what room there is."""

    title: str
    amount: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    detail: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What stands below the total: sums, then words."""

    heading: str
    sums: Sequence[Sum] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """`lang`, `region`: es, US; `size`: us-letter or a4; `day`: whose it is; `page`: words with {page} and {pages}."""

    lang: str
    region: str
    size: str
    title: str
    day: date
    sender: Sender
    heading: str
    mark: Mark
    to: Block
    facts: Sequence[Sum]
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    sums: Sequence[Sum]
    total: Sum
    parts: Sequence[Part]
    page: str
