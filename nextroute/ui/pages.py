"""Every page's shell: what views call to answer, and the pages for what is missing, forbidden or broken."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.template.backends.utils import csrf_input_lazy
from django.template.loader import get_template, render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.http import escape_leading_slashes

from nextroute.core import words
from nextroute.ui import stylesheet as sheet
from nextroute.ui.brand import Brand

ENGINE = "jinja"
FOREVER = "public, max-age=31536000, immutable"

type Link = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Tab:
    """One of an audience's places, in the bar at a phone's foot. `icon`: a name in ui/icons.html; `count`: how
    many things wait there.
    """

    label: str
    icon: str
    href: str
    current: bool = False
    count: int = 0


def page(request: HttpRequest, template: str, /, *, status: int = 200, **context: object) -> HttpResponse:
    """Answer with a template in the business's shell. Nobody else may keep it."""
    html = render_to_string(template, {**_shell(request), **context}, request=request, using=ENGINE)
    answer = _private(html, status)
    if wants_fragment(request) and request.method == "GET":  # a page within a page helps nobody: it is gone to instead
        answer.headers["HX-Redirect"] = escape_leading_slashes(request.get_full_path())
    return answer


def fragment(
    request: HttpRequest, template: str, block: str, /, *, status: int = 200, **context: object
) -> HttpResponse:
    """Answer htmx with one block of the template that page() draws whole, given the same context."""
    drawn = get_template(template, using=ENGINE).template  # type: ignore[attr-defined] # Jinja2's own
    names = drawn.new_context(
        {**_shell(request), "request": request, "csrf_input": csrf_input_lazy(request), **context}
    )
    next(drawn.root_render_func(names))  # up to the first of the shell: by then imports are known, and who extends whom
    return _private("".join(names.blocks[block][0](names)), status)


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks, for a part of the page that it shows already."""
    return request.headers.get("HX-Request") == "true"


def _private(html: str, status: int) -> HttpResponse:
    return HttpResponse(html, status=status, headers={"Cache-Control": "private, no-store", "Vary": "HX-Request"})


def _shell(request: HttpRequest) -> dict[str, object]:
    """What every page needs, from the request's attributes; before a business is known it has none of them."""
    known = vars(request)
    return {
        "brand": known.get("brand"),
        "brand_css_url": known.get("brand_css_url", ""),
        "favicon_url": known.get("favicon_url", ""),
        "link": known.get("link"),
        "home": home_of(request),
        "person": known.get("person", ""),
        "others": known.get("others", False),
        "tabs": known.get("tabs", ()),
        "today": known.get("today"),
        "lang": words.lang(),
        "stylesheet_url": sheet.href(),
    }


def home_of(request: HttpRequest) -> str:
    """The name of the page one goes back to: the first of the audience below whose address this was asked for."""
    link = vars(request).get("link")
    return "dashboard_home" if link and request.path.startswith(link("dashboard_home")) else "portal_home"


def stylesheet(request: HttpRequest, digest: str) -> HttpResponse:
    """The stylesheet, for ever under its digest; an older digest gets today's, but may not keep it."""
    cached = FOREVER if digest == sheet.digest() else "no-cache"
    response = HttpResponse(content_type="text/css; charset=utf-8", headers={"Cache-Control": cached})
    patch_vary_headers(response, ["Accept-Encoding"])
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.content = sheet.gzipped()
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.content = sheet.css().encode()
    return response


def not_found(request: HttpRequest, _exception: Exception | None = None) -> HttpResponse:
    """Nothing here, or nothing this person may know of."""
    return page(request, "ui/404.html", status=404)


def forbidden(request: HttpRequest, _exception: Exception | None = None) -> HttpResponse:
    """Here, but not for this person."""
    return page(request, "ui/403.html", status=403, stale=False)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """A form sent from a page that was open too long, or from elsewhere (Django's CSRF_FAILURE_VIEW)."""
    return page(request, "ui/403.html", status=403, stale=True)


def broken(request: HttpRequest) -> HttpResponse:
    """Something of ours failed. Asks no database: it draws only a brand that is already at hand."""
    return page(_calm(request), "ui/500.html", status=500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """We are closed for a moment, and say so without a database."""
    response = page(_calm(request), "ui/503.html", status=503)
    response.headers["Retry-After"] = "60"
    return response


def too_often(request: HttpRequest, wait: int) -> HttpResponse:
    """Somebody is asked to come back in `wait` seconds."""
    response = page(request, "ui/503.html", status=429)
    response.headers["Retry-After"] = str(wait)
    return response


def _calm(request: HttpRequest) -> HttpRequest:
    """A request stripped of everything that might have to be fetched."""
    calm, brand = HttpRequest(), vars(request).get("brand")
    if type(brand) is Brand:  # never a lazy one
        vars(calm).update(brand=brand, brand_css_url=vars(request).get("brand_css_url", ""))
    calm.META, calm.method, calm.path = request.META, request.method, request.path
    return calm
