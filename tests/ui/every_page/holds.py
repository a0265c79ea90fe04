"""Going away, time away, and coming back early."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.http import HttpResponse

from nextroute.portal import hold_forms
from nextroute.portal.hold_forms import HoldForm
from nextroute.portal.schedule import Place
from nextroute.scheduling.outlook import Outlook
from nextroute.scheduling.prices import Money
from nextroute.ui import pages
from tests.ui.rendering import TODAY
from tests.ui.visits import HOLD, OUTLOOK, task

AWAY = SimpleNamespace(
    hold=SimpleNamespace(pk="h", notes="Neighbor has the key.", property_id=""),
    first=HOLD[0], last=HOLD[1], place="3120 Teller Street", stands=True,
)  # fmt: skip
BACK = Outlook(coming=OUTLOOK.away, money=Money(less_cents=-4500, uncredited=True))


def going_away(asked: dict[str, str] | None = None, **changes: Any) -> HttpResponse:
    """The form, with a preview when days are asked for."""
    places = [Place("a", "8447 West 51st Avenue, #4"), Place("b", "3120 Teller Street")]  # type: ignore[arg-type]
    form = HoldForm(asked, places=places, today=TODAY, hint=hold_forms.hint(date(2026, 6, 15), 36, TODAY))
    context: dict[str, Any] = {"form": form, "away": None, "preview": OUTLOOK if asked and form.is_valid() else None}
    context |= {"notes": "", "noted": False, "by_approval": False, "currency": "USD"}
    return pages.page(task(), "portal/going_away.html", **{**context, **changes})


def holds(*away: Any) -> HttpResponse:
    return pages.page(task(), "portal/holds.html", away=away, can_plan=True)


def hold(**changes: Any) -> HttpResponse:
    context: dict[str, Any] = {
        "away": AWAY,
        "over": False,
        "begun": False,
        "effect": OUTLOOK,
        "done": "",
        "again": None,
    }
    context |= {"email": "maria@example.com", "can_change": True, "currency": "USD"}
    return pages.page(task(), "portal/hold.html", **{**context, **changes})


def hold_lift(**changes: Any) -> HttpResponse:
    context: dict[str, Any] = {"away": AWAY, "begun": True, "preview": BACK, "refusal": "", "currency": "USD"}
    return pages.page(task(), "portal/hold_lift.html", **{**context, **changes})


PAGES: dict[str, Callable[[], HttpResponse]] = {
    "going away": going_away,
    "going away, preview": lambda: going_away({"first": "2026-07-03", "back": "2026-07-18", "place": "b"}),
    "going away, wrong": lambda: going_away({"first": "2026-06-10", "back": "2026-06-08"}, noted=True, notes="Hello"),
    "going away, other days": lambda: going_away({"first": "2026-07-03", "back": "2026-07-18"}, away=AWAY),
    "holds": lambda: holds(AWAY),
    "holds, none": holds,
    "hold": hold,
    "hold, placed": lambda: hold(done="placed"),
    "hold, called off": lambda: hold(over=True, effect=None, done="lifted", again={"first": "a", "back": "b"}),
    "hold, back": hold_lift,
    "hold, over": lambda: hold_lift(preview=None, refusal="This time away is over."),
}
