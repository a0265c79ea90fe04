"""Events on their way: signed, sent, and tried again; in weather, late, twice, out of order, or never."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

import requests
from stripe import WebhookSignature

from nextroute.billing.stripe.fake_events import THIN
from nextroute.billing.stripe.fake_shapes import shown
from nextroute.billing.stripe.fake_state import PLATFORM, Thing, World

type Carrier = Callable[[str, bytes, dict[str, str]], int]

_WAITS = (60, 300, 1_800, 7_200, 18_000, 36_000)  # seconds until the next try; the last holds from then on
_TRIED_FOR = 3 * 86_400
_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Who listens. `hears`: our own account's events, connected accounts', or the hints of v2."""

    url: str
    secret: str
    hears: Literal["platform", "connected", "thin"] = "connected"


@dataclass(frozen=True, slots=True)
class Weather:
    """Chances, from 0 to 1, that an event is `lost` for ever, sent `twice`, or up to two days `late`; and the order."""

    lost: float = 0
    twice: float = 0
    late: float = 0
    shuffled: bool = False


@dataclass(frozen=True, slots=True)
class Delivered:
    """One event handed over: `status` as the listener answered, 0 for no answer."""

    event: str
    kind: str
    account: str
    url: str
    status: int


FAIR = Weather()


def deliver(
    world: World, endpoints: list[Endpoint], carry: Carrier, *, weather: Weather = FAIR, chance: Random | None = None
) -> list[Delivered]:
    """Hand over all that is due. Listeners may ask the stand-in while they are told: nothing is locked meanwhile."""
    with world.lock:
        parcels = _taken(world, endpoints, weather, chance or Random(0))  # noqa: S311 - a seed, not a secret
    return [_hand_over(world, parcel, endpoints[parcel["endpoint"]], carry) for parcel in parcels]


def by_http(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Carry it as Stripe does; 0 if nobody answers."""
    try:
        return requests.post(url, data=body, headers=headers, timeout=_SECONDS, allow_redirects=False).status_code
    except requests.RequestException:
        return 0


def signed(body: bytes, secret: str, *, at: int | None = None) -> dict[str, str]:
    """The headers of an event. `at`: when it was signed, now unless given, by the real clock."""
    when = int(time.time()) if at is None else at
    signature = WebhookSignature.generate_signature_header(body.decode(), secret, when)
    return {"Stripe-Signature": signature, "Content-Type": "application/json; charset=utf-8"}


def written(event: Thing) -> bytes:
    return json.dumps(shown(event), indent=2).encode()


def _taken(world: World, endpoints: list[Endpoint], weather: Weather, chance: Random) -> list[Thing]:
    parcels = [part for parcel in world.parcels for part in _addressed(world, parcel, endpoints)]
    due = [parcel for parcel in parcels if parcel["due"] <= world.now]
    world.parcels = [parcel for parcel in parcels if parcel["due"] > world.now]
    taken: list[Thing] = []
    for parcel in due:
        if chance.random() < weather.lost:
            continue
        if chance.random() < weather.late:
            world.parcels.append(parcel | {"due": world.now + chance.randint(3_600, 2 * 86_400)})
            continue
        taken += [parcel] * (2 if chance.random() < weather.twice else 1)
    if weather.shuffled:
        chance.shuffle(taken)
    return taken


def _addressed(world: World, parcel: Thing, endpoints: list[Endpoint]) -> Iterator[Thing]:
    """One for each who listens, from the first time on."""
    if parcel["endpoint"] is not None:
        yield parcel
        return
    event = world.things[parcel["account"]][parcel["event"]]
    kind = "thin" if event["object"] == THIN else "platform" if parcel["account"] == PLATFORM else "connected"
    for place, endpoint in enumerate(endpoints):
        if endpoint.hears == kind:
            yield parcel | {"endpoint": place}


def _hand_over(world: World, parcel: Thing, endpoint: Endpoint, carry: Carrier) -> Delivered:
    event = world.things[parcel["account"]][parcel["event"]]
    body = written(event)
    status = carry(endpoint.url, body, signed(body, endpoint.secret))
    if not 200 <= status < 300:
        _again(world, parcel)
    return Delivered(event["id"], event["type"], parcel["account"], endpoint.url, status)


def _again(world: World, parcel: Thing) -> None:
    """Later, with more patience each time, for three days."""
    tries = int(parcel["tries"]) + 1
    wait = _WAITS[min(int(tries), len(_WAITS)) - 1]
    since = int(parcel.get("since") or parcel["due"])
    with world.lock:
        if world.now + wait <= since + _TRIED_FOR:
            world.parcels.append(parcel | {"tries": tries, "due": world.now + wait, "since": since})
