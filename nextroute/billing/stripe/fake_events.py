"""Events: a snapshot of what changed (v1), or no more than that something did (v2), kept and sent out."""

from datetime import UTC, datetime
from typing import Any

import stripe

from nextroute.billing.stripe import fake_lists as lists
from nextroute.billing.stripe.fake_parameters import Asked
from nextroute.billing.stripe.fake_shapes import blank, shown
from nextroute.billing.stripe.fake_state import PLATFORM, Drawer, Thing, World

KIND, THIN = "event", "v2.core.event"
_KEPT = 30 * 86_400  # seconds


def tell(drawer: Drawer, type_: str, thing: Thing) -> None:
    """Something changed: keep the event, and have it sent."""
    event = {
        "object": KIND,
        "type": type_,
        "api_version": stripe.api_version,
        "created": drawer.now,
        "data": {"object": shown(thing)},
        "livemode": False,
        "pending_webhooks": 0,
        "request": dict(drawer.world.asking),
    }
    if drawer.account != PLATFORM:
        event["account"] = event["context"] = drawer.account
    _send(drawer.world, drawer.put("evt", event), drawer.account)


def hint(world: World, type_: str, account: str, **data: Any) -> None:
    """Something changed about a connected account: say so without saying what it is now."""
    related = {"id": account, "type": "v2.core.account", "url": f"/v2/core/accounts/{account}"}
    event = {
        "object": THIN,
        "type": type_,
        "created": instant(world.now),
        "livemode": False,
        "context": None,
        "related_object": related,
        "reason": None,
        "_data": data,
    }
    _send(world, world.drawer(PLATFORM).put("evt", event), PLATFORM)


def listed(drawer: Drawer, asked: Asked) -> Thing:
    types = set(asked.get("types") or []) | ({asked["type"]} if "type" in asked else set())
    kept = (event for event in drawer.every(KIND) if event["created"] > drawer.now - _KEPT)
    return lists.page((event for event in kept if _meant(event, types)), asked, "/v1/events")


def retrieve_thin(drawer: Drawer, _asked: Asked, key: str) -> Thing:
    event = drawer.get(THIN, key)
    return blank(stripe.v2.core.Event, **shown(event), data=event["_data"])


def list_thin(drawer: Drawer, asked: Asked) -> Thing:
    wanted = asked.get("object_id")
    found = [event for event in drawer.every(THIN) if wanted in (None, event["related_object"]["id"])]
    return {"data": [shown(event) for event in found], "next_page_url": None, "previous_page_url": None}


def instant(seconds: int) -> str:
    """As v2 writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _meant(event: Thing, types: set[str]) -> bool:
    families = {type_.removesuffix("*") for type_ in types if type_.endswith("*")}
    return not types or event["type"] in types or any(event["type"].startswith(family) for family in families)


def _send(world: World, event: Thing, account: str) -> None:
    """Whoever listens (fake_delivery.py) is found when it is delivered."""
    world.parcels.append({"event": event["id"], "account": account, "due": world.now, "tries": 0, "endpoint": None})
