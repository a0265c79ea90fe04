"""Past visits."""

from collections.abc import Callable
from datetime import date, time
from types import SimpleNamespace
from typing import Any

from django.http import HttpResponse

from nextroute.portal import history as past_visits
from nextroute.ui import pages
from tests.ui.rendering import request


def _past(day: date, state: str = "done", **changes: Any) -> Any:
    """A row of scheduling's PastVisit, as templates read it."""
    row = {"id": day, "plan": "Weekly Bin Cleaning", "address": "8447 West 51st Avenue, #4", "reason": None, "note": ""}
    row |= {"category": None, "moved_from": None, "done_at": time(9, 42) if state == "done" else None}
    return SimpleNamespace(**{**row, "per_visit": True, "photos": [], "day": day, "state": state, **changes})


PICTURES = [SimpleNamespace(id="b", kind="before"), SimpleNamespace(id="a", kind="after")]
PAST = [
    _past(date(2026, 6, 12), "unconfirmed"),
    _past(date(2026, 6, 9), photos=PICTURES),
    _past(date(2026, 6, 5), plan="Bin Cleaning, every 2 weeks", address="3120 Teller Street", done_at=time(13, 15)),
    _past(date(2026, 6, 2), "skipped", category="no_access", note="The gate was locked and nobody answered"),
    _past(date(2026, 5, 27), moved_from=date(2026, 5, 26)),
    _past(date(2026, 5, 25), "off", reason="holiday", note="Memorial Day"),
    _past(date(2026, 5, 19), "skipped", category="customer_request"),
    _past(date(2026, 5, 12), "skipped", category="operational"),
    _past(date(2026, 5, 5), "off", reason="office", note="Flooded street"),
    _past(date(2026, 4, 28), "skipped", category="weather", note="Hail; we kept the crew off the road."),
    _past(date(2026, 4, 21), "off", reason="skip"),
    _past(date(2026, 4, 14), "off", reason="hold"),
    _past(date(2026, 1, 27), "off", reason="paused"),
    _past(date(2026, 1, 20), "off", reason="paused"),
    _past(date(2025, 12, 30), "off", reason="canceled"),
    _past(date(2025, 12, 23), moved_from=date(2025, 12, 22), done_at=None),
]


def history(**changes: Any) -> HttpResponse:
    """The past, with a row of every kind."""
    context: dict[str, Any] = {
        "came": 33,
        "missed": 2,
        "months": past_visits.months(PAST),
        "earlier_link": "?before=x",
        "newest_link": None,
        "properties": [],
        "chosen": None,
        "report_from": date(2026, 6, 6),
    }
    answer = request(person="Maria Alvarez", tab="schedule")
    return pages.page(answer, "portal/history.html", **{**context, **changes})


PAGES: dict[str, Callable[[], HttpResponse]] = {
    "history": history,
    "history without a past": lambda: history(came=0, missed=0, months=[], earlier_link=None),
}
