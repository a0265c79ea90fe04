"""What a PDF says, and how it is built."""

from io import BytesIO
from typing import Any

import typst
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from nextroute.billing.documents import typesetting
from nextroute.billing.documents.typesetting import TEMPLATE


def text(pdf: bytes) -> str:
    """All words, as one line."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def catalogue(pdf: bytes) -> Any:
    return PdfReader(BytesIO(pdf)).trailer["/Root"]


def pages(pdf: bytes) -> int:
    return len(PdfReader(BytesIO(pdf)).pages)


def title(pdf: bytes) -> str | None:
    found = PdfReader(BytesIO(pdf)).metadata
    return found.title if found else None


def tags(pdf: bytes) -> list[str]:
    """The kinds of everything in the tree that readers are read from, in order."""
    found: list[str] = []
    _walk(catalogue(pdf)["/StructTreeRoot"]["/K"], found)
    return found


def _walk(node: Any, found: list[str]) -> None:
    node = node.get_object()
    if isinstance(node, ArrayObject):
        for child in node:
            _walk(child, found)
    elif isinstance(node, DictionaryObject):
        if "/S" in node:
            found.append(str(node["/S"]))
        if "/K" in node:
            _walk(node["/K"], found)


def families(pdf: bytes) -> set[str]:
    """Of the fonts it brings along; none is left to the reader's machine."""
    resources: list[Any] = [page["/Resources"] for page in PdfReader(BytesIO(pdf)).pages]
    fonts = [font.get_object() for each in resources for font in each["/Font"].values()]
    inner = [font["/DescendantFonts"][0].get_object() for font in fonts]
    assert all(any(f"/FontFile{n}" in font["/FontDescriptor"] for n in ("", 2, 3)) for font in inner)
    return {str(font["/BaseFont"]).partition("+")[2].partition("-")[0] for font in fonts}


def compiler(content: str) -> typst.Compiler:
    """As typesetting.pdf makes it."""
    return typst.Compiler(
        TEMPLATE.read_bytes(), root=TEMPLATE.parent, font_paths=typesetting._fonts(), sys_inputs={"paper": content}
    )


def drawn(content: str) -> list[Image.Image]:
    """Each page of a paper as a picture, a point a pixel."""
    made = compiler(content).compile(format="png", ppi=72)
    return [Image.open(BytesIO(one)).convert("L") for one in ([made] if isinstance(made, bytes) else made or [])]


def margins_are_blank(sheet: Image.Image) -> bool:
    """Whether nothing is within three quarters of an inch (less a point for what is rounded) of either side."""
    width, height = sheet.size
    sides = [sheet.crop((0, 0, 53, height)), sheet.crop((width - 53, 0, width, height))]
    return all(side.getextrema() == (255, 255) for side in sides)
