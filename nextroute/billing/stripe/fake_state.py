"""What the stand-in remembers: each account's things apart from every other's, its clock, and what is still to come."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from threading import RLock
from typing import Any
from uuid import uuid4

from nextroute.billing.stripe.fake_errors import no_such

type Thing = dict[str, Any]  # as Stripe shows it; what it keeps for itself begins with an underscore

PLATFORM = "acct_platform"


class World:
    """Everything, in memory and, with a `folder`, in one file there that outlives the process.

    Whoever reads or changes it holds `lock`. `bank_takes`: seconds until a bank has answered.
    """

    def __init__(self, folder: Path | None = None, *, bank_takes: int = 4 * 86_400) -> None:
        self.lock = RLock()
        self.bank_takes = bank_takes
        self.origin = ""  # the address it answers at, once it runs
        self.asking: dict[str, str | None] = {"id": None, "idempotency_key": None}
        self._file = folder / "stripe.json" if folder else None
        self.things: dict[str, dict[str, Thing]] = {PLATFORM: {}}
        self.answers: dict[str, Thing] = {}  # by idempotency key
        self.due: list[Thing] = []  # what the clock will bring
        self.parcels: list[Thing] = []  # events on their way
        self.ahead = 0  # seconds this clock is before the real one
        self.moment = 0  # while it catches up: the second that what comes now belongs to
        self._load()

    @property
    def now(self) -> int:
        """Seconds since 1970, by the clock that tests move."""
        return self.moment or int(time.time()) + self.ahead

    def drawer(self, account: str) -> "Drawer":
        """What `account` has."""
        return Drawer(self, account)

    def later(self, seconds: int, verb: str, drawer: "Drawer", thing: Thing) -> None:
        """Have the clock do `verb` to a thing (fake_time.py)."""
        entry = {"when": self.now + seconds, "verb": verb, "account": drawer.account, "id": thing["id"]}
        self.due.append(entry)

    def save(self) -> None:
        """Write everything down, whole or not at all."""
        if self._file:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            unfinished = self._file.with_suffix(".unfinished")
            unfinished.write_text(json.dumps({name: getattr(self, name) for name in _KEPT}))
            unfinished.rename(self._file)

    def _load(self) -> None:
        if self._file and self._file.exists():
            for name, value in json.loads(self._file.read_text()).items():
                setattr(self, name, value)


_KEPT = ("things", "answers", "due", "parcels", "ahead")


class Drawer:
    """One account's things, and nothing of another's."""

    def __init__(self, world: World, account: str) -> None:
        self.world, self.account = world, account

    @property
    def now(self) -> int:
        return self.world.now

    def put(self, prefix: str, thing: Thing) -> Thing:
        """Keep a new thing under a key of its own."""
        thing["id"] = f"{prefix}_{uuid4().hex[:24]}"
        if "created" in thing and thing["created"] is None:
            thing["created"] = self.now
        self.world.things[self.account][thing["id"]] = thing
        return thing

    def get(self, kind: str, key: str, *, param: str = "id") -> Thing:
        """The thing of this kind. Raises Refusal if this account has none such."""
        thing = self.world.things[self.account].get(key)
        if thing is None or thing["object"] != kind:
            raise no_such(kind.rpartition(".")[2], key, param=param)
        return thing

    def every(self, kind: str) -> Iterator[Thing]:
        """All of a kind, newest first."""
        things = reversed(list(self.world.things[self.account].values()))
        return (thing for thing in things if thing["object"] == kind)
