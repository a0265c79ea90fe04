"""Things as Stripe shows them: every field its SDK's class names, so that none is missed only in production."""

from copy import deepcopy
from typing import Any

from stripe import StripeObject

from nextroute.billing.stripe.fake_state import Drawer, Thing

_ON_REQUEST = {"line_items", "refunds"}  # shown only where expanded
_HOLDS_IDS = {"payment_intent", "payment_method", "latest_charge", "charge", "customer", "setup_intent"}
_HOLDS_IDS |= {"balance_transaction", "application_fee", "failure_balance_transaction"}


def blank(shape: type[StripeObject], **known: Any) -> Thing:
    """A thing of the SDK's class, with null wherever nothing is known."""
    kind = getattr(shape, "OBJECT_NAME")  # noqa: B009 - not every StripeObject has one
    fields = {name: None for name in shape.__annotations__ if name not in _ON_REQUEST and name != "OBJECT_NAME"}
    usual: Thing = {"object": kind}
    if "livemode" in fields:
        usual["livemode"] = False
    if "metadata" in fields:
        usual["metadata"] = {}
    return fields | usual | known


def shown(thing: Thing) -> Thing:
    """What may be seen of it, apart from the thing itself."""
    return {name: deepcopy(value) for name, value in thing.items() if not name.startswith("_")}


def expanded(drawer: Drawer, answer: Thing, paths: list[str]) -> Thing:
    """With things in place of the keys that `paths` name, such as `latest_charge.balance_transaction`."""
    for path in paths:
        _expand(drawer, answer, path.split("."))
    return answer


def _expand(drawer: Drawer, here: Any, path: list[str]) -> None:
    if isinstance(here, list):
        for part in here:
            _expand(drawer, part, path)
    elif isinstance(here, dict) and path:
        name, *rest = path
        if name in _HOLDS_IDS and isinstance(key := here.get(name), str):
            found = drawer.world.things[drawer.account].get(key)
            here[name] = shown(found) if found else key
        _expand(drawer, here.get(name), rest)
