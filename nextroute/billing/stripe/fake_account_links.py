"""Links that lead a business to Stripe's page about itself, each good once and for five minutes."""

from uuid import uuid4

from nextroute.billing.stripe import fake_accounts as accounts
from nextroute.billing.stripe import fake_events as events
from nextroute.billing.stripe.fake_errors import invalid
from nextroute.billing.stripe.fake_parameters import Asked
from nextroute.billing.stripe.fake_state import PLATFORM, Drawer, Thing, World

KIND = "v2.core.account_link"
CREATES = frozenset({"account", "use_case"})
_GOOD_FOR = 300  # seconds


def create(drawer: Drawer, asked: Asked) -> Thing:
    drawer.get(accounts.KIND, asked["account"], param="account")
    case = asked["use_case"]
    if case["type"] not in case:
        raise invalid("The use case needs the options of its type.", param=f"use_case[{case['type']}]")
    secret = uuid4().hex
    known = {
        "object": KIND,
        "account": asked["account"],
        "use_case": case,
        "livemode": False,
        "created": events.instant(drawer.now),
        "expires_at": events.instant(drawer.now + _GOOD_FOR),
        "url": f"{drawer.world.origin}/setup/{secret}",
        "_until": drawer.now + _GOOD_FOR,
        "_used": False,
    }
    return drawer.put("aclnk", known)


def found(world: World, secret: str) -> Thing | None:
    """The link with this address."""
    links = world.drawer(PLATFORM).every(KIND)
    return next((link for link in links if link["url"].endswith(f"/setup/{secret}")), None)


def open_(world: World, link: Thing) -> bool:
    """Whether it still leads anywhere; it does so once."""
    good = not link["_used"] and world.now < link["_until"]
    link["_used"] = True
    return good


def leave(world: World, link: Thing, state: str) -> str:
    """The business has gone through the page, or left it; returns where it is sent back to."""
    drawer = world.drawer(PLATFORM)
    if state != "unfinished":
        accounts.become(drawer, link["account"], state)
    events.hint(world, "v2.core.account_link.returned", link["account"])
    return str(options(link).get("return_url") or options(link)["refresh_url"])


def options(link: Thing) -> Thing:
    case: Thing = link["use_case"]
    chosen: Thing = case[case["type"]]
    return chosen
