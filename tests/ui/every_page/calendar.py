"""One's own calendar."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse

from nextroute.ui import pages
from tests.ui.rendering import request


def calendar(*, standing: bool = True, hidden: bool = False, done: str = "") -> HttpResponse:
    """The page about one's own calendar, with an address that stands, or none."""
    plain = f"https://portal.example.com/portal/calendar/{'x' * 43}.ics"
    addresses = {"plain": plain, "apple": plain, "google": plain, "outlook": plain}
    context: dict[str, Any] = {
        "standing": standing,
        "addresses": addresses if standing and not hidden else None,
        "done": done,
    }
    return pages.page(request(person="Maria Alvarez", tab="schedule"), "portal/calendar.html", **context)


PAGES: dict[str, Callable[[], HttpResponse]] = {
    "calendar": calendar,
    "calendar, new": lambda: calendar(done="renew"),
    "calendar, none": lambda: calendar(standing=False),
    "calendar, stopped": lambda: calendar(standing=False, done="revoke"),
    "calendar, not to be shown": lambda: calendar(hidden=True),
}
