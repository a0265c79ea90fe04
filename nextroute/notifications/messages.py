"""Message: a text with its variables filled in, as it is sent; nothing in it is escaped yet."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from nextroute.notifications import gsm
from nextroute.notifications.texts import BUTTON, Text

PLACEHOLDER = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
_EMPTY = "\0"
# What empty variables take along: the commas and spaces that would stand alone without them.
_HOLES = rf"{_EMPTY}(?:[, ]*{_EMPTY})*"
_HOLE = re.compile(rf",?[ ]?{_HOLES}(?=[.;:!?]?(?:\s|$)|,$)|{_HOLES}[,:]?[ ]?", re.MULTILINE)


class Kind(StrEnum):
    """How a paragraph is drawn: lines of text; a list, a line each; a code to copy; the button."""

    TEXT = "text"
    VISITS = "visits"
    CODE = "code"
    BUTTON = BUTTON


@dataclass(frozen=True, slots=True)
class Paragraph:
    kind: Kind
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent. `action_url` is where the one button leads, "" for none; an SMS is paragraphs only."""

    subject: str
    heading: str
    paragraphs: tuple[Paragraph, ...]
    action: str
    action_url: str

    @property
    def plain(self) -> str:
        """All of it as one text: what an SMS says."""
        parts = ("\n".join(one.lines) for one in self.paragraphs)
        return "\n\n".join(filter(None, (self.heading, *parts)))


def mail(text: Text, variables: Mapping[str, str]) -> Message:
    """The text as a mail."""
    paragraphs = tuple(one for part in text.paragraphs for one in _filled(part, variables))
    action_url = variables.get("action_url", "")
    if all(one.kind is not Kind.BUTTON for one in paragraphs):
        paragraphs += (Paragraph(Kind.BUTTON, ()),)
    return Message(
        subject=_one_line(text.subject, variables),
        heading=_one_line(text.heading, variables),
        paragraphs=paragraphs if action_url else tuple(one for one in paragraphs if one.kind is not Kind.BUTTON),
        action=text.action,
        action_url=action_url,
    )


def sms(text: Text, variables: Mapping[str, str]) -> Message:
    """The text as a short message, in the letters that have room in one."""
    lines = [line for part in text.paragraphs for one in _filled(part, variables) for line in one.lines]
    return Message("", "", (Paragraph(Kind.TEXT, tuple(gsm.plain(line) for line in lines)),), "", "")


def fill(text: str, variables: Mapping[str, str]) -> str:
    """Plain substitution: a value is put in as it is, and never read again for further placeholders."""
    return _HOLE.sub("", PLACEHOLDER.sub(lambda found: _value(found[1], variables) or _EMPTY, text)).strip()


def _value(name: str, variables: Mapping[str, str]) -> str:
    return variables.get(name, "").replace(_EMPTY, "").strip()


def _one_line(text: str, variables: Mapping[str, str]) -> str:
    """No line break, so that a subject stays one header whatever a variable holds; "" when only a mark is left."""
    said = " ".join(fill(text, variables).split())
    return said if said.strip(".,;:!?") else ""


def _filled(part: str, variables: Mapping[str, str]) -> Iterator[Paragraph]:
    """A paragraph with its lines filled in, in pieces of one kind; none when all its variables are empty."""
    if _is_empty(part, variables):
        return
    lines = [
        (_kind(line), said)
        for line in part.splitlines()
        if not _is_empty(line, variables)
        for said in fill(line, variables).splitlines() or [""]
    ]
    for kind, group in groupby(lines, key=lambda line: line[0]):
        yield Paragraph(kind, tuple(said for _, said in group))


def _is_empty(text: str, variables: Mapping[str, str]) -> bool:
    names = PLACEHOLDER.findall(text)
    return bool(names) and not any(name == BUTTON or _value(name, variables) for name in names)


def _kind(line: str) -> Kind:
    """A line that is one of these variables and nothing else is drawn as what it holds."""
    alone = PLACEHOLDER.fullmatch(line.strip())
    return Kind(alone[1]) if alone and alone[1] in list(Kind) else Kind.TEXT
