"""The door that is open to anybody, of every audience; the others are each audience's own."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse

from nextroute.tenancy import businesses
from nextroute.web.audiences import View, audience


def public(*, because: str) -> Callable[[View], View]:
    """A view for anybody; `because` says why that is right. The request has its `now` (UTC)."""

    def with_door(view: View) -> View:
        @audience("public", because)
        @wraps(view)
        def door(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            request.now = businesses.utc_now()
            return view(request, *args, **kwargs)

        return door

    return with_door
