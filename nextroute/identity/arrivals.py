"""Arriving: somebody has proven who they are, by whichever way, and their browser is signed in."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core.actors import Actor
from nextroute.identity import browsers, reach, sessions
from nextroute.identity.logins import Login
from nextroute.identity.sessions import Proof
from nextroute.notifications.telling import Notice, Recipient, tell
from nextroute.notifications.triggers import Trigger


@dataclass(frozen=True, slots=True)
class Asker:
    """Who is about to arrive: from where (an actor without an id), and whether their browser has signed in before as
    the login with this e-mail at the business with this slug."""

    actor: Actor
    knows: Callable[[str, str], bool]


def arrive(login: Login, *, by: Proof, asker: Asker, now: datetime) -> str:
    """Begin a session for who has just proven to be this login; returns its token, which is kept nowhere.

    In the business's scope and the caller's transaction; `login.business` is at hand. A browser that is not known makes
    a mail to the login's owner, unless it is the first one ever.
    """
    theirs, before = reach.of(login), login.sessions.exists()
    token = sessions.start(login, customer=theirs.only, user_agent=asker.actor.user_agent, now=now, by=by)
    record(
        Verb.SIGNED_IN,
        actor=replace(asker.actor, id=login.pk),
        business_id=login.business_id,
        subject=login,
        label=by,
        customer_id=theirs.recipient.customer_id,
    )
    if before and not asker.knows(login.business.slug, login.email):
        _warn(login, theirs.recipient, asker.actor, now)
    return token


def _warn(login: Login, owner: Recipient, actor: Actor, now: datetime) -> None:
    browser, system = browsers.family(actor.user_agent)
    facts = {"at": now.isoformat(), "browser": browser, "system": system}
    tell(Trigger.NEW_SIGN_IN, login.business_id, [Notice(owner, facts)], now=now)
