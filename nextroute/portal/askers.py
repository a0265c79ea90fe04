"""Who is asking, as the verbs want to be told."""

from functools import partial

from nextroute.core.actors import Actor, ActorKind
from nextroute.identity.arrivals import Asker
from nextroute.portal import cookies
from nextroute.portal.requests import LoginRequest, PortalRequest
from nextroute.web.askers import address_of


def anybody(request: PortalRequest) -> Actor:
    """Somebody at the door, of whom nothing is known but where they are."""
    return Actor(ActorKind.CUSTOMER, None, address_of(request), request.headers.get("User-Agent", ""))


def login_of(request: LoginRequest) -> Actor:
    """Somebody who is signed in."""
    known = anybody(request)
    return Actor(known.kind, request.presence.login.pk, known.ip, known.user_agent)


def arriving(request: PortalRequest) -> Asker:
    """Somebody who may be in a moment, and whose browser may be known."""
    return Asker(anybody(request), partial(cookies.knows, request))
