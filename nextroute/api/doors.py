"""The door of the webhooks: what must hold before a provider is listened to, and how it is told that it does not."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from nextroute.identity import throttling
from nextroute.tenancy import businesses
from nextroute.tenancy.links import Link
from nextroute.web.askers import address_of
from nextroute.web.audiences import View, audience


class WebhookRequest(HttpRequest):
    """A provider's, or what claims to be one's. `now` (UTC) is the same throughout."""

    link: Link
    now: datetime


class Unproven(Exception):
    """It is not shown that this is the provider."""


class Malformed(Exception):
    """It cannot be read."""


def webhook(*, because: str, unproven: int = 403, too_large: int = 413) -> Callable[[View], View]:
    """A view for a provider, which proves itself; `because` says how. It may raise Unproven and Malformed.

    `unproven`, `too_large`: the statuses a provider expects.

    A cookie opens nothing here, so there is no form to protect from elsewhere.
    """

    def with_door(view: View) -> View:
        @csrf_exempt
        @audience("provider", because)
        @wraps(view)
        def door(request: WebhookRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            request.now = businesses.utc_now()
            if request.method != "POST":
                return refused(405, "post_only", Allow="POST")
            try:
                _ = request.body  # kept: whoever checks a signature reads it again
                return view(request, *args, **kwargs)
            except RequestDataTooBig:
                return refused(too_large, "too_large")
            except (Malformed, UnreadablePostError):
                return refused(400, "malformed")
            except Unproven:
                return _unproven(request, unproven)

        return door

    return with_door


def refused(status: int, error: str, **headers: str) -> HttpResponse:
    """What is wrong, for a machine."""
    return JsonResponse({"error": error}, status=status, headers=headers)


def _unproven(request: WebhookRequest, status: int) -> HttpResponse:
    if wait := throttling.bad_signature(address_of(request), now=request.now):
        return refused(429, "too_many_tries", **{"Retry-After": str(wait)})
    return refused(status, "not_proven")
