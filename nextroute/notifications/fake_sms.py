"""A stand-in for the text message provider, for development, demo and tests: as strict as Twilio, and as talkative.

It remembers messages and who has opted out, refuses what the real one refuses, and tells our webhook, signed, what came
of a message and what was answered. It knows no table and needs no Django. Over HTTP: fake_sms_server.py.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from threading import Lock
from uuid import UUID, uuid4

import requests

from nextroute.notifications.keywords import Keyword, meant
from nextroute.notifications.signatures import HEADER, signature

_REQUIRED, _OPTIONAL = {"Body": 21602, "From": 21603, "To": 21604}, {"StatusCallback"}
_LONGEST = 1_600
# The real one's own numbers to try refusals with.
_REFUSED = {"+15005550001": 21211, "+15005550002": 21612, "+15005550003": 21408, "+15005550009": 21614}


class Refusal(Exception):
    """An answer that says no, with the provider's own number for why."""

    def __init__(self, status: int, code: int) -> None:
        super().__init__(status, code)
        self.status, self.code = status, code


@dataclass(frozen=True, slots=True)
class Mishap:
    """What befalls one request: a refusal of `status`, `stall` seconds of silence, or a line that is `lost`.

    `lost`: "before" the message was taken, or "after"; the asker cannot tell.
    """

    status: int = 0
    code: int = 0
    stall: float = 0
    lost: str = ""


@dataclass(slots=True)
class Text:
    """One message as the provider keeps it."""

    sid: str
    to: str
    from_: str
    body: str
    callback: str
    status: str = "queued"


class Provider:
    """The provider, with one customer: us. `webhook`: where answers go. `numbers`: those we rent, any if none is named.

    `folder`: where each message is shown as a letter, beside the demo's mail.
    """

    def __init__(
        self,
        account: str,
        token: str,
        *,
        webhook: str = "",
        numbers: frozenset[str] = frozenset(),
        folder: Path | None = None,
    ) -> None:
        self.account, self.token, self.webhook = account, token, webhook
        self.numbers, self.folder = numbers, folder
        self.messages: list[Text] = []
        self.opted_out: set[tuple[str, str]] = set()  # a reader's number, and one of ours
        self.mishaps: deque[Mishap] = deque()
        self._lock = Lock()

    def said(self, body: str, *, by: str, to: str, **more: str) -> requests.Response:
        """Somebody writes to one of our numbers."""
        match meant(body):
            case Keyword.STOP:
                self.opted_out.add((by, to))
            case Keyword.START:
                self.opted_out.discard((by, to))
        form = {"MessageSid": _sid(), "AccountSid": self.account, "From": by, "To": to, "Body": body, "NumMedia": "0"}
        return self.tell(self.webhook, form | more)

    def became(self, message: Text, status: str, **more: str) -> requests.Response:
        """A message changes its state."""
        message.status = status
        form = {"MessageSid": message.sid, "MessageStatus": status, "AccountSid": self.account}
        return self.tell(message.callback, form | {"From": message.from_, "To": message.to} | more)

    def tell(self, url: str, form: Mapping[str, str]) -> requests.Response:
        """Call a webhook of ours."""
        return requests.post(url, data=form, headers=self.signed(url, form), timeout=10)

    def signed(self, url: str, form: Mapping[str, str]) -> dict[str, str]:
        """The headers by which a call proves that it is the provider's."""
        return {HEADER: signature(self.token, url, form.items())}

    def take(self, form: Mapping[str, str]) -> Text:
        """Keep one message. Raises Refusal."""
        code = next((code for name, code in _REQUIRED.items() if not form.get(name)), 0)
        if form.keys() - _REQUIRED.keys() - _OPTIONAL:
            code = 20001
        if code := code or self._wrong(form["To"], form["From"], form["Body"]):
            raise Refusal(400, code)
        message = Text(_sid(), form["To"], form["From"], form["Body"], form.get("StatusCallback", ""))
        with self._lock:
            self.messages.append(message)
        if self.folder:
            _show(message, self.folder)
        return message

    def _wrong(self, to: str, from_: str, body: str) -> int:
        if not _is_number(to):
            return 21211
        if not _is_number(from_) or (self.numbers and from_ not in self.numbers):
            return 21606
        if len(body) > _LONGEST:
            return 21617
        return 21610 if (to, from_) in self.opted_out else _REFUSED.get(to, 0)


def _sid() -> str:
    return f"SM{uuid4().hex}"


def _is_number(text: str) -> bool:
    return text.startswith("+") and text[1:].isascii() and text[1:].isdigit() and 8 <= len(text) <= 16


def _show(message: Text, folder: Path) -> None:
    """Named by a key, as the mail beside it is."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = message.from_, message.to, f"SMS {message.to}"
    letter["Message-ID"] = f"<{message.sid}@sms.invalid>"
    letter.set_content(message.body)
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{UUID(message.sid[2:])}.unfinished"
    unfinished.write_bytes(letter.as_bytes())
    unfinished.rename(unfinished.with_suffix(".eml"))
