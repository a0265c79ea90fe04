"""The only builder of addresses. What stands below is handed `request.link`, and never imports this."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from nextroute.tenancy.businesses import Business
from nextroute.tenancy.links import Link

# Where a business is known by its name in the address.
_BRANDED = {"portal_sign_in", "portal_brand_css", "portal_icon"}
# Where a calendar on the web takes an address to read.
_ELSEWHERE = {
    "google_calendar": "https://calendar.google.com/calendar/r",
    "outlook_calendar": "https://outlook.live.com/calendar/0/addfromweb",
}


def to(
    name: str,
    business: Business | None = None,
    *,
    absolute: bool = False,
    scheme: str = "",
    query: Mapping[str, str] | None = None,
    **where: str,
) -> str:
    """The address of a page by its name in urls.py; `where` are its variable parts, `query` what follows the `?`.

    Absolute for what leaves the site, such as a mail; under another `scheme` for what opens by it, such as a calendar.
    Raises NoReverseMatch for a page there is not.
    """
    if name in _ELSEWHERE:
        return f"{_ELSEWHERE[name]}?{urlencode(query or {}, quote_via=quote)}"
    if business and name in _BRANDED:
        where.setdefault("slug", business.slug)
    path = reverse(name, kwargs=where, query=query or None) if where or query else _fixed(name)
    return origin(scheme) + path if absolute or scheme else path


@cache
def _fixed(name: str) -> str:
    """Of a page whose address has no variable part; each page names a dozen."""
    return reverse(name)


def origin(scheme: str = "") -> str:
    """Scheme (the web's unless another is named) and host of this server."""
    port = f":{settings.PORT}" if settings.PORT else ""
    return f"{scheme or ('http' if settings.DEV else 'https')}://{settings.ALLOWED_HOSTS[0]}{port}"


def for_request(request: HttpRequest) -> Link:
    """`to`, for the business the request turns out to be at."""

    def link(name: str, business: Business | None = None, **parts: Any) -> str:
        return to(name, business or vars(request).get("business"), **parts)

    return link


def handed_down(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: every request has its `link`."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        request.link = for_request(request)  # type: ignore[attr-defined]
        return get_response(request)

    return answer
