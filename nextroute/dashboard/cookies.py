"""The dashboard's cookies: the session's token, and who has signed in here. The portal's are others."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from nextroute.staff import sessions

_SALT = "nextroute.dashboard.known"
_YEAR = 365 * 24 * 3600
_MOST = 4  # people at one desk


def token(request: HttpRequest) -> str:
    """The session's token as presented, checked by nobody yet; "" when there is none."""
    return request.COOKIES.get(settings.STAFF_COOKIE, "")


def keep_token(response: HttpResponse, token: str) -> None:
    seconds = int(sessions.LIFETIME.total_seconds())
    secure = not settings.DEV
    response.set_cookie(
        settings.STAFF_COOKIE, token, max_age=seconds, secure=secure, httponly=True, samesite="Lax", path="/"
    )


def forget_token(response: HttpResponse) -> None:
    response.delete_cookie(settings.STAFF_COOKIE, samesite="Lax")


def remember(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Note, signed, that this e-mail has signed in with this browser. The e-mail itself is not in it."""
    latest = _mark(email)
    kept = [latest, *(mark for mark in _marks(request) if mark != latest)][:_MOST]
    response.set_signed_cookie(
        settings.STAFF_KNOWN_COOKIE,
        ".".join(kept),
        salt=_SALT,
        max_age=_YEAR,
        secure=not settings.DEV,
        httponly=True,
        samesite="Lax",
    )


def knows(request: HttpRequest, email: str) -> bool:
    """Whether this e-mail has signed in with this browser before."""
    return any(constant_time_compare(mark, _mark(email)) for mark in _marks(request))


def _marks(request: HttpRequest) -> list[str]:
    value = request.get_signed_cookie(settings.STAFF_KNOWN_COOKIE, default="", salt=_SALT, max_age=_YEAR)
    return (value or "").split(".")


def _mark(email: str) -> str:
    return salted_hmac(_SALT, email, algorithm="sha256").hexdigest()[:32]
