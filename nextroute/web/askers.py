"""Who asks, before anybody knows more of them than their address."""

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The asker's address, as the outermost of our own proxies saw it."""
    seen = request.headers.get("X-Forwarded-For", "").split(",") if settings.PROXIES else [""]
    return seen[-min(settings.PROXIES, len(seen))].strip() or str(request.META.get("REMOTE_ADDR", ""))
