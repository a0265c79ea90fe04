"""What is said when a page cannot be: a calm sentence, in the business's look where it is known, never a trace."""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import cast

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from psycopg_pool import PoolTimeout

from nextroute.portal import cookies
from nextroute.portal.doors import enter
from nextroute.portal.requests import BusinessRequest
from nextroute.tenancy import businesses
from nextroute.ui import pages

log = logging.getLogger(__name__)


class Calm:
    """Middleware: nobody else keeps an answer unless it says so, and a database that is away is a page that says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if not isinstance(problem, OperationalError | InterfaceError | PoolTimeout):
            return None
        cause = problem.__cause__ or problem
        log.error("The database did not answer: %s", type(cause).__name__)  # its words may name people
        return pages.unavailable(request)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's
    """Not to be understood, or sent to a host that is not ours; its headers are not asked for anything more."""
    return pages.page(request, "ui/404.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return pages.forbidden(_branded(request), exception)


def forbidden_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: the page was open too long, or the form is somebody else's."""
    match = request.resolver_match
    return pages.stale_form(_branded(request, match.kwargs.get("slug", "") if match else ""), reason)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return pages.not_found(_branded(request), exception)


def broken(request: HttpRequest) -> HttpResponse:
    return pages.broken(request)


def _branded(request: HttpRequest, slug: str = "") -> HttpRequest:
    """At this business, else the one the browser remembers, if it is at none yet and the database can be asked.

    What a customer's browser remembers says nothing of the staff's pages.
    """
    slug = slug or cookies.remembered(request)
    if slug and "brand" not in vars(request) and pages.home_of(request) == "portal_home":
        at_business = cast("BusinessRequest", request)
        at_business.now = businesses.utc_now()
        with suppress(Http404, DatabaseError, InterfaceError, PoolTimeout):
            enter(at_business, slug)
    return request
