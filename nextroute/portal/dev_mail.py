"""/dev/mail/: the mail of a demo, kept on this machine and read here. config/kept_mail.py says when there is any.

Its addresses are mounted only where mail is kept, and answer this machine only.
"""

import ipaddress
import re
from collections.abc import Callable
from datetime import UTC
from functools import wraps
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe
from markupsafe import Markup, escape

from nextroute.core import words
from nextroute.notifications import fake
from nextroute.notifications.fake import Letter
from nextroute.portal.requests import PortalRequest
from nextroute.tenancy import businesses
from nextroute.ui.pages import page
from nextroute.web.audiences import View, audience

_PASSED_ON = ("Forwarded", "X-Forwarded-For", "X-Real-IP")
_ADDRESS = re.compile(r"https?://\S+")
_FRAMED: dict[str, list[str]] = {**settings.SECURE_CSP, "frame-src": [CSP.SELF]}
# A mail brings its own styles, may be framed here, and may do nothing but be followed where its links lead.
_MAIL: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "frame-ancestors": [CSP.SELF],
    "form-action": [CSP.NONE],
    "sandbox": ["allow-top-navigation-by-user-activation"],
}


def developer_page(view: View) -> View:
    """A view for whoever sits at this machine; for anybody else it is not there."""

    @audience("developer")
    @wraps(view)
    def door(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _from_here(request):
            raise Http404("Mail is shown on this machine only.")
        request.now = businesses.utc_now()
        return view(request, *args, **kwargs)

    return door


@require_safe
@developer_page
def dev_mail(request: PortalRequest) -> HttpResponse:
    return page(request, "portal/dev_mail.html", letters=fake.letters(_folder()), when=_when(request))


@require_safe
@csp_override(_FRAMED)
@developer_page
def dev_letter(request: PortalRequest, key: UUID) -> HttpResponse:
    letter = _letter(key)
    text = _linked(letter.body("plain"))
    return page(request, "portal/dev_letter.html", letter=letter, text=text, when=_when(request))


@require_safe
@csp_override(_MAIL)
@xframe_options_sameorigin
@developer_page
def dev_letter_html(_request: PortalRequest, key: UUID) -> HttpResponse:
    """The mail as it looks; its links lead out of the frame it may be shown in."""
    html = _letter(key).body("html")
    if not html:
        raise Http404("This message is text only.")
    return HttpResponse(html.replace("<head>", '<head><base target="_top">', 1))


urlpatterns = [
    path("", dev_mail, name="dev_mail"),
    path("<uuid:key>/", dev_letter, name="dev_letter"),
    path("<uuid:key>/html/", dev_letter_html, name="dev_letter_html"),
]


def _from_here(request: HttpRequest) -> bool:
    """Whether the asker is on this machine, and no proxy stands between."""
    try:
        near = ipaddress.ip_address(str(request.META.get("REMOTE_ADDR", ""))).is_loopback
    except ValueError:
        near = False
    return near and not any(name in request.headers for name in _PASSED_ON)


def _folder() -> Path:
    if settings.MAIL_FOLDER is None:
        raise Http404("No mail is kept.")
    return settings.MAIL_FOLDER


def _letter(key: UUID) -> Letter:
    found = fake.letter(_folder(), key)
    if found is None:
        raise Http404("There is no such mail.")
    return found


def _when(request: PortalRequest) -> Callable[[Letter], str]:
    today = request.now.astimezone(UTC).date()

    def when(letter: Letter) -> str:
        return f"{words.day_short(letter.kept_at.date(), today)}, {letter.kept_at:%H:%M:%S} UTC"

    return when


def _linked(text: str) -> Markup:
    """A mail's text, its addresses to be clicked."""
    parts, at = [], 0
    for found in _ADDRESS.finditer(text):
        link = Markup('<a href="{0}">{0}</a>').format(found[0])
        parts += [escape(text[at : found.start()]), link]
        at = found.end()
    return Markup().join([*parts, escape(text[at:])])
