"""Asking for an extra visit."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from django.http import HttpResponse

from nextroute.portal import extra_forms
from nextroute.portal.extra_forms import ExtraForm
from nextroute.ui import pages
from nextroute.ui.choices import Choice
from tests.ui.rendering import TODAY
from tests.ui.visits import task

PLACES = [SimpleNamespace(pk="a", bin_count=2), SimpleNamespace(pk="b", bin_count=1)]
WASH = SimpleNamespace(pk="wash", name="Driveway Wash")
MONDAYS = [date(2026, 6, 15) + timedelta(weeks=n) for n in range(13)]


def extra(act: bool = False, days: Sequence[date] = MONDAYS, **data: str) -> HttpResponse:
    """The form of an extra visit; with `act`, as it was sent."""
    plans = [("wash", Choice("Driveway Wash", "$65.00. Salt and moss, too.")), ("deep", Choice("Deep Clean", "$39.00"))]
    choices = extra_forms.day_choices(days, TODAY)
    form = ExtraForm({"note": "", **data}, plans=plans, places=PLACES, days=choices)  # type: ignore[arg-type]
    form.fields["day"].help_text = extra_forms.day_hint(days, 48, TODAY)
    if not act:
        form.overlook()
    known = "plan" in data
    wish = SimpleNamespace(
        offers=["wash"], places=PLACES, plan=WASH if known else None, place=PLACES[0], days=days if known else []
    )
    day = date.fromisoformat(data["day"]) if "day" in data else None
    context: dict[str, Any] = {"form": form, "wish": wish, "day": day, "price": 6500, "by_approval": True}
    return pages.page(task(), "portal/extra.html", currency="USD", **context)


PAGES: dict[str, Callable[[], HttpResponse]] = {
    "extra": extra,
    "extra, days": lambda: extra(plan="wash", place="a"),
    "extra, price": lambda: extra(plan="wash", place="a", day="2026-06-22"),
    "extra, wrong": lambda: extra(act=True, plan="", day="2026-06-16", note="Mind the dog."),
    "extra, no day": lambda: extra(days=[], plan="wash", place="a"),
}
