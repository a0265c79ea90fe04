"""Secrets a development machine makes for itself and keeps."""

import os
import secrets
from pathlib import Path


def kept(file: Path) -> str:
    """The secret in `file`, made on first use, readable by its owner only."""
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text()
    with os.fdopen(handle, "w") as fresh:
        fresh.write(text := secrets.token_urlsafe(48))
    return text
