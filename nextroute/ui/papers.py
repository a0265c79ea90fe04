"""Answering with a paper that is named by what it says."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import content_disposition_header, quote_etag

# The browser may keep it, and asks each time whether it still says the same.
ASKED_AGAIN = "private, no-cache"


def paper(request: HttpRequest, *, key: str, name: str, written: Callable[[], bytes]) -> HttpResponse:
    """A PDF to read in the browser, saved as `name`; not `written` for somebody who has the one with this key."""
    etag = quote_etag(key)
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        written(),
        content_type="application/pdf",
        headers={"Content-Disposition": content_disposition_header(as_attachment=False, filename=name) or "inline"},
    )
    response.headers["ETag"], response.headers["Cache-Control"] = etag, ASKED_AGAIN
    patch_vary_headers(response, ["Cookie"])
    return response
