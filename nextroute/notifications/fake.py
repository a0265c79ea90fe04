"""Stand-ins for the post: what development, the demo and the tests use instead of a provider."""

from pathlib import Path
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class Folder(BaseEmailBackend):
    """A mailer that keeps each message as a file, named by its Message-ID so that a repeat takes its place."""

    def __init__(self, *, path: str, **options: Any) -> None:
        super().__init__(**options)
        self.path = Path(path)

    def send_messages(self, messages: list[EmailMessage]) -> int:  # type: ignore[override]
        self.path.mkdir(parents=True, exist_ok=True)
        for message in messages:
            name = str(message.extra_headers["Message-ID"]).strip("<>").partition("@")[0]
            self._write(self.path / f"{name}.eml", message.message().as_bytes())
        return len(messages)

    def _write(self, file: Path, content: bytes) -> None:
        """Whole or not at all."""
        unfinished = file.with_suffix(".unfinished")
        unfinished.write_bytes(content)
        unfinished.rename(file)
