"""The schedule."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.http import HttpResponse

from nextroute.core import words
from nextroute.portal import calendar_month
from nextroute.ui import pages
from tests.ui.rendering import TODAY, request
from tests.ui.visits import MAY, VISITS


def schedule(**changes: Any) -> HttpResponse:
    """The schedule of VISITS over three months."""
    months = calendar_month.months(VISITS, today=TODAY, count=3, first_weekday=words.first_weekday())
    properties = [SimpleNamespace(id="a", address="8447 West 51st Avenue, #4")]
    properties.append(SimpleNamespace(id="b", address="3120 Teller Street"))
    context: dict[str, Any] = {
        "standing": None,
        "sentences": ["Tuesdays at 8447 West 51st Avenue, #4."],
        "months": months,
        "more_link": "?months=6",
        "properties": properties,
        "chosen": None,
        "may": MAY,
    }
    answer = request(person="Maria Alvarez", tab="schedule")
    return pages.page(answer, "portal/schedule.html", **{**context, **changes})


PAGES: dict[str, Callable[[], HttpResponse]] = {
    "schedule": schedule,
}
