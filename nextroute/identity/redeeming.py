"""Redeeming: a link that is clicked, or a code that is typed, becomes a session. Each ask does so once.

Looking at a link changes nothing, however often a mail scanner does it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from nextroute.core import scope
from nextroute.core.verbs import verb
from nextroute.identity import arrivals, ask_secrets, mailboxes
from nextroute.identity.arrivals import Asker
from nextroute.identity.asks import (
    LIFETIME,
    TRIES,
    Ask,
    hash_of,
    is_secret,
    latest_of,
    one_at_a_time,
    person_hash,
)
from nextroute.identity.sessions import Proof
from nextroute.tenancy.businesses import Business


class Refusal(StrEnum):
    """Why a link or a code opens nothing (any more)."""

    UNKNOWN = "unknown"  # nobody was given it, or whom it was for has no access left
    USED = "used"
    OVERTAKEN = "overtaken"
    EXPIRED = "expired"
    WRONG = "wrong"
    SPENT = "spent"  # no tries or no time left


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`token` is the session's. `slug` and `email` say where and as whom; `wants_password`: they came to set one;
    `onward`: the page they were on their way to, "" for none."""

    token: str
    slug: str
    email: str
    wants_password: bool = False
    onward: str = ""


@dataclass(frozen=True, slots=True)
class Undecided:
    """The mailbox is proven; which of several businesses, this browser (by its secret) is to say: `choosing.choose`."""


type Outcome = SignedIn | Undecided | Refusal


@dataclass(frozen=True, slots=True)
class Sight:
    """What a link would open: one business, or several at the shared address; or why it opens none."""

    ask: Ask | None
    businesses: list[Business]
    refusal: Refusal | None


def look(token: str, *, now: datetime) -> Sight:
    """What the link with this token is about. Changes nothing."""
    with transaction.atomic():
        ask = _of_link(token)
        if ask is None:
            return Sight(None, [], Refusal.UNKNOWN)
        businesses = mailboxes.businesses(ask)
        return Sight(ask, businesses, _shut(ask, now) or (None if businesses else Refusal.UNKNOWN))


@verb
def by_link(token: str, *, browser: str, asker: Asker, now: datetime) -> Outcome:
    """Redeem a link in the browser with this secret."""
    if (seen := _of_link(token)) is None:
        return Refusal.UNKNOWN
    one_at_a_time(seen.email)
    if (ask := _of_link(token)) is None:
        return Refusal.UNKNOWN  # outlived, and purged just now
    return _shut(ask, now) or _proven(ask, browser, asker, Proof.LINK, now)


@verb
def by_code(browser: str, typed: str, *, asker: Asker, now: datetime) -> Outcome:
    """Redeem a code in the browser that asked for it; each of its open asks for that person has five tries.

    An ask that ended, or that nobody was found for, counts tries like any other, so that nothing is told by it.
    """
    if (latest := latest_of(browser)) is None:
        return Refusal.UNKNOWN
    one_at_a_time(latest.email)
    if not (asks := _try(latest, now)):
        return Refusal.SPENT
    matching = [ask for ask in asks if ask_secrets.has_code(ask, typed) and _shut(ask, now) is None]
    return _proven(matching[0], browser, asker, Proof.CODE, now) if matching else Refusal.WRONG


def arrive_at(ask: Ask, business_id: UUID, asker: Asker, by: Proof, now: datetime) -> Outcome:
    """Begin the session the ask has earned, at one of the businesses it opens. In the verb's transaction."""
    login = mailboxes.login_at(business_id, ask.email)
    if login is None:
        return Refusal.UNKNOWN
    with scope.business(business_id):
        token = arrivals.arrive(login, by=by, asker=asker, now=now)
    return SignedIn(token, login.business.slug, ask.email, ask.wants_password, ask.onward)


def _of_link(token: str) -> Ask | None:
    if not is_secret(token):
        return None
    with scope.presenting(hash_of(token)):
        return Ask.objects.filter(token_hash=hash_of(token)).first()


def _shut(ask: Ask, now: datetime) -> Refusal | None:
    if ask.ended_at:
        return Refusal.USED if ask.ended_by in (Ask.End.LINK, Ask.End.CODE) else Refusal.OVERTAKEN
    return Refusal.EXPIRED if ask.expires_at is None or ask.expires_at <= now else None


def _try(latest: Ask, now: datetime) -> list[Ask]:
    """Take one try from each ask of this browser for this person that has one left; those, the newest first."""
    with scope.presenting(latest.browser_hash):
        theirs = Ask.objects.filter(browser_hash=latest.browser_hash, person_hash=latest.person_hash)
        fresh = Q(expires_at=None) | Q(expires_at__gt=now)
        asks = list(theirs.filter(fresh, tries__lt=TRIES).order_by("-asked_at"))
        Ask.objects.filter(pk__in=[ask.pk for ask in asks]).update(tries=F("tries") + 1)
    return asks


def _proven(ask: Ask, browser: str, asker: Asker, by: Proof, now: datetime) -> Outcome:
    """The mailbox is theirs: this ask is used, all others of the person end, and they are in, or asked where to."""
    if not (businesses := mailboxes.businesses(ask)):
        return Refusal.UNKNOWN
    undecided = len(businesses) > 1
    with scope.presenting(str(ask.pk)):
        if not Ask.objects.filter(pk=ask.pk).end(Ask.End(by), now=now):
            return Refusal.USED
        if undecided:
            bound = {"browser_hash": hash_of(browser), "choose_until": now + LIFETIME}
            Ask.objects.filter(pk=ask.pk).update(**bound)
    for place in (None, *(business.pk for business in businesses)):
        _end_others(place, ask.email, now)
    return Undecided() if undecided else arrive_at(ask, businesses[0].pk, asker, by, now)


def _end_others(business_id: UUID | None, email: str, now: datetime) -> None:
    person = person_hash(business_id, email)
    with scope.presenting(person):
        Ask.objects.filter(person_hash=person).end(Ask.End.OVERTAKEN, now=now)
