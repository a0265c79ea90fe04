"""Plans, and another one."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.http import HttpResponse

from nextroute.portal import turning
from nextroute.portal.plans import PlanForm
from nextroute.scheduling.outlook import Outlook
from nextroute.ui import pages
from nextroute.ui.choices import Choice
from tests.ui.visits import HOLD, MAY, OUTLOOK, task


def having(**changes: Any) -> Any:
    of = SimpleNamespace(pk="s", plan="Weekly Bin Cleaning", property="8447 West 51st Avenue, #4", property_id="a")
    vars(of).update({"starts_on": date(2026, 1, 1), "ends_on": None} | changes)
    return of


TELLERS = having(property="3120 Teller Street", property_id="b")


def plans(*have: Any) -> HttpResponse:
    services = [SimpleNamespace(of=of, rate="$12.50 a visit, every week", can_change=True, asked=None) for of in have]
    if services:
        services[-1].asked = SimpleNamespace(pk="r", plan="Monthly Bin Cleaning")
    return pages.page(task(), "portal/plans.html", services=services, may=MAY)


def change_plan(chosen: str | None = None, act: bool = False, choices: bool = True) -> HttpResponse:
    offers = [
        ("m", Choice("Monthly Bin Cleaning", "$24.00 a visit, once a month")),
        ("q", Choice("Quarterly", "$45.00")),
    ]
    form = PlanForm({"plan": chosen or "", "note": ""}, plans=offers if choices else [])
    if not act:
        form.overlook()
    context: dict[str, Any] = {"form": form, "of": having(), "plan": chosen, "by_approval": True, "currency": "USD"}
    context |= {"rate": "$12.50 a visit, every week", "new_rate": "$24.00 a visit, once a month"}
    turn = turning.of(Outlook(away=OUTLOOK.away, coming=OUTLOOK.away[:1]), date(2026, 7, 1)) if chosen else None
    return pages.page(task(), "portal/change_plan.html", first_day=date(2026, 7, 1), turn=turn, **context)


PAGES: dict[str, Callable[[], HttpResponse]] = {
    "plans": lambda: plans(having(ends_on=HOLD[0]), having(starts_on=HOLD[1]), TELLERS),
    "plans, none": plans,
    "change plan": change_plan,
    "change plan, preview": lambda: change_plan("m"),
    "change plan, wrong": lambda: change_plan("x", act=True),
    "change plan, none": lambda: change_plan(choices=False),
}
