"""The door of the dashboard: which of the staff may see a view, and what must be known before it runs.

`@staff_page()` is for the office, owners and dispatchers; `@staff_page(Role.OWNER)` for these roles alone. What anybody
may see is `@public(because=...)` (web/doors.py).
"""

from collections.abc import Callable, Collection
from functools import partial, wraps
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from nextroute.core import scope
from nextroute.dashboard import cookies, tabs
from nextroute.dashboard.requests import StaffRequest
from nextroute.identity import throttling
from nextroute.staff import presence
from nextroute.staff.members import OFFICE, Role
from nextroute.staff.presence import Presence
from nextroute.staff.sessions import Store
from nextroute.tenancy import businesses
from nextroute.ui import brands
from nextroute.ui.pages import page, too_often
from nextroute.ui.requests import PageRequest
from nextroute.web.askers import address_of
from nextroute.web.audiences import View, audience
from nextroute.web.errands import Answer, Errand


def staff_page(*roles: Role) -> Callable[[Callable[..., Answer]], View]:
    """A view for members of staff in these roles: one transaction, in which the database shows their business alone. It
    may return an Errand, for what has to be asked elsewhere first.
    """
    welcome = roles or OFFICE

    def with_door(view: Callable[..., Answer]) -> View:
        @audience("staff")
        @wraps(view)
        def door(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            within = partial(_for_member, request, welcome)
            answer = within(lambda: view(request, *args, **kwargs))
            return answer.done(within) if isinstance(answer, Errand) else answer

        return door

    return with_door


def onward(request: PageRequest) -> str:
    """Where somebody wanted to go before they were asked to sign in: a page of the dashboard, else its first."""
    home, wanted = request.link("dashboard_home"), request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith(home)
    return wanted if ours else home


def _for_member(request: StaffRequest, welcome: Collection[Role], view: Callable[[], Answer]) -> Answer:
    request.now = businesses.utc_now()
    session = Store(cookies.token(request), now=request.now)
    with scope.transaction_of() as become:
        found = presence.of(session, become=become) if session.session_key else None
        if found:
            _introduce(request, found)
            return view() if found.member.role in welcome else _not_theirs(request)
    return _turned_away(request, session)


def _introduce(request: StaffRequest, found: Presence) -> None:
    brands.introduce(request, found.member.business)
    request.presence, request.member = found, found.member
    request.person = str(found.member.user)
    request.others = len(found.memberships) > 1
    request.tabs = tabs.of(request)


def _not_theirs(request: StaffRequest) -> HttpResponse:
    return page(request, "dashboard/forbidden.html", status=403)


def _turned_away(request: PageRequest, session: Store) -> HttpResponse:
    """To the sign-in page, with a word on why; a token that opens nothing is taken back."""
    presented = cookies.token(request)
    wait = throttling.unknown_token(address_of(request), now=request.now) if presented and not session.is_over else 0
    response = too_often(request, wait) if wait else _way_in(request, session)
    if presented:
        cookies.forget_token(response)
    return response


def _way_in(request: PageRequest, session: Store) -> HttpResponse:
    """What was sent is not sent again after signing in, so only what was looked at is found again."""
    query = {}
    if request.method not in ("GET", "HEAD"):
        query["why"] = "unsent"
    else:
        if session.is_over:
            query["why"] = "expired"
        if request.path != request.link("dashboard_home"):
            query["next"] = request.get_full_path()
    return HttpResponseRedirect(request.link("dashboard_sign_in", query=query))
