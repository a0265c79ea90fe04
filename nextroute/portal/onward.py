"""Onward: the page somebody asked for before they were asked to sign in, kept on every step of the way in.

It travels as `next` in the addresses of our own pages, and in the ask where a mail comes between; never in the mailed
link. Whoever forges it gets a page of the portal or nothing: only a customer's page is known by its address, and that
address is built anew (docs/decisions/0021-onward.md).
"""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.urls import Resolver404, resolve

from nextroute.portal.requests import PortalRequest
from nextroute.tenancy.links import NEXT, Link
from nextroute.web import audiences

LONGEST = 500
# Everybody gets home anyway; and to the others a form is sent, there is nothing to see.
_NOT_THESE = {"portal_home", "portal_autopay_off", "portal_autopay_add", "portal_autopay_method"}


def page(wanted: str, link: Link) -> str:
    """The address of the customer's page that `wanted`, a path with its query, leads to; "" for anything else, and for
    home, where everybody gets to."""
    if len(wanted) > LONGEST:
        return ""
    path, _, query = wanted.partition("?")
    try:
        found = resolve(path)
    except Resolver404:
        return ""
    name = found.url_name or ""
    if audiences.of(found.func) != "customer" or name in _NOT_THESE:
        return ""
    where: dict[str, Any] = {part: str(value) for part, value in found.kwargs.items()}
    return link(name, query=QueryDict(query), **where)


def asked(request: PortalRequest) -> str:
    """The page this address of the way in leads on to; "" for home."""
    return page(request.GET.get(NEXT, ""), request.link)


def here(request: PortalRequest) -> str:
    """The page to lead back to when this one asks to sign in first. What was sent is not sent again: then it is the
    page whose form it was, as far as the browser says."""
    looked_at = request.get_full_path() if request.method in ("GET", "HEAD") else _sent_from(request)
    return page(looked_at, request.link) or asked(request)


def query(wanted: str, **more: str) -> Mapping[str, str] | None:
    """What follows the `?` in an address on the way in that leads on to `wanted`; none for nothing."""
    return {**more, **({NEXT: wanted} if wanted else {})} or None


def _sent_from(request: PortalRequest) -> str:
    ours, referrer = f"{request.scheme}://{request.get_host()}", request.headers.get("Referer", "")
    return referrer.removeprefix(ours) if referrer.startswith(f"{ours}/") else ""
