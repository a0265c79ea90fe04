"""What the office is asked for, and its answers."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.http import HttpResponse

from nextroute.dashboard.service_requests import AnswerForm
from nextroute.ui import pages
from tests.ui.rendering import staff_request


class _Maria(str):
    """A customer, as tables write one."""

    __slots__ = ()
    email = "maria@example.com"


def _line(state: str = "pending", kind: str = "extra", **changes: Any) -> Any:
    """A request as the office's tables read it."""
    details = ("8447 West 51st Avenue, #4", "Friday, July 24")
    row = {"pk": state, "kind": kind, "customer": _Maria("Maria Alvarez"), "answer": "", "note": "", "photo_digest": ""}
    row |= {"extra": SimpleNamespace(dropped_note="Crew training")} | changes
    said = SimpleNamespace(title="Driveway Wash, $65.00", details=details)
    lost = changes.get("lost", False)
    return SimpleNamespace(request=SimpleNamespace(**row), said=said, since=date(2026, 6, 11), state=state, lost=lost)


def queue(*waiting: Any, **changes: Any) -> HttpResponse:
    over = [_line(state, answer="Gladly.") for state in ("approved", "declined", "withdrawn", "expired", "done")]
    context: dict[str, Any] = {"waiting": waiting, "answered": over if waiting else [], "done": None}
    return pages.page(staff_request(), "dashboard/requests.html", **{**context, **changes})


def answering(line: Any, words: str | None = None, topic: str = "") -> HttpResponse:
    form = AnswerForm(None if words is None else {"words": words, "day": "tomorrow"})
    context: dict[str, Any] = {"line": line, "form": form, "topic": topic, "moves": line.request.kind == "extra"}
    context["phone"] = "(303) 555-0190"
    return pages.page(staff_request(), "dashboard/request.html", **context)


PAGES: dict[str, Callable[[], HttpResponse]] = {
    "queue": lambda: queue(_line(), _line(lost=True), _line(kind="problem")),
    "queue, answered": lambda: queue(_line(), done=_line("approved")),
    "queue, empty": queue,
    "answering": lambda: answering(_line(lost=True, note="The gate is open.")),
    "answering, wrong": lambda: answering(_line(), words="x" * 1001),
    "answering, a problem": lambda: answering(_line(kind="problem", photo_digest="a"), topic="We were missed"),
    "answering, over": lambda: answering(_line("declined", answer="The washer is broken.")),
}
