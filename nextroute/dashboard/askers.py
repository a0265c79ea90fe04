"""Who is asking, as the verbs want to be told."""

from dataclasses import replace

from nextroute.core.actors import Actor, ActorKind
from nextroute.dashboard.requests import StaffRequest
from nextroute.ui.requests import PageRequest
from nextroute.web.askers import address_of


def anybody(request: PageRequest) -> Actor:
    """Somebody at the door, of whom nothing is known but where they are."""
    return Actor(ActorKind.STAFF, None, address_of(request), request.headers.get("User-Agent", ""))


def member_of(request: StaffRequest) -> Actor:
    """Somebody of the staff who is signed in."""
    return replace(anybody(request), id=request.member.user_id)
