"""What a customer asked for: the list, one of them, and taking it back."""

import re
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_safe

from nextroute.core.errors import Refused
from nextroute.portal import may, undoing
from nextroute.portal.askers import login_of
from nextroute.portal.doors import customer_page
from nextroute.portal.photos import picture
from nextroute.portal.requests import CustomerRequest
from nextroute.service_requests import answering, listing, words
from nextroute.service_requests.kinds import Kind, State
from nextroute.service_requests.listing import After, Rank
from nextroute.service_requests.requests import ServiceRequest
from nextroute.service_requests.words import Description
from nextroute.ui.pages import page

ROWS = 25
# The rank and the key of a row, as a page's address names it: 2.0197…
_ROW = re.compile(r"([012])\.([0-9a-f-]{36})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """A request in words. Local days: `asked_on`; `day`, which it is about."""

    request: ServiceRequest
    state: State
    said: Description
    asked_on: date
    day: date | None

    @property
    def lost(self) -> bool:
        """Whether it was arranged, and lost its day since."""
        return self.state is State.PENDING and self.request.answer_state == State.APPROVED


@require_safe
@customer_page
def all_requests(request: CustomerRequest) -> HttpResponse:
    after = _after(request)
    found = listing.of(request.customer, today=request.today, rows=ROWS, after=after)
    if after and not found.requests:
        raise Http404("There is nothing after that request.")
    by_rank = groupby(found.requests, key=lambda one: Rank(vars(one)["rank"]))
    further = {"after": f"{found.further.rank.value}.{found.further.id}"} if found.further else None
    return page(
        request,
        "portal/requests.html",
        groups=[(rank.name.lower(), [_line(one, request) for one in ranked]) for rank, ranked in by_rank],
        more_link=request.link("portal_requests", query=further) if further else None,
        first_link=request.link("portal_requests") if after else None,
        may=may.of(request),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
def service_request(request: CustomerRequest, key: UUID) -> HttpResponse:
    """One of them, what came of it, and taking it back. Pressed twice, that is done once."""
    found, refusal = _found(request, key), ""
    if request.method == "POST":
        try:
            if found.answer_state != State.WITHDRAWN:
                answering.withdraw(request=found, actor=login_of(request), now=request.now)
            return to(request, found, "withdrawn")
        except Refused as refused:
            refusal = refused.sentence
    return page(
        request,
        "portal/request.html",
        status=422 if refusal else 200,
        line=_line(found, request),
        until=undoing.until(found, request),
        again=_again(found, request),
        refusal=refusal,
        done=request.GET.get("done", ""),
    )


@require_safe
@customer_page
def request_photo(request: CustomerRequest, key: UUID) -> HttpResponse:
    return picture(request, _found(request, key).photo_digest)


@require_safe
@customer_page
def small_request_photo(request: CustomerRequest, key: UUID) -> HttpResponse:
    return picture(request, _found(request, key).small_photo_digest)


def to(request: CustomerRequest, found: ServiceRequest, done: str) -> HttpResponse:
    """To the page of a request on which something was just done: "sent", "arranged" or "withdrawn"."""
    return HttpResponseRedirect(request.link("portal_request", key=str(found.pk), query={"done": done}))


def to_asked(request: CustomerRequest, found: ServiceRequest) -> HttpResponse:
    """To the page of a request that was just made: it waits, or it took effect at once."""
    return to(request, found, "sent" if found.answer_state == State.PENDING else "arranged")


def _found(request: CustomerRequest, key: UUID) -> ServiceRequest:
    found: ServiceRequest | None = request.customer.service_requests.in_words().filter(pk=key).first()
    if found is None:
        raise Http404("This customer has no such request.")
    found.customer, found.business = request.customer, request.business
    return found


def _line(one: ServiceRequest, request: CustomerRequest) -> Line:
    one.business = request.business
    day = one.extra.day if one.extra else one.expires_after if one.kind == Kind.SKIP else one.day
    asked_on = request.business.here(one.asked_at).date()
    return Line(one, one.state(request.today), words.describe(one, request.today), asked_on, day)


def _again(one: ServiceRequest, request: CustomerRequest) -> str:
    """Where the same kind of thing can be asked for once more; "" where it cannot."""
    offered = may.of(request)
    if one.kind == Kind.EXTRA and offered.extra:
        return request.link("portal_new_extra")
    if one.kind == Kind.PLAN_CHANGE and offered.change_plan:
        return request.link("portal_plans")
    if one.kind == Kind.HOLD and offered.hold:
        return request.link("portal_new_hold")
    return ""


def _after(request: CustomerRequest) -> After | None:
    """The row that `after=` says a page begins after; none: the first page. Raises Http404 for nonsense."""
    asked = request.GET.get("after", "")
    found = _ROW.fullmatch(asked)
    if not asked:
        return None
    try:
        if found:
            return After(Rank(int(found[1])), UUID(found[2]))
    except ValueError:
        pass
    raise Http404("There is no such page of requests.")
