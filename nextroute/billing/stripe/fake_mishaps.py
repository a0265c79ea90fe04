"""What befalls requests on their way to the stand-in, and a record of all that came."""

from collections import deque
from dataclasses import dataclass, field
from threading import Lock

from nextroute.billing.stripe.fake_parameters import Asked


@dataclass(frozen=True, slots=True)
class Mishap:
    """What befalls the next request to an address that begins with `path`.

    `stall`: seconds of silence first. `status`: what is answered, 500 for one. `lost`: the line drops with no answer.
    `done`: what was asked for is done all the same; the asker cannot tell. A 500 after that is what a repeat gets, too.
    """

    path: str = "/v1/"
    method: str = "POST"
    stall: float = 0
    status: int = 0
    lost: bool = False
    done: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it came. `account`: whose things it is about, "" for the platform's. `key`: for idempotency."""

    method: str
    path: str
    account: str
    key: str
    asked: Asked
    version: str
    token: str


@dataclass(slots=True)
class Line:
    """Mishaps that wait for their request, and the log: each call with the status it was answered."""

    mishaps: deque[Mishap] = field(default_factory=deque)
    log: list[tuple[Call, int]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def next(self, call: Call) -> Mishap:
        """The first that is meant for this call, once."""
        with self._lock:
            for mishap in self.mishaps:
                if call.method == mishap.method and call.path.startswith(mishap.path):
                    self.mishaps.remove(mishap)
                    return mishap
        return Mishap()
