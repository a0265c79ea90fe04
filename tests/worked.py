"""The worked tables of docs/rules, which tests read so that they and the code cannot drift apart."""

import re
from pathlib import Path

import pytest

type Row = dict[str, str]


class Tables:
    """Those of one page, by the heading they stand under; each is to be `read` by some test."""

    def __init__(self, page: str) -> None:
        text = (Path(__file__).parents[1] / "docs/rules" / page).read_text("utf-8")
        self._sections = dict(section.split("\n", 1) for section in re.split(r"^#+ ", text, flags=re.MULTILINE)[1:])
        self.read: set[str] = set()

    @property
    def headings(self) -> set[str]:
        """Of all that have a table."""
        return {heading for heading, text in self._sections.items() if "\n|" in text}

    def worked(self, *headings: str) -> pytest.MarkDecorator:
        """Run a test for each row of the tables under these headings; a row is its cells by column name."""
        rows: list[Row] = []
        for heading in headings:
            lines = [line.strip("|").split("|") for line in self._sections[heading].splitlines() if line[:1] == "|"]
            names, _, *cells = [[cell.strip() for cell in line] for line in lines]
            rows += [{"heading": heading} | dict(zip(names, row, strict=True)) for row in cells]
            self.read.add(heading)
        return pytest.mark.parametrize("row", rows, ids=[" / ".join(row.values()) for row in rows])
