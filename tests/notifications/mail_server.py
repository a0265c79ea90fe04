"""A mail server on loopback that can be had to misbehave."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

SECONDS = 0.5  # until our side takes it for stalled
TAKEN = "250 taken"


@dataclass(slots=True)
class MailServer:
    """`rcpt` and `data`: what it says next there, or does ("stall", "drop", "close"); then it takes everything."""

    port: int
    rcpt: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    received: list[EmailMessage] = field(default_factory=list)
    connections: int = 0
    tls: ssl.SSLContext | None = None

    # What aiosmtpd calls, by these names.
    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.rcpt.pop(0) if self.rcpt else TAKEN
        if answer == TAKEN:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.data.pop(0) if self.data else TAKEN
        if answer == "stall":
            await asyncio.sleep(SECONDS * 2)
            return "451 too slow"
        if answer in (TAKEN, "drop", "close"):
            content = cast("bytes", envelope.content)
            self.received.append(message_from_bytes(content, policy=default))
        if answer == "drop":
            cast("asyncio.Transport", server.transport).abort()
        if answer == "close":
            asyncio.get_running_loop().call_later(0.01, cast("asyncio.Transport", server.transport).close)
        return TAKEN if answer in ("drop", "close") else answer

    @property
    def ids(self) -> list[str]:
        """The Message-IDs of what arrived, in order."""
        return [str(one["Message-ID"]) for one in self.received]

    def mailers(self, **options: Any) -> dict[str, Any]:
        """Settings that lead here."""
        here = {"host": "127.0.0.1", "port": self.port, "timeout": SECONDS} | options
        return {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": here}}

    @contextmanager
    def running(self) -> Iterator[None]:
        controller = Controller(self, hostname="127.0.0.1", port=self.port, tls_context=self.tls)
        controller.start()
        try:
            yield
        finally:
            controller.stop()


def a_port() -> int:
    """One that is free."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port
