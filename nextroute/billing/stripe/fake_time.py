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
    """Do everything whose time has come, in the order of its time; what that brings may be ripe, too."""
    while ripe := sorted((entry for entry in world.due if entry["when"] <= world.now), key=_when):
        world.due.remove(ripe[0])
        kind, verb = _VERBS[ripe[0]["verb"]]
        drawer = world.drawer(ripe[0]["account"])
        verb(drawer, drawer.get(kind, ripe[0]["id"]))


def settle(drawer: Drawer, charge: Thing) -> None:
    """A bank has answered, now or earlier than it would have."""
    if charge["status"] == "pending":
        attempts.settle(drawer, charge)
        sessions.follow(drawer, drawer.get(payments.KIND, charge["payment_intent"]))


def _when(entry: Thing) -> int:
    return int(entry["when"])


_VERBS: dict[str, tuple[str, Callable[[Drawer, Thing], object]]] = {
    "settle": (charges.KIND, settle),
    "refund": (refunds.KIND, refunds.arrive),
    "dispute": (charges.KIND, disputes.by_itself),
    "expire": (sessions.KIND, sessions.end),
}
