"""Choosing: a mailbox that several businesses know is proven, and its browser says which of them it is to be."""

from datetime import datetime

from django.db import transaction

from nextroute.core import scope
from nextroute.core.verbs import verb
from nextroute.identity import mailboxes
from nextroute.identity.arrivals import Asker
from nextroute.identity.asks import Ask, hash_of, is_secret, one_at_a_time
from nextroute.identity.redeeming import Outcome, Refusal, arrive_at
from nextroute.identity.sessions import Proof
from nextroute.tenancy.businesses import Business


def choices(browser: str, *, now: datetime) -> list[Business]:
    """The businesses a proven but undecided browser may choose from; none otherwise."""
    with transaction.atomic():
        ask = _undecided(browser, now)
        return mailboxes.businesses(ask) if ask else []


@verb
def choose(browser: str, key: str, *, asker: Asker, now: datetime) -> Outcome:
    """Begin the session of an undecided browser at the business with this key."""
    if (seen := _undecided(browser, now)) is None:
        return Refusal.UNKNOWN
    one_at_a_time(seen.email)
    ask = _undecided(browser, now)
    chosen = next((one for one in mailboxes.businesses(ask) if str(one.pk) == key), None) if ask else None
    if ask is None or chosen is None:
        return Refusal.UNKNOWN
    with scope.presenting(str(ask.pk)):
        Ask.objects.filter(pk=ask.pk).update(choose_until=None)
    return arrive_at(ask, chosen.pk, asker, Proof(ask.ended_by), now)


def _undecided(browser: str, now: datetime) -> Ask | None:
    if not is_secret(browser):
        return None
    with scope.presenting(hash_of(browser)):
        proven = Ask.objects.filter(browser_hash=hash_of(browser), choose_until__gt=now)
        return proven.order_by("-ended_at").first()
