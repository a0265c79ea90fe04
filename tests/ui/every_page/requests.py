"""What a customer asked for."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.http import HttpResponse

from nextroute.service_requests.words import Description
from nextroute.ui import pages
from tests.ui.rendering import request
from tests.ui.visits import MAY


def _asked(state: str, kind: str = "extra", day: date | None = date(2026, 7, 24), **row: Any) -> Any:
    """A Line of what was asked for."""
    of = SimpleNamespace(
        pk=state + kind, kind=kind, answer="", note="", photo_digest="", extra=None, answer_state=state
    )
    vars(of).update(row)
    said = Description("Driveway Wash, $65.00", ("8447 West 51st Avenue, #4", "Friday, July 24"))
    return SimpleNamespace(request=of, state=state, said=said, asked_on=date(2026, 6, 9), day=day, lost="extra" in row)


WAITING, LOST = _asked("pending"), _asked("pending", extra=SimpleNamespace(dropped_note="Crew training"))
OVER = [
    _asked("declined", answer="Our truck is in the shop that day. Would the week after do?"),
    _asked("withdrawn", day=None),
    _asked("expired"),
    _asked("done"),
    _asked("done", "problem", answer="We’re sorry. A new lid is on its way."),
]


def asked_for(*groups: tuple[str, list[Any]], **changes: Any) -> HttpResponse:
    context: dict[str, Any] = {"groups": groups, "more_link": "?after=x", "first_link": "?", "may": MAY}
    return pages.page(request(person="Maria Alvarez", tab="home"), "portal/requests.html", **{**context, **changes})


def asked(line: Any, **changes: Any) -> HttpResponse:
    context: dict[str, Any] = {"line": line, "until": "", "again": "", "refusal": "", "done": ""}
    return pages.page(request(person="Maria Alvarez", tab="home"), "portal/request.html", **{**context, **changes})


PAGES: dict[str, Callable[[], HttpResponse]] = {
    "asked for": lambda: asked_for(
        ("open", [_asked("pending"), LOST]), ("arranged", [_asked("approved")]), ("over", OVER)
    ),
    "asked for, nothing": lambda: asked_for(more_link=None, first_link=None),
    "asked, sent": lambda: asked(_asked("pending"), until="You can take this back until we answer.", done="sent"),
    "asked, arranged": lambda: asked(_asked("approved"), until="You can undo this through June 15.", done="arranged"),
    "asked, lost": lambda: asked(LOST, until="You can take this back until we answer."),
    "asked, declined": lambda: asked(OVER[0], again="/extras/"),
    "asked, too late": lambda: asked(OVER[2], refusal="It’s too late for this: its day is over."),
    "asked, answered": lambda: asked(
        _asked("done", "problem", note="The lid broke.", photo_digest="x", answer="Sorry.")
    ),
}
