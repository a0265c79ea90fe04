"""The portal's two cookies: the session's token, and which business (and as whom) this browser signed in at last."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from nextroute.identity import sessions

_SALT = "nextroute.portal.remembered"
_YEAR = 365 * 24 * 3600


def token(request: HttpRequest) -> str:
    """The session's token as presented, checked by nobody yet; "" when there is none."""
    return request.COOKIES.get(settings.PORTAL_COOKIE, "")


def keep_token(response: HttpResponse, token: str) -> None:
    _set(response, settings.PORTAL_COOKIE, token, int(sessions.LIFETIME.total_seconds()))


def forget_token(response: HttpResponse) -> None:
    response.delete_cookie(settings.PORTAL_COOKIE, samesite="Lax")


def remember(response: HttpResponse, slug: str, email: str) -> None:
    """Note, signed, that this browser signed in at this business as this login. The e-mail itself is not in it."""
    response.set_signed_cookie(
        settings.REMEMBERED_COOKIE,
        f"{slug}.{_mark(slug, email)}",
        salt=_SALT,
        max_age=_YEAR,
        secure=not settings.DEV,
        httponly=True,
        samesite="Lax",
    )


def remembered(request: HttpRequest) -> str:
    """The slug of the business this browser signed in at last; "" when it never did."""
    return _remembered(request)[0]


def knows(request: HttpRequest, slug: str, email: str) -> bool:
    """Whether this browser has signed in as this login before."""
    return constant_time_compare(_remembered(request)[1], _mark(slug, email))


def _remembered(request: HttpRequest) -> tuple[str, str]:
    value = request.get_signed_cookie(settings.REMEMBERED_COOKIE, default="", salt=_SALT, max_age=_YEAR)
    slug, _, mark = (value or "").partition(".")
    return slug, mark


def _mark(slug: str, email: str) -> str:
    return salted_hmac(_SALT, f"{slug}\n{email}", algorithm="sha256").hexdigest()[:32]


def _set(response: HttpResponse, name: str, value: str, seconds: int) -> None:
    response.set_cookie(name, value, max_age=seconds, secure=not settings.DEV, httponly=True, samesite="Lax", path="/")
