"""The customer's visits in their own calendar: the page that gives the address out, and what is at the address."""

from datetime import datetime
from hashlib import sha256

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_http_methods, require_safe

from nextroute.core import scope
from nextroute.core.days import midnight_in
from nextroute.core.scope import Become
from nextroute.identity import throttling
from nextroute.portal import askers, calendar_text
from nextroute.portal.calendar_file import KIND, ical
from nextroute.portal.doors import customer_page, public
from nextroute.portal.requests import BusinessRequest, CustomerRequest
from nextroute.scheduling import calendar_news, feeds
from nextroute.scheduling.feeds import CalendarFeed
from nextroute.ui import brands
from nextroute.ui.pages import page, too_often
from nextroute.web.askers import address_of

FRESH = 300  # seconds for which a calendar need not ask again


@require_http_methods(["GET", "HEAD", "POST"])
@customer_page
def calendar(request: CustomerRequest) -> HttpResponse:
    """Where a customer gets, changes and takes back the address of their feed."""
    if request.method == "POST":
        done = _do(request, request.POST.get("do", ""))
        return HttpResponseRedirect(request.link("portal_calendar", query={"done": done}))
    feed = feeds.of(request.customer)
    return page(
        request,
        "portal/calendar.html",
        standing=feed is not None,
        addresses=_addresses(request, feed.token) if feed and feed.token else None,
        done=request.GET.get("done", ""),
    )


def _do(request: CustomerRequest, wish: str) -> str:
    """What was done. Raises Http404 for what cannot be."""
    actor, now = askers.login_of(request), request.now
    match wish:
        case "open":
            feeds.open(customer=request.customer, actor=actor, now=now)
        case "renew":
            feeds.renew(customer=request.customer, actor=actor, now=now)
        case "revoke":
            if feed := feeds.of(request.customer):
                feeds.revoke(feed=feed, actor=actor, now=now)
        case _:
            raise Http404("There is nothing of that name to do.")
    return wish


def _addresses(request: CustomerRequest, token: str) -> dict[str, str]:
    """The feed's address, and where each kind of calendar takes it."""
    plain = request.link("portal_calendar_feed", token=token, absolute=True)
    webcal = request.link("portal_calendar_feed", token=token, scheme="webcal")
    return {
        "plain": plain,
        "apple": webcal,
        "google": request.link("google_calendar", query={"cid": webcal}),
        "outlook": request.link("outlook_calendar", query={"url": plain, "name": request.business.name}),
    }


@require_safe
@public(because="a calendar cannot sign in: whoever knows the address may read the feed, until it is taken back")
def calendar_feed(request: BusinessRequest, token: str) -> HttpResponse:
    """The feed with this token; nothing, in the same words, when it was taken back or never given to anybody."""
    feed = feeds.presented(token)
    if feed is None:
        return _nothing_here(request)
    if wait := throttling.feed(str(feed.pk), now=request.now):
        return too_often(request, wait)
    with scope.transaction_of() as become:
        answer = _read(request, feed, become)
    return answer or _nothing_here(request)


def _read(request: BusinessRequest, feed: CalendarFeed, become: Become) -> HttpResponse | None:
    customer = feeds.served(feed, become)
    if customer is None:
        return None
    brands.introduce(request, customer.business, language=customer.language)
    say = calendar_text.saying(customer.business.name)
    events = calendar_news.bring_up_to_date(feed, customer, say, today=request.today, now=request.now)
    if events is None:
        return None
    # Days leave and enter it with each midnight, whatever else changes.
    midnight = midnight_in(customer.business.timezone, request.today)
    changed_at = max([midnight, *(event.changed_at for event in events)])
    return _file(request, ical(events, customer.business, today=request.today), changed_at)


def _file(request: BusinessRequest, content: bytes, changed_at: datetime) -> HttpResponse:
    """The file, or word that the calendar has it already."""
    etag, changed = f'"{sha256(content).hexdigest()[:32]}"', int(changed_at.timestamp())
    headers = {"Cache-Control": f"private, max-age={FRESH}", "ETag": etag, "Last-Modified": http_date(changed)}
    answer = HttpResponse(content, content_type=KIND, headers=headers)
    return get_conditional_response(request, etag=etag, last_modified=changed, response=answer) or answer


def _nothing_here(request: BusinessRequest) -> HttpResponse:
    """Raises Http404, unless the asker tries many."""
    if wait := throttling.unknown_feed(address_of(request), now=request.now):
        return too_often(request, wait)
    raise Http404("There is no such calendar feed.")
