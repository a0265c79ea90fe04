"""Setting a paper: words in, PDF/UA-1 out. The same paper gives the same bytes. Safe in threads; holds no lock."""

import json
from dataclasses import asdict
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import typst

from nextroute.billing.documents.glyphs import FONTS, shown
from nextroute.billing.documents.paper import Paper

TEMPLATE = Path(__file__).parent / "typst" / "stationery.typ"


def content(paper: Paper) -> str:
    """All that is on it, as JSON, in letters that can be set."""
    return json.dumps(_settable(asdict(paper)), ensure_ascii=False, sort_keys=True)


def key(content: str) -> str:
    """Names this content, set as we set it today (hex): a change of template, fonts or typst gives another."""
    return sha256(f"{_press()}\n{content}".encode()).hexdigest()


def pdf(content: str) -> bytes:
    """5 to 20 ms of CPU, without the interpreter's lock. A compiler each: one that is shared refuses two threads."""
    compiler = typst.Compiler(
        TEMPLATE.read_bytes(), root=TEMPLATE.parent, font_paths=_fonts(), sys_inputs={"paper": content}
    )
    written = compiler.compile(format="pdf", pdf_standards="ua-1")
    assert isinstance(written, bytes)
    return written


@cache
def _fonts() -> typst.Fonts:
    """Ours alone, so that a paper looks the same from every machine."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


@cache
def _press() -> str:
    files = [TEMPLATE, *sorted(FONTS.glob("*.ttf"))]
    return sha256(version("typst").encode() + b"".join(path.read_bytes() for path in files)).hexdigest()


def _settable(value: Any) -> Any:
    match value:
        case str():
            return shown(value)
        case date():
            return {"year": value.year, "month": value.month, "day": value.day}
        case dict():
            return {name: _settable(one) for name, one in value.items()}
        case list() | tuple():
            return [_settable(one) for one in value]
        case _:
            return value
