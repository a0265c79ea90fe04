"""The dashboard's one cookie: the session's token. It has nothing to do with the portal's."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from nextroute.staff import sessions


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
