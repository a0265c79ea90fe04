"""Throttling: slows whoever asks too often, before anything costly or guessable is done for them.

Each key has a bucket of `burst` tries that fills again by one every `every` seconds (GCRA: one instant a key, in
identity_throttle). Asking takes one from every bucket it names, or from none when one is empty, and commits on its own.
Keys are keyed hashes: no e-mail and no address is kept.
"""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from django.db import connection
from django.utils.crypto import salted_hmac


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` tries at once, then one every `every` seconds."""

    name: str
    burst: int
    every: int


BY_ADDRESS = Limit("address", burst=20, every=10)
BY_EMAIL = Limit("email", burst=30, every=60)
BY_BOTH = Limit("email and address", burst=6, every=30)
BY_KNOWN_BROWSER = Limit("known browser", burst=10, every=30)
BY_UNKNOWN_TOKEN = Limit("unknown token", burst=30, every=2)
BY_BAD_SIGNATURE = Limit("bad signature", burst=30, every=2)
BY_FEED = Limit("calendar feed", burst=30, every=60)
BY_UNKNOWN_FEED = Limit("unknown calendar feed", burst=30, every=2)

STAFF_BY_ADDRESS = Limit("staff, address", burst=20, every=10)
STAFF_BY_EMAIL = Limit("staff, email", burst=30, every=60)
STAFF_BY_BOTH = Limit("staff, email and address", burst=6, every=30)
STAFF_BY_KNOWN_BROWSER = Limit("staff, known browser", burst=10, every=30)

# Asking for a link makes a mail, so fewer of them. A code has five tries at each ask, and these over all asks: slow,
# because the link beside it always works.
LINKS_BY_ADDRESS = Limit("links, address", burst=10, every=30)
LINKS_BY_EMAIL = Limit("links, email", burst=10, every=120)
LINKS_BY_BOTH = Limit("links, email and address", burst=4, every=60)
LINKS_BY_KNOWN_BROWSER = Limit("links, known browser", burst=5, every=60)
CODES_BY_ADDRESS = Limit("codes, address", burst=20, every=30)
CODES_BY_EMAIL = Limit("codes, email", burst=15, every=3600)
CODES_BY_KNOWN_BROWSER = Limit("codes, known browser", burst=15, every=60)

type Asked = tuple[Limit, str]


def sign_in(slug: str, email: str, address: str, *, known: bool, now: datetime) -> int:
    """Seconds to wait before trying to sign in as `email` at the business `slug`; 0: go on.

    A browser that has signed in as this login before (`known`) is counted apart from everybody else, so that nobody
    who guesses at a mailbox, from however many addresses, can keep its owner out.
    """
    login = f"{slug}\n{email}"
    if known:
        return _take((BY_KNOWN_BROWSER, login), now=now)
    network = network_of(address)
    return _take((BY_ADDRESS, network), (BY_EMAIL, login), (BY_BOTH, f"{login}\n{network}"), now=now)


def staff_sign_in(email: str, address: str, *, known: bool, now: datetime) -> int:
    """Seconds to wait before trying to sign in to the dashboard as `email`; 0: go on. As `sign_in`, counted apart."""
    if known:
        return _take((STAFF_BY_KNOWN_BROWSER, email), now=now)
    network = network_of(address)
    asked = ((STAFF_BY_ADDRESS, network), (STAFF_BY_EMAIL, email), (STAFF_BY_BOTH, f"{email}\n{network}"))
    return _take(*asked, now=now)


def link(place: str, email: str, address: str, *, known: bool, now: datetime) -> int:
    """Seconds to wait before asking for a link at `place` (a business's slug; "" at the shared address); 0: go on."""
    login = f"{place}\n{email}"
    if known:
        return _take((LINKS_BY_KNOWN_BROWSER, login), now=now)
    network = network_of(address)
    return _take((LINKS_BY_ADDRESS, network), (LINKS_BY_EMAIL, login), (LINKS_BY_BOTH, f"{login}\n{network}"), now=now)


def code(place: str, email: str, address: str, *, known: bool, now: datetime) -> int:
    """Seconds to wait before trying a code; 0: go on. The link in the same mail is never slowed down."""
    login = f"{place}\n{email}"
    if known:
        return _take((CODES_BY_KNOWN_BROWSER, login), now=now)
    return _take((CODES_BY_ADDRESS, network_of(address)), (CODES_BY_EMAIL, login), now=now)


def unknown_token(address: str, *, now: datetime) -> int:
    """Seconds to wait for an address that presents tokens, of sessions or of links, nobody was given; 0: go on."""
    return _take((BY_UNKNOWN_TOKEN, network_of(address)), now=now)


def bad_signature(address: str, *, now: datetime) -> int:
    """Seconds to wait for an address that calls a webhook and does not prove who it is; 0: go on."""
    return _take((BY_BAD_SIGNATURE, network_of(address)), now=now)


def feed(key: str, *, now: datetime) -> int:
    """Seconds to wait before reading the calendar feed with this key again, from wherever; 0: go on."""
    return _take((BY_FEED, key), now=now)


def unknown_feed(address: str, *, now: datetime) -> int:
    """Seconds to wait for an address that asks for calendar feeds there are not; 0: go on."""
    return _take((BY_UNKNOWN_FEED, network_of(address)), now=now)


def network_of(address: str) -> str:
    """What one asker can easily have many of counts as one: the /64 of an IPv6 address."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or ip_network((ip, 64), strict=False))
    return str(ip)


def _take(*asked: Asked, now: datetime) -> int:
    keys = [salted_hmac(limit.name, key, algorithm="sha256").hexdigest()[:40] for limit, key in asked]
    bursts, everies = [limit.burst for limit, _ in asked], [limit.every for limit, _ in asked]
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity_throttle_take(%s, %s, %s, %s)", [keys, bursts, everies, now])
        (seconds,) = cursor.fetchone() or (0,)
    return ceil(seconds)
