"""CSV files, line by line: UTF-8, with or without a byte order mark, ending lines in LF or CRLF."""

import csv
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from nextroute.customers.importing.findings import Fault, Findings

LONGEST_LINE = 1_000_000  # bytes; a longer one is no table, and would be read into memory whole


class _UnreadableError(Exception):
    """The file cannot be read on from `line`."""

    def __init__(self, line: int, expected: str, value: str | None = None) -> None:
        self.fault = {"line": line, "expected": expected, "value": value}


@dataclass(slots=True)
class Line:
    """One row: its cells by column, trimmed and NFC; `number` is the physical line on which it begins."""

    file: str
    number: int
    cells: dict[str, str]
    faults: Findings[Fault] = field(repr=False)
    sound: bool = True

    def read[T](self, column: str, reader: Callable[[str], T]) -> T | None:
        """The cell as `reader` understands it; none, and a fault, when it raises ValueError (what was expected)."""
        try:
            return reader(self.cells[column])
        except ValueError as expected:
            self.refuse(column, str(expected))
            return None

    def refuse(self, column: str, expected: str) -> None:
        self.sound = False
        self.faults.add(Fault(self.file, self.number, column, self.cells[column], expected))


def lines(
    path: Path,
    faults: Findings[Fault],
    *,
    required: Sequence[str],
    optional: Sequence[str] = (),
    passed: Callable[[int], None] = lambda _: None,
) -> Iterator[Line]:
    """The rows below the header; blank ones are left out. `passed` is told bytes as they are read.

    A wrong header, or text that is no UTF-8 or no CSV, is a fault after which nothing more is read of the file.
    """
    with path.open("rb") as file:
        try:
            yield from _lines(path.name, _records(file, passed), required, optional, faults)
        except _UnreadableError as error:
            faults.add(Fault(path.name, **error.fault))  # type: ignore[arg-type]


def _lines(
    name: str,
    records: Iterator[tuple[int, list[str]]],
    required: Sequence[str],
    optional: Sequence[str],
    faults: Findings[Fault],
) -> Iterator[Line]:
    number, header = next(records, (1, []))
    header = [cell.strip() for cell in header]
    found = list(_faults_of(header, required, optional))
    for column, expected in found:
        faults.add(Fault(name, number, column, None, expected))
    if found:
        return
    for number, cells in records:
        if len(cells) != len(header):
            faults.add(Fault(name, number, None, f"{len(cells)} cells", f"{len(header)}, as in the header"))
            continue
        line = Line(name, number, dict(zip(header, map(_clean, cells), strict=True)), faults)
        for column in [column for column, cell in line.cells.items() if "\0" in cell]:
            line.refuse(column, "a text without NUL characters")
            line.cells[column] = line.cells[column].replace("\0", "")
        yield line


def _faults_of(
    header: Sequence[str], required: Sequence[str], optional: Sequence[str]
) -> Iterator[tuple[str | None, str]]:
    if not header:
        yield None, f"a header: {', '.join(required)}"
        return
    for column in [column for column in required if column not in header]:
        yield column, "this column in the header"
    for place, column in enumerate(header):
        if column not in required and column not in optional:
            yield column, f"only these columns: {', '.join([*required, *optional])}"
        elif column in header[:place]:
            yield column, "this column once"


def _records(file: BinaryIO, passed: Callable[[int], None]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(_texts(file, passed), strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _UnreadableError(
                number, "CSV: lines ending in LF or CRLF, cells in closed quotes, a quote in one doubled"
            ) from error
        if cells is None:
            return
        if any(cells):
            yield number, cells


def _texts(file: BinaryIO, passed: Callable[[int], None]) -> Iterator[str]:
    number = 0
    while raw := file.readline(LONGEST_LINE):
        number += 1
        passed(len(raw))
        if len(raw) == LONGEST_LINE:
            raise _UnreadableError(number, f"at most {LONGEST_LINE:,} bytes on a line")
        try:
            # A line ends in the byte LF, which is no part of any other character of UTF-8.
            text = raw.decode()
        except UnicodeDecodeError as error:
            raise _UnreadableError(number, "text in UTF-8", raw[error.start : error.end].hex(" ")) from error
        yield text.removeprefix("\ufeff") if number == 1 else text


def _clean(cell: str) -> str:
    cell = cell.strip()
    return cell if cell.isascii() else unicodedata.normalize("NFC", cell)
