"""Lists, a page at a time, newest first."""

from collections.abc import Iterable
from typing import Any

from nextroute.billing.stripe.fake_errors import no_such
from nextroute.billing.stripe.fake_parameters import Asked
from nextroute.billing.stripe.fake_shapes import shown
from nextroute.billing.stripe.fake_state import Thing

PAGING = frozenset({"limit", "starting_after", "ending_before", "created", "expand"})
_COMPARE = {"gt": int.__gt__, "gte": int.__ge__, "lt": int.__lt__, "lte": int.__le__}


def page(things: Iterable[Thing], asked: Asked, url: str, *by: str) -> Thing:
    """One page of those whose fields named in `by` are as asked. Raises Refusal for a key that is not in the list."""
    found = [thing for thing in things if _made(thing, asked.get("created")) and _same(thing, asked, by)]
    limit = min(int(asked.get("limit", 10)), 100)
    keys = [thing["id"] for thing in found]
    if before := asked.get("ending_before"):
        end = _place(keys, before)
        start = max(0, end - limit)
        return _answer(found[start:end], url, more=start > 0)
    start = _place(keys, asked["starting_after"]) + 1 if asked.get("starting_after") else 0
    return _answer(found[start : start + limit], url, more=len(found) > start + limit)


def _place(keys: list[str], key: str) -> int:
    if key not in keys:
        raise no_such("object", key, param="starting_after")
    return keys.index(key)


def _same(thing: Thing, asked: Asked, by: tuple[str, ...]) -> bool:
    return all(thing.get(name) == asked[name] for name in by if name in asked)


def _made(thing: Thing, created: Any) -> bool:
    if created is None:
        return True
    if not isinstance(created, dict):
        return bool(thing["created"] == int(created))
    return all(_COMPARE[how](thing["created"], int(when)) for how, when in created.items())


def _answer(things: list[Thing], url: str, *, more: bool) -> Thing:
    return {"object": "list", "data": [shown(thing) for thing in things], "has_more": more, "url": url}
