"""Home."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.http import HttpResponse

from nextroute.ui import pages
from tests.ui.every_page import money
from tests.ui.rendering import TODAY, request
from tests.ui.visits import HOLD, MAY, NEXT, TELLER, VISITS, Visit


def home(**changes: Any) -> HttpResponse:
    """Home, with everything on it unless `changes` say otherwise."""
    context: dict[str, Any] = {
        "next_visits": [NEXT],
        "expected": False,
        "coming": VISITS[4:9],
        "arranged": [SimpleNamespace(id="h", first_day=HOLD[0], last_day=HOLD[1], visits=3, property="")],
        "may": MAY,
        "asked": [("r", "Driveway Wash, Friday, July 24")],
        "notices": [SimpleNamespace(day=date(2026, 7, 3), name="Independence Day")],
        "properties_count": 2,
        "standing": "active",
        "owing": money.owing(1242686, can_pay=True, autopay=True, processing=4871),
        "due": money.DUE,
    }
    answer = request(person="Maria Alvarez", tab="home")
    return pages.page(answer, "portal/home.html", **{**context, **changes})


PAGES: dict[str, Callable[[], HttpResponse]] = {
    "home": home,
    "home today": lambda: home(next_visits=[Visit(TODAY, "on_the_way"), Visit(TODAY, "done", **TELLER)]),
    "home expected": lambda: home(next_visits=[VISITS[5]], expected=True),
    "home, all paid": lambda: home(due=[], owing=money.owing(0, invoiced=1, credit=1200)),
    "home, by check": lambda: home(owing=money.owing(8119)),
    "home paused": lambda: home(
        owing=None, next_visits=[], coming=[], arranged=[], asked=[], notices=[], standing="paused"
    ),
}
