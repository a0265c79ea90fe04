"""Minting: the worker finds out who it may be that asked, and owes them one mail with a link and a code."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import jobs, scope
from nextroute.core.verbs import verb
from nextroute.identity import ask_secrets, mailboxes, reach
from nextroute.identity.asks import LIFETIME, MINT, SOON, Ask, hash_of, one_at_a_time, waiting
from nextroute.identity.logins import Login
from nextroute.notifications.telling import Notice, tell
from nextroute.notifications.triggers import Trigger

MOST_OPEN = 3  # asks of one person; known browsers are counted apart, so that nobody else's push out theirs


@verb
def mint(ask_id: UUID, *, now: datetime) -> bool:
    """Make the ask's link and code and owe the mail; whether there is one. Done once, however often it is asked for.

    Where nobody has that address the ask is minted all the same, but opens nothing: to who asked it looks alike.
    """
    if (seen := _presented(ask_id)) is None:
        return False
    one_at_a_time(seen.email)
    ask = _presented(ask_id)
    if ask is None or ask.minted_at or ask.ended_at:
        return False
    if now - ask.asked_at > LIFETIME:
        _change(ask, ended_at=now, ended_by=Ask.End.LATE)
        return False
    logins = mailboxes.logins(ask)
    _overtake(ask, now)
    _make_secrets(ask, now, opens=bool(logins))
    _owe(ask, logins, now)
    return bool(logins)


def sweep(*, now: datetime) -> int:
    """Wake the minting of every ask whose own wake was lost; how many there are."""
    asks = waiting(now=now)
    for ask_id in asks:
        jobs.defer(MINT, ask_id, priority=SOON)
    return len(asks)


def _presented(ask_id: UUID) -> Ask | None:
    with scope.presenting(str(ask_id)):
        return Ask.objects.filter(pk=ask_id).first()


def _change(ask: Ask, **values: object) -> None:
    with scope.presenting(str(ask.pk)):
        Ask.objects.filter(pk=ask.pk).update(**values)


def _overtake(ask: Ask, now: datetime) -> None:
    """Room for one more: the oldest of the person's open asks ends when there are three already."""
    with scope.presenting(ask.person_hash):
        theirs = Ask.objects.open(now).filter(person_hash=ask.person_hash, known=ask.known).order_by("-minted_at", "id")
        surplus = list(theirs.values_list("pk", flat=True)[MOST_OPEN - 1 :])
        Ask.objects.filter(pk__in=surplus).end(Ask.End.OVERTAKEN, now=now)


def _make_secrets(ask: Ask, now: datetime, *, opens: bool) -> None:
    """Both are derived from the salt; only hashes of them are written down."""
    ask.salt, ask.minted_at, ask.expires_at = secrets.token_hex(16), now, now + LIFETIME
    if opens:
        ask.token_hash = hash_of(ask_secrets.token(ask))
        ask.code_hash = ask_secrets.code_hash(ask, ask_secrets.code(ask))
    names = ("salt", "minted_at", "expires_at", "token_hash", "code_hash")
    _change(ask, **{name: getattr(ask, name) for name in names})


def _owe(ask: Ask, logins: Sequence[Login], now: datetime) -> None:
    """One mail, from where the person has been the longest; an entry in the trail of each business it opens."""
    for login in logins:
        with scope.business(login.business_id):
            owner = reach.of(login).recipient
            record(
                Verb.LINK_ASKED,
                actor=ask.asker,
                business_id=login.business_id,
                subject=login,
                customer_id=owner.customer_id,
            )
            if login is logins[0]:
                notice = Notice(owner, {"ask": str(ask.pk)}, key=str(ask.pk))
                tell(Trigger.SIGN_IN_LINK, login.business_id, [notice], now=now, not_after=ask.expires_at)
