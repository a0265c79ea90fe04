"""Stand-ins for the post: what development, the demo and the tests use instead of a provider."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage as Parsed
from email.parser import BytesHeaderParser, BytesParser
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, cast
from uuid import UUID

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class Folder(BaseEmailBackend):
    """A mailer that keeps each message as a file, named by its Message-ID so that a repeat takes its place."""

    def __init__(self, *, path: str, **options: Any) -> None:
        super().__init__(**options)
        self.path = Path(path)

    def send_messages(self, messages: list[EmailMessage]) -> int:  # type: ignore[override]
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in messages:
            key = str(message.extra_headers["Message-ID"]).strip("<>").partition("@")[0]
            self._write(key, message.message().as_bytes())
        return len(messages)

    def _write(self, key: str, content: bytes) -> None:
        """Whole or not at all."""
        with NamedTemporaryFile(dir=self.path, suffix=".unfinished", delete=False) as file:
            file.write(content)
        os.replace(file.name, self.path / f"{key}.eml")


@dataclass(frozen=True, slots=True)
class Letter:
    """A kept message, or the head of it. `key`: its delivery's; `kept_at` (UTC): when it was sent last."""

    key: UUID
    kept_at: datetime
    message: Parsed

    @property
    def to(self) -> str:
        return str(self.message["To"])

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    def body(self, kind: str) -> str:
        """Its text in "plain" or "html"; "" when there is none."""
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part else ""


def letters(folder: Path, *, most: int = 200) -> list[Letter]:
    """The kept messages, the newest first; only their heads are read."""
    files = sorted(folder.glob("*.eml"), key=_kept_at, reverse=True)[:most]
    return [_letter(file, BytesHeaderParser(policy=policy.default)) for file in files]


def letter(folder: Path, key: UUID) -> Letter | None:
    """The kept message of this delivery."""
    file = folder / f"{key}.eml"
    return _letter(file, BytesParser(policy=policy.default)) if file.exists() else None


def _letter(file: Path, parser: "BytesParser[Any]") -> Letter:
    with file.open("rb") as content:
        message = cast("Parsed", parser.parse(content))
    return Letter(UUID(file.stem), datetime.fromtimestamp(_kept_at(file), UTC), message)


def _kept_at(file: Path) -> float:
    return file.stat().st_mtime
