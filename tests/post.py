"""The post: what the worker does between a wish for a link and the mail in somebody's hands."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from django.core import mail
from django.core.mail import EmailMessage

from nextroute.config import links
from nextroute.identity import asks, minting
from nextroute.notifications.delivering import deliver
from nextroute.tenancy import businesses
from tests.doors import Clock


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as its reader has it."""

    to: str
    sender: str
    subject: str
    text: str

    @property
    def link(self) -> str:
        """Where its button leads, as a path with its query."""
        found = urlsplit(re.findall(r"https?://\S+/portal/\S+", self.text)[0])
        return f"{found.path}?{found.query}" if found.query else found.path

    @property
    def token(self) -> str:
        return self.link.rstrip("/").rpartition("/")[2]

    @property
    def code(self) -> str:
        """The six digits, which may be set apart in threes."""
        apart = re.findall(r"(?<![\w-])(\d{3}) ?(\d{3})(?![\w-])", re.sub(r"https?://\S+", "", self.text))
        return "".join(apart[0])


class Post:
    """Mints and delivers at the clock's time."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def mint(self) -> list[UUID]:
        """What the worker's first half does; the asks it did it for."""
        waiting = asks.waiting(now=self.clock.now)
        for ask_id in waiting:
            minting.mint(ask_id, now=self.clock.now)
        return waiting

    def deliver(self) -> list[Letter]:
        """The second half; what arrived."""
        before = len(mail.outbox)
        for business in businesses.every():
            deliver(business.pk, link=links.to, clock=lambda: self.clock.now)
        return [_letter(one) for one in mail.outbox[before:]]

    def round(self) -> list[Letter]:
        self.mint()
        return self.deliver()

    def letter(self) -> Letter:
        """The one that arrives with this round."""
        (only,) = self.round()
        return only


def _letter(message: EmailMessage) -> Letter:
    return Letter(message.to[0], message.from_email, str(message.subject), str(message.body))
