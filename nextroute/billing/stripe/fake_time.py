"""What the clock brings: banks answer, refunds arrive, pages close, cardholders dispute."""

from collections.abc import Callable

from nextroute.billing.stripe import fake_attempts as attempts
from nextroute.billing.stripe import fake_charges as charges
from nextroute.billing.stripe import fake_disputes as disputes
from nextroute.billing.stripe import fake_payments as payments
from nextroute.billing.stripe import fake_refunds as refunds
from nextroute.billing.stripe import fake_sessions as sessions
from nextroute.billing.stripe.fake_state import Drawer, Thing, World


def ripen(world: World) -> None:
    """Do everything whose time has come, each at its own time and in that order; what it brings may be ripe, too."""
    now = world.now
    while ripe := sorted((entry for entry in world.due if entry["when"] <= now), key=_when):
        world.due.remove(ripe[0])
        world.moment = ripe[0]["when"]
        try:
            _bring(world, ripe[0])
        finally:
            world.moment = 0


def _bring(world: World, entry: Thing) -> None:
    kind, verb = _VERBS[entry["verb"]]
    drawer = world.drawer(entry["account"])
    verb(drawer, drawer.get(kind, entry["id"]))


def stirs(world: World) -> bool:
    """Whether there is anything to do, or to tell."""
    with world.lock:
        times = [entry["when"] for entry in world.due] + [parcel["due"] for parcel in world.parcels]
        return bool(times) and min(times) <= world.now


def settle(drawer: Drawer, charge: Thing) -> None:
    """A bank has answered, now or earlier than it would have."""
    if charge["status"] == "pending":
        attempts.settle(drawer, charge)
        sessions.follow(drawer, drawer.get(payments.KIND, charge["payment_intent"]))


def unproved(drawer: Drawer, intent: Thing) -> None:
    """The time to name the deposits is over."""
    if (intent["next_action"] or {}).get("type") == "verify_with_microdeposits":
        attempts.unproved(drawer, intent)
        sessions.follow(drawer, intent)


def _when(entry: Thing) -> int:
    return int(entry["when"])


_VERBS: dict[str, tuple[str, Callable[[Drawer, Thing], object]]] = {
    "settle": (charges.KIND, settle),
    "unproved": (payments.KIND, unproved),
    "refund": (refunds.KIND, refunds.arrive),
    "dispute": (charges.KIND, disputes.by_itself),
    "expire": (sessions.KIND, sessions.end),
}
