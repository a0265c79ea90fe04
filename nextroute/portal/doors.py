"""The doors of the portal: who may see a view, and what must be known before it runs.

Every view names its audience: `@customer_page` acts for one customer, `@login_page` and `@login_action` are for
somebody signed in who may not have said for whom yet, `@public(because=...)` (web/doors.py) is for anybody. A system
check refuses a view that names none (web/audiences.py).
"""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.db import OperationalError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext

from nextroute.core import scope
from nextroute.core.scope import Become, Scope
from nextroute.core.verbs import collided
from nextroute.identity import presence, throttling
from nextroute.identity.presence import Over, Presence
from nextroute.portal import cookies, onward
from nextroute.portal.requests import BusinessRequest, CustomerRequest, LoginRequest, PortalRequest
from nextroute.portal.sign_in_forms import EmailForm
from nextroute.tenancy import businesses
from nextroute.ui import brands
from nextroute.ui.pages import Tab, page, too_often
from nextroute.web.askers import address_of
from nextroute.web.audiences import View, audience
from nextroute.web.doors import public as public  # so that all doors of the portal are found here
from nextroute.web.errands import Answer, Errand

# Pages that are reached through another, whose tab stays the current one.
_WITHIN = dict.fromkeys(
    (
        "portal_history", "portal_calendar", "portal_holds", "portal_new_hold", "portal_hold", "portal_change_hold",
        "portal_lift_hold", "portal_skip", "portal_new_extra", "portal_plans", "portal_change_plan", "portal_cancel",
        "portal_problem",
    ),
    "portal_schedule",
) | dict.fromkeys(
    (
        "portal_invoice", "portal_draft", "portal_payments", "portal_payment", "portal_pay", "portal_statement",
        "portal_autopay",
    ),
    "portal_invoices",
)  # fmt: skip


def customer_page(view: Callable[..., Answer]) -> View:
    """A view for somebody acting for `request.customer`: one transaction, in which the database shows theirs alone. It
    may return an Errand, for what has to be asked elsewhere first.
    """

    @audience("customer")
    @wraps(view)
    def door(request: CustomerRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        within = partial(_for_customer, request)
        answer = within(lambda: view(request, *args, **kwargs))
        return answer.done(within) if isinstance(answer, Errand) else answer

    return door


def login_page(view: View) -> View:
    """A view for somebody signed in, in the business's scope: it reaches rows through `request.presence` only."""

    @audience("login")
    @wraps(view)
    def door(request: LoginRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _signed_in(request, lambda _: view(request, *args, **kwargs))

    return door


def login_action(view: View) -> View:
    """The same for a view that hashes, which is slow: it runs when the look at who asks is over, in no transaction."""

    @audience("login")
    @wraps(view)
    def door(request: LoginRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        turned_away = _signed_in(request, lambda _: None)
        return turned_away or view(request, *args, **kwargs)

    return door


def enter[T](request: BusinessRequest, slug: str, then: Callable[[], T | None] = lambda: None) -> T | None:
    """For a public view: be at the business with this slug, and do something in its scope. Raises Http404."""
    with scope.transaction_of() as become:
        business = presence.at(slug, become=become)
        if business is None:
            raise Http404("There is no such business.")
        brands.introduce(request, business)
        return then()


def shared_door(request: PortalRequest, form: EmailForm, *, status: int = 200, wait: int = 0) -> HttpResponse:
    """The way in at the shared address, before it is known whose customer this is."""
    slowed = {"throttled_seconds": wait or None, "action": _shared_way_in(request, onward.asked(request))}
    response = page(request, "portal/shared_sign_in.html", status=status, form=form, **slowed)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def _for_customer(request: CustomerRequest, view: Callable[[], Answer]) -> Answer:
    def answer(become: Become) -> Answer:
        customer = request.presence.customer
        if customer is None:
            query = onward.query(onward.here(request))
            return HttpResponseRedirect(request.link("portal_choose_customer", query=query))
        request.customer = customer
        become(Scope(request.business.pk, customer.pk))
        return view()

    return _signed_in(request, answer)


def _signed_in[R: HttpResponse | Errand[Any] | None](
    request: LoginRequest, view: Callable[[Become], R]
) -> R | HttpResponse:
    """Answer with the view, in one transaction, if the browser's session is alive; else show the way in.

    Two requests that collided are not the asker's business: the one that had to go is answered once more.
    """
    request.now = businesses.utc_now()
    token = cookies.token(request)
    if not token:
        return _way_in(request, None)
    try:
        return _answered(request, token, view)
    except OperationalError as fault:
        if not collided(fault):
            raise
        return _answered(request, token, view)


def _answered[R: HttpResponse | Errand[Any] | None](
    request: LoginRequest, token: str, view: Callable[[Become], R]
) -> R | HttpResponse:
    with scope.transaction_of() as become:
        found = presence.of(token, now=request.now)
        if isinstance(found, Presence):
            _introduce(request, found)
            return view(become)
    return _turned_away(request, found)


def _introduce(request: LoginRequest, found: Presence) -> None:
    customer = found.customer
    brands.introduce(request, found.business, language=customer.language if customer else "")
    request.presence = found
    request.person = str(customer) if customer else ""
    request.others = len(found.customers) > 1
    request.tabs = _tabs(request) if customer else []


def _tabs(request: LoginRequest) -> list[Tab]:
    here = request.resolver_match.url_name or "" if request.resolver_match else ""
    here = _WITHIN.get(here, here)
    places = [
        ("portal_home", "house", gettext("Home")),
        ("portal_schedule", "calendar-days", gettext("Schedule")),
        ("portal_invoices", "receipt-text", gettext("Invoices")),
    ]
    return [Tab(label, icon, request.link(name), current=name == here) for name, icon, label in places]


def _turned_away(request: PortalRequest, found: Over | None) -> HttpResponse:
    """A token that opens nothing is taken back."""
    if not found and (wait := throttling.unknown_token(address_of(request), now=request.now)):
        response = too_often(request, wait)
    else:
        response = _way_in(request, found)
    cookies.forget_token(response)
    return response


def _way_in(request: PortalRequest, found: Over | None) -> HttpResponse:
    """The business's own sign-in page, with a word on why; without a known business, the shared address. From either
    it goes on to the page that was asked for."""
    slug = found.business.slug if found and found.business else cookies.remembered(request)
    wanted = onward.here(request)
    if slug:
        why = "unsent" if request.method == "POST" else "expired" if found and found.expired else ""
        query = onward.query(wanted, **({"why": why} if why else {}))
        return HttpResponseRedirect(request.link("portal_sign_in", slug=slug, query=query))
    if request.path == request.link("portal_home"):
        return shared_door(request, EmailForm())
    return HttpResponseRedirect(_shared_way_in(request, wanted) if wanted else request.link("portal_home"))


def _shared_way_in(request: PortalRequest, wanted: str) -> str:
    return request.link("portal_shared_sign_in", query=onward.query(wanted))
