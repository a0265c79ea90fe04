"""Ending service."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.http import HttpResponse

from nextroute.portal.cancel import End, Help, Offer
from nextroute.portal.cancel_forms import CancelForm
from nextroute.ui import pages
from nextroute.ui.choices import Choice
from tests.ui.every_page.plans import having
from tests.ui.rendering import TODAY
from tests.ui.visits import OUTLOOK, task


def cancel(act: bool = False, services: Sequence[str] = (), running: int = 2, **data: str) -> HttpResponse:
    choices = [("s", Choice("Weekly Bin Cleaning", "8447 West 51st Avenue, #4")), ("t", Choice("Monthly", "Teller"))]
    filled = {"last_day": "2026-06-30", "topic": "", "comment": "", "services": list(services), **data}
    form = CancelForm(filled, services=choices, earliest=date(2026, 6, 20), days=7, today=TODAY)
    if not act:
        form.overlook()
    end = End(OUTLOOK, date(2026, 6, 30), by_visit=True, by_month=True) if services else None
    offers = [Offer("s", "m", "Monthly Bin Cleaning, $24.00 a visit, once a month", "Teller")]  # type: ignore[arg-type]
    instead = {"away": Help(True, []), "price": Help(False, offers)}
    context: dict[str, Any] = {"form": form, "running": [having()] * running, "end": end, "instead": instead}
    context |= {"waiting": [], "last_day": date(2026, 6, 30), "by_approval": False, "currency": "USD"}
    return pages.page(task(), "portal/cancel.html", **context)


PAGES: dict[str, Callable[[], HttpResponse]] = {
    "cancel": cancel,
    "cancel, preview": lambda: cancel(services=["s"], topic="price"),
    "cancel, wrong": lambda: cancel(act=True, last_day="soon", comment="Thank you!"),
    "cancel, nothing": lambda: cancel(running=0),
}
