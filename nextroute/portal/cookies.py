"""The portal's cookies: the session's token, as whom this browser has signed in where, and that it asked for a link."""

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from nextroute.identity import asks, sessions

_SALT = "nextroute.portal.remembered"
_YEAR = 365 * 24 * 3600
_MOST = 4  # logins a browser is known for: of one person at two businesses, of two people in one house
_ASKING = 3600  # seconds; longer than any link lives

type Signed = tuple[str, str]  # a business's slug, and the mark of a login there


def token(request: HttpRequest) -> str:
    """The session's token as presented, checked by nobody yet; "" when there is none."""
    return request.COOKIES.get(settings.PORTAL_COOKIE, "")


def keep_token(response: HttpResponse, token: str) -> None:
    _set(response, settings.PORTAL_COOKIE, token, int(sessions.LIFETIME.total_seconds()))


def forget_token(response: HttpResponse) -> None:
    response.delete_cookie(settings.PORTAL_COOKIE, samesite="Lax")


def asking(request: HttpRequest) -> str:
    """The secret of a browser that asked for a link; "" when it did not."""
    secret = request.COOKIES.get(settings.ASKING_COOKIE, "")
    return secret if asks.is_secret(secret) else ""


def keep_asking(response: HttpResponse, secret: str) -> None:
    """The same one for all it asks within the hour, so that the code of its first mail works after a second one."""
    _set(response, settings.ASKING_COOKIE, secret, _ASKING)


def forget_asking(response: HttpResponse) -> None:
    response.delete_cookie(settings.ASKING_COOKIE, samesite="Lax")


def remember(response: HttpResponse, slug: str, email: str, *, besides: Sequence[Signed] = ()) -> None:
    """Note, signed, that this browser signed in at this business as this login. The e-mail itself is not in it.

    `besides`: what it is known for already (`remembered_all`), the latest first.
    """
    latest = (slug, _mark(slug, email))
    kept = [latest, *(one for one in besides if one != latest)][:_MOST]
    response.set_signed_cookie(
        settings.REMEMBERED_COOKIE,
        ".".join(part for one in kept for part in one),
        salt=_SALT,
        max_age=_YEAR,
        secure=not settings.DEV,
        httponly=True,
        samesite="Lax",
    )


def remembered(request: HttpRequest) -> str:
    """The slug of the business this browser signed in at last; "" when it never did."""
    return next((slug for slug, _ in remembered_all(request)), "")


def remembered_all(request: HttpRequest) -> list[Signed]:
    """Where this browser has signed in, the latest first."""
    value = request.get_signed_cookie(settings.REMEMBERED_COOKIE, default="", salt=_SALT, max_age=_YEAR)
    parts = (value or "").split(".")
    return list(zip(parts[::2], parts[1::2], strict=False))


def knows(request: HttpRequest, slug: str, email: str) -> bool:
    """Whether this browser has signed in as this login before; with slug "", at any business."""
    marks = [(mark, _mark(at, email)) for at, mark in remembered_all(request) if slug in ("", at)]
    return any(constant_time_compare(mark, wanted) for mark, wanted in marks)


def _mark(slug: str, email: str) -> str:
    return salted_hmac(_SALT, f"{slug}\n{email}", algorithm="sha256").hexdigest()[:32]


def _set(response: HttpResponse, name: str, value: str, seconds: int) -> None:
    response.set_cookie(name, value, max_age=seconds, secure=not settings.DEV, httponly=True, samesite="Lax", path="/")
