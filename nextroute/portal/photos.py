"""The pictures of one's visits. What one address answers never changes, so a browser may keep it."""

import logging
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from nextroute.core import files, pictures
from nextroute.portal.doors import customer_page
from nextroute.portal.requests import CustomerRequest
from nextroute.scheduling.photos import Photo

log = logging.getLogger(__name__)

# By whoever is signed in now, and nobody between: with another session's cookie the browser asks again.
KEPT = "private, max-age=31536000, immutable"


@require_safe
@customer_page
def photo(request: CustomerRequest, photo: UUID) -> HttpResponse:
    found = _found(request, photo)
    return picture(request, found.digest, found.content_type)


@require_safe
@customer_page
def small_photo(request: CustomerRequest, photo: UUID) -> HttpResponse:
    found = _found(request, photo)
    return picture(request, found.small_digest, found.content_type)


def _found(request: CustomerRequest, key: UUID) -> Photo:
    found: Photo | None = request.customer.photos.filter(pk=key).first()
    if found is None:
        raise Http404("This customer has no such photo.")
    return found


def picture(request: CustomerRequest, digest: str, content_type: str = pictures.CONTENT_TYPE) -> HttpResponse:
    """The bytes kept under a digest, which the customer's own row named. Raises Http404 when there are none."""
    if not digest:
        raise Http404("There is no picture.")
    etag = quote_etag(digest)
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        _bytes(digest), content_type=content_type, headers={"Content-Disposition": "inline"}
    )
    response.headers["ETag"], response.headers["Cache-Control"] = etag, KEPT
    patch_vary_headers(response, ["Cookie"])
    return response


def _bytes(digest: str) -> bytes:
    try:
        return files.read(digest)
    except FileNotFoundError as fault:
        log.error("A photo's bytes are not under NEXTROUTE_FILES: %s", digest)
        raise Http404("The bytes of this photo are lost.") from fault
