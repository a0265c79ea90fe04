"""A stand-in for Stripe, for tests and the demo: `with a_fake_stripe() as fake:` runs it as a real HTTP server.

The portal speaks to it through the official SDK alone, as it does to the real one. What follows are the levers that the
real one does not have: a clock to move, people who pay, banks that answer, weather on the line. Everything here can be
pulled over HTTP too, `POST /test_helpers/<name>` with the arguments as JSON. What it covers, and what not:
docs/decisions/0016-stripe-stand-in.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any

from nextroute.billing.stripe import fake_accounts as accounts
from nextroute.billing.stripe import fake_books as books
from nextroute.billing.stripe import fake_charges as charges
from nextroute.billing.stripe import fake_delivery as delivery
from nextroute.billing.stripe import fake_disputes as disputes
from nextroute.billing.stripe import fake_paying as paying
from nextroute.billing.stripe import fake_refunds as refunds
from nextroute.billing.stripe import fake_server as server
from nextroute.billing.stripe.fake_delivery import Carrier, Delivered, Endpoint, Weather
from nextroute.billing.stripe.fake_errors import no_such
from nextroute.billing.stripe.fake_mishaps import Line, Mishap
from nextroute.billing.stripe.fake_shapes import shown
from nextroute.billing.stripe.fake_state import PLATFORM, Drawer, Thing, World
from nextroute.billing.stripe.fake_time import ripen, settle, stirs

KEY = "sk_test_stand_in"
SECRET = "whsec_stand_in"  # noqa: S105 - of the stand-in
_TICK = 0.2  # seconds between two looks at what is due


class FakeStripe:
    """The running stand-in. `key`: what the SDK authenticates with; `secret`: what signs events.

    `endpoints`: who listens; `carry`: how they are reached, over HTTP unless a test brings its own way.
    """

    def __init__(self, world: World, endpoints: list[Endpoint], *, seed: int = 0, carry: Carrier = delivery.by_http):
        self.world, self.endpoints, self.carry = world, endpoints, carry
        self.key, self.secret, self.url = KEY, SECRET, ""
        self.line = Line()
        self._chance = Random(seed)  # noqa: S311 - a seed, not a secret

    def advance(self, **time: float) -> None:
        """Move the clock, as `timedelta` counts: banks answer, pages close, keys are forgotten."""
        with self.world.lock:
            self.world.ahead += int(timedelta(**time).total_seconds())
            ripen(self.world)
            self.world.save()

    def onboard(self, account: str, state: str = "finished") -> None:
        """A business has gone through Stripe's page: unfinished, reviewed, finished or rejected."""
        with self._changing():
            accounts.become(self.world.drawer(PLATFORM), account, state)

    def pay(self, session: str, *, card: str = "", bank: str = "") -> Thing:
        """Somebody pays on the page, with a test number; 4242… unless another is given. Raises Refusal if declined."""
        with self._changing():
            drawer = self._holder(session)
            return shown(paying.pay(drawer, session, card=card or ("" if bank else "4242424242424242"), bank=bank))

    def confirm(self, intent: str, *, agree: bool = True) -> Thing:
        """Somebody says yes or no to their bank."""
        with self._changing():
            return shown(paying.confirm(self._holder(intent), intent, agree=agree))

    def prove(self, intent: str, code: str = "SM11AA") -> Thing:
        """Somebody names the code of the deposit that came."""
        with self._changing():
            return shown(paying.prove(self._holder(intent), intent, code))

    def settle(self, payment: str) -> None:
        """A bank answers now about this payment or charge."""
        with self._changing():
            settle(self._holder(payment), disputes.of_charge(self._holder(payment), payment))

    def dispute(self, payment: str, *, reason: str = "fraudulent", amount: int = 0) -> Thing:
        """A cardholder disputes, or a bank takes back, a payment or charge: in cents, all of it unless given."""
        with self._changing():
            charge = disputes.of_charge(self._holder(payment), payment)
            return shown(disputes.open_(self._holder(payment), charge, reason=reason, amount=amount))

    def decide(self, dispute: str, *, won: bool) -> Thing:
        """The cardholder's bank decides."""
        with self._changing():
            drawer = self._holder(dispute)
            return shown(disputes.decide(drawer, drawer.get(disputes.KIND, dispute), won=won))

    def fail_refund(self, refund: str) -> None:
        """A refund comes back to the business."""
        with self._changing():
            drawer = self._holder(refund)
            refunds.fail(drawer, drawer.get(refunds.KIND, refund))

    def deliver(self, *, lost: float = 0, twice: float = 0, late: float = 0, shuffled: bool = False) -> list[Delivered]:
        """Hand over every event that is due, in this weather; returns what was handed to whom."""
        weather = Weather(lost=lost, twice=twice, late=late, shuffled=shuffled)
        done = delivery.deliver(self.world, self.endpoints, self.carry, weather=weather, chance=self._chance)
        with self._changing():
            return done

    def befall(self, **mishap: Any) -> None:
        """Something happens to the next request: the fields of Mishap."""
        self.line.mishaps.append(Mishap(**mishap))

    def books(self, account: str) -> books.Books:
        """The account's sums, to compare with ours."""
        with self.world.lock:
            return books.of(self.world.drawer(account))

    def charges(self, account: str) -> list[Thing]:
        """Every attempt to take money for the account, newest first."""
        with self.world.lock:
            return [shown(charge) for charge in self.world.drawer(account).every(charges.KIND)]

    @contextmanager
    def _changing(self) -> Iterator[None]:
        with self.world.lock:
            ripen(self.world)
            yield
            self.world.save()

    def _holder(self, key: str) -> Drawer:
        for account, things in self.world.things.items():
            if key in things:
                return self.world.drawer(account)
        raise no_such("thing", key)


_LEVERS = ["advance", "onboard", "pay", "confirm", "prove", "settle", "dispute", "decide", "fail_refund"]
_LEVERS += ["deliver", "befall", "books", "charges"]


@contextmanager
def a_fake_stripe(
    *,
    endpoints: list[Endpoint] | None = None,
    folder: Path | None = None,
    port: int = 0,
    flowing: bool = False,
    bank_takes: timedelta = timedelta(days=4),
    seed: int = 0,
) -> Iterator[FakeStripe]:
    """Run it while the block lasts. `folder`: where it remembers itself between runs, with the same `port`, for its
    pages keep their addresses. Any free port if 0.

    `flowing`: events are sent by themselves, as they happen, and the clock is the real one; otherwise a test sends them
    with `deliver` when it wants to. `seed`: of the weather.
    """
    world = World(folder, bank_takes=int(bank_takes.total_seconds()))
    fake = FakeStripe(world, endpoints if endpoints is not None else [], seed=seed)
    levers = {name: getattr(fake, name) for name in _LEVERS}
    with server.running(server.Desk(world, fake.key, fake.line, levers), port=port) as fake.url:
        with _delivering(fake) if flowing else _nothing():
            yield fake


@contextmanager
def _delivering(fake: FakeStripe) -> Iterator[None]:
    stop = Event()

    def flow() -> None:
        while not stop.wait(_TICK):
            if stirs(fake.world):
                fake.advance()
                fake.deliver()

    thread = Thread(target=flow, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextmanager
def _nothing() -> Iterator[None]:
    yield
