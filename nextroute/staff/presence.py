"""Presence: which member of staff is asking, at which business, read from the browser's session."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.utils.crypto import constant_time_compare

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.scope import Become, Scope
from nextroute.staff.members import Membership
from nextroute.staff.sessions import Store
from nextroute.tenancy.businesses import Business

_AT = "business"


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody who is signed in, as what they act now, and all they may act as."""

    session: Store
    member: Membership
    memberships: Sequence[Membership]

    def businesses(self) -> list[Business]:
        """Where they work, by name. Two statements for each."""
        return sorted((_business(one) for one in self.memberships), key=str)

    def switch(self, key: str, *, actor: Actor) -> bool:
        """Act at the business with this key from now on; False when they do not work there."""
        chosen = next((one for one in self.memberships if str(one.business_id) == key), None)
        if chosen is None:
            return False
        self.session[_AT] = key
        self.session.save()
        with scope.business(chosen.business_id):
            _note(Verb.STAFF_SIGNED_IN, chosen, actor, label="switched")
        return True


def of(session: Store, *, become: Become) -> Presence | None:
    """Who this session is of; none when nobody, or nobody who works anywhere any more.

    Leaves the transaction in the scope of the business they act at, which is at hand with its branding.
    """
    user_id = session.get(SESSION_KEY)
    if user_id is None:
        return None
    memberships = _of_user(user_id, become)
    if not memberships or not _is_current(session, memberships[0]):
        return None
    member = next((one for one in memberships if str(one.business_id) == session.get(_AT)), None)
    if member is None:  # where they acted, they work no more
        member = _first(memberships)
        session[_AT] = str(member.business_id)
        session.save()
    session.touch()
    become(Scope(member.business_id))
    member.business = Business.objects.select_related("branding").get(pk=member.business_id)
    return Presence(session, member, memberships)


def arrive(session: Store, user_id: UUID, *, actor: Actor, become: Become) -> bool:
    """Note in the session where somebody who has just proven who they are acts, the first of their businesses by name.

    False, and nothing is noted, when they work nowhere.
    """
    memberships = _of_user(str(user_id), become)
    if not memberships:
        return False
    member = _first(memberships)
    session[_AT] = str(member.business_id)
    session.begin()
    become(Scope(member.business_id))
    _note(Verb.STAFF_SIGNED_IN, member, actor)
    return True


def leave(session: Store, *, actor: Actor, become: Become) -> None:
    """End the session, and say so where they acted; nothing if it is nobody's."""
    found = of(session, become=become)
    if found:
        _note(Verb.STAFF_SIGNED_OUT, found.member, actor)
    session.flush()


def _of_user(user_id: str, become: Become) -> list[Membership]:
    become(Scope(key=user_id))
    return list(Membership.objects.filter(user=UUID(user_id), user__is_active=True).select_related("user"))


def _is_current(session: Store, member: Membership) -> bool:
    """Whether the password they signed in with is the one they have."""
    return constant_time_compare(session.get(HASH_SESSION_KEY, ""), member.user.get_session_auth_hash())


def _first(memberships: Iterable[Membership]) -> Membership:
    return min(memberships, key=lambda one: str(_business(one)))


def _business(member: Membership) -> Business:
    with scope.business(member.business_id):
        return Business.objects.get(pk=member.business_id)


def _note(verb: Verb, member: Membership, actor: Actor, label: str = "") -> None:
    who = replace(actor, id=member.user_id)
    record(verb, actor=who, business_id=member.business_id, subject=member, label=label)
