"""The only builder of addresses. What stands below is handed `request.link`, and never imports this."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from nextroute.tenancy.businesses import Business
from nextroute.tenancy.links import Link

# Where a business is known by its name in the address.
_BRANDED = {"portal_sign_in", "portal_brand_css", "portal_icon"}


def to(
    name: str,
    business: Business | None = None,
    *,
    absolute: bool = False,
    query: Mapping[str, str] | None = None,
    **where: str,
) -> str:
    """The address of a page by its name in urls.py; `where` are its variable parts, `query` what follows the `?`.

    Absolute for what leaves the site, such as a mail. Raises NoReverseMatch for a page there is not.
    """
    if business and name in _BRANDED:
        where.setdefault("slug", business.slug)
    path = reverse(name, kwargs=where, query=query or None)
    return origin() + path if absolute else path


def origin() -> str:
    """Scheme and host of this server."""
    return f"{'http' if settings.DEV else 'https'}://{settings.ALLOWED_HOSTS[0]}"


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
