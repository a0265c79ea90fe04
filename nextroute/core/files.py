"""Bytes kept by what they are: a file's name is the SHA-256 of its content, so a name says one content for ever.

They lie under settings.FILES. Rows say whose they are; nothing here knows.
"""

import os
import re
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


def keep(content: bytes) -> str:
    """Store bytes, on disk before this returns; their digest (hex). The same bytes twice are one file."""
    digest = sha256(content).hexdigest()
    place = _place(digest)
    if not place.exists():  # a name appears with its whole content, or not at all
        place.parent.mkdir(parents=True, exist_ok=True)
        _write(place, content)
    return digest


def read(digest: str) -> bytes:
    """The bytes with this digest. Raises ValueError for anything but one, FileNotFoundError when they are not kept."""
    return _place(digest).read_bytes()


def _place(digest: str) -> Path:
    """Two levels of folders keep each of them small."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError("A file is named by the SHA-256 of its content, in small hex digits.")
    return Path(settings.FILES) / digest[:2] / digest[2:4] / digest


def _write(place: Path, content: bytes) -> None:
    with NamedTemporaryFile(dir=place.parent, prefix=".", delete=False) as half:
        try:
            half.write(content)
            half.flush()
            os.fsync(half.fileno())
            os.replace(half.name, place)
        except BaseException:
            os.unlink(half.name)
            raise
    for folder in (place.parent, place.parent.parent, place.parent.parent.parent):
        _sync(folder)


def _sync(folder: Path) -> None:
    """A new name lasts once its folder is written too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
