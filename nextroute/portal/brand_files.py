"""The two small files that carry a business's colours, for ever under an address that changes with them."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from nextroute.portal.doors import enter, public
from nextroute.portal.requests import BusinessRequest
from nextroute.ui import brand as look
from nextroute.ui.pages import FOREVER


@require_safe
@public(because="the sign-in page is drawn with it")
def brand_css(request: BusinessRequest, slug: str, version: str) -> HttpResponse:
    enter(request, slug)
    brand = request.brand
    return _file(look.stylesheet(brand.primary_color, brand.accent_color), "text/css", version == brand.version)


@require_safe
@public(because="the sign-in page is drawn with it")
def icon(request: BusinessRequest, slug: str, version: str) -> HttpResponse:
    enter(request, slug)
    brand = request.brand
    return _file(look.favicon(brand), "image/svg+xml", version == brand.version)


def _file(content: str, kind: str, current: bool) -> HttpResponse:
    """An older version's address gets today's, but may not keep it."""
    cached = FOREVER if current else "no-cache"
    return HttpResponse(content, content_type=f"{kind}; charset=utf-8", headers={"Cache-Control": cached})
