"""The portal's one stylesheet: the components' files, joined once a process, at an address by its content."""

import gzip
import re
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.templatetags.static import static

FOLDER = Path(__file__).parent / "static" / "ui" / "css"
LAYERS = "@layer reset, tokens, base, components, pages, utilities;\n"


@cache
def css() -> str:
    """All of it, without comments and spare space. Layers decide who wins; the order of files does not."""
    parts = (path.read_text("utf-8") for path in sorted(FOLDER.rglob("*.css")))
    bare = re.sub(r"/\*.*?\*/", "", LAYERS + "".join(parts), flags=re.DOTALL)
    tight = re.sub(r"\s*([{};])\s*", r"\1", re.sub(r"\s+", " ", bare))
    return re.sub(r'"\.\./(fonts/[^"]+)"', lambda found: f'"{static("ui/" + found[1])}"', tight)


@cache
def gzipped() -> bytes:
    """The same, as it crosses the wire."""
    return gzip.compress(css().encode(), mtime=0)


@cache
def digest() -> str:
    """Names this content and no other, so browsers may keep it for ever."""
    return sha256(css().encode()).hexdigest()[:16]


def href() -> str:
    """Where pages find it: config/urls.py serves pages.stylesheet at PATH."""
    return "/" + PATH.replace("<slug:digest>", digest())


PATH = "assets/portal.<slug:digest>.css"
