"""A mail server that takes everything, and keeps it."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from tests.ports import free_port


@dataclass(slots=True)
class Postman:
    """What the mail server was given: the contents of each message, by its Message-ID."""

    port: int
    received: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        head = content.partition(b"\r\n\r\n")[0].decode()
        line = next(line for line in head.split("\r\n") if line.lower().startswith("message-id:"))
        self.received[line.partition(":")[2].strip()].append(content)
        return "250 OK"


@contextmanager
def a_postman() -> Iterator[Postman]:
    """On a port of its own, for as long as the block lasts."""
    postman = Postman(free_port())
    controller = Controller(postman, hostname="127.0.0.1", port=postman.port)
    controller.start()
    try:
        yield postman
    finally:
        controller.stop()
