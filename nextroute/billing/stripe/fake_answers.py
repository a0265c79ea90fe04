"""From a call to its answer: who asks, what, whether it was asked before, and what came of it then."""

import json
from dataclasses import dataclass
from hashlib import sha256
from uuid import uuid4

import stripe

from nextroute.billing.stripe import fake_accounts as accounts
from nextroute.billing.stripe import fake_parameters as parameters
from nextroute.billing.stripe import fake_routes as routes
from nextroute.billing.stripe.fake_errors import Refusal
from nextroute.billing.stripe.fake_mishaps import Call, Mishap
from nextroute.billing.stripe.fake_parameters import Asked
from nextroute.billing.stripe.fake_routes import Route
from nextroute.billing.stripe.fake_shapes import expanded, shown
from nextroute.billing.stripe.fake_state import PLATFORM, Thing, World
from nextroute.billing.stripe.fake_time import ripen

_KEPT = {"/v1/": 86_400, "/v2/": 30 * 86_400}  # seconds an idempotency key is remembered
BROKEN = {"error": {"type": "api_error", "message": "Something went wrong on our end."}}


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back. `repeated`: it was answered before, and nothing was done this time."""

    status: int
    body: Thing
    request: str
    repeated: bool = False


def answer(world: World, call: Call, secret: str, mishap: Mishap) -> Answer:
    """Do what is asked, once for each idempotency key. The mishap's `done` makes a 500 of what was done."""
    number = f"req_{uuid4().hex[:14]}"
    with world.lock:
        ripen(world)
        world.asking = {"id": number, "idempotency_key": call.key or None}
        try:
            told = _answer(world, call, secret, mishap, number)
        except Refusal as no:
            told = Answer(no.status, no.body, number)
        finally:
            world.asking = {"id": None, "idempotency_key": None}
        world.save()
    return told


def _answer(world: World, call: Call, secret: str, mishap: Mishap, number: str) -> Answer:
    _let_in(world, call, secret)
    route, keys = _route(call)
    asked = _checked(call, route)
    if call.method == "POST" and (before := _before(world, call)):
        return Answer(before["status"], before["body"], before["request"], repeated=True)
    told = _do(world, call, route, keys, asked, number)
    if mishap.status:
        told = Answer(mishap.status, BROKEN, number)
    if call.method == "POST" and call.key and (told.status < 400 or call.path.startswith("/v1/")):
        kept = {"at": world.now, "of": _print(call), "status": told.status, "body": told.body, "request": number}
        world.answers[_name(call)] = kept
    return told


def _do(world: World, call: Call, route: Route, keys: list[str], asked: Asked, number: str) -> Answer:
    drawer = world.drawer(call.account or PLATFORM)
    try:
        seen = shown(route.verb(drawer, asked, *keys))
    except Refusal as no:
        if not no.began:
            raise
        return Answer(no.status, no.body, number)
    return Answer(200, expanded(drawer, seen, asked.get("expand") or []), number)


def _let_in(world: World, call: Call, secret: str) -> None:
    if call.token != secret:
        raise Refusal(401, "Invalid API Key provided.", began=False)
    if call.version != stripe.api_version:
        raise Refusal(400, f"Invalid Stripe API version: {call.version}", began=False)
    if call.account and not accounts.known(world.drawer(PLATFORM), call.account):
        says = f"The provided key does not have access to account '{call.account}' (or that account does not exist)."
        raise Refusal(403, says, began=False, code="account_invalid")


def _route(call: Call) -> tuple[Route, list[str]]:
    if found := routes.found(call.method, call.path):
        return found
    raise Refusal(404, f"Unrecognized request URL ({call.method}: {call.path}).", began=False)


def _checked(call: Call, route: Route) -> Asked:
    asked = parameters.checked(call.asked, route.shape)
    parameters.honoured(asked, routes.names(route))
    return asked


def _before(world: World, call: Call) -> Thing | None:
    """What was answered to this key. Raises Refusal if something else was asked with it."""
    before = world.answers.get(_name(call))
    if not call.key or before is None or before["at"] + _KEPT[call.path[:4]] <= world.now:
        return None
    if before["of"] != _print(call):
        says = "Keys for idempotent requests can only be used with the same parameters they were first used with."
        raise Refusal(400, says, kind="idempotency_error", began=False)
    return before


def _name(call: Call) -> str:
    return f"{call.account} {call.path[:4]} {call.key}"


def _print(call: Call) -> str:
    return sha256(json.dumps([call.method, call.path, call.asked], sort_keys=True).encode()).hexdigest()
