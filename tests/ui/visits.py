"""Visits as scheduling tells them, and what changing them comes to."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from nextroute.portal.may import May
from nextroute.scheduling.outlook import Outlook, Stays, Why
from nextroute.scheduling.prices import Line, Money
from tests.ui.rendering import request

HOLD = (date(2026, 7, 3), date(2026, 7, 17))


@dataclass(frozen=True)
class Visit:
    """The attributes templates read of scheduling's visits."""

    day: date
    state: str = "scheduled"
    plan: str = "Weekly Bin Cleaning"
    address: str = "8447 West 51st Avenue, #4"
    bins: int = 2
    reason: str | None = None
    note: str = ""
    moved_from: date | None = None
    window: tuple[time, time] | None = None
    bin_location: str = ""
    hold: tuple[date, date] | None = None
    resumes_on: date | None = None
    hold_id: str | None = None
    skip_id: str | None = None
    extra_id: str | None = None
    subscription_id: str | None = "a"
    attempt: int = 1

    @property
    def due_on(self) -> date:
        return self.moved_from or self.day


NEXT = Visit(date(2026, 6, 16), window=(time(8), time(10)), bin_location="Alley")
TELLER: Any = {"plan": "Bin Cleaning, every 2 weeks", "address": "3120 Teller Street", "bins": 1}
VISITS = [
    Visit(date(2026, 6, 2), "skipped", note="The gate was locked."),
    Visit(date(2026, 6, 5), "done", **TELLER),
    Visit(date(2026, 6, 9), "unconfirmed"),
    NEXT,
    Visit(date(2026, 6, 24), moved_from=date(2026, 6, 23)),
    Visit(date(2026, 6, 30), "expected"),
    Visit(
        date(2026, 7, 3),
        "off",
        reason="holiday",
        note="Independence Day",
        resumes_on=date(2026, 7, 31),
        **TELLER,
    ),
    Visit(date(2026, 7, 7), "off", reason="hold", hold=HOLD, hold_id="h"),
    Visit(date(2026, 7, 14), "off", reason="hold", hold=HOLD, hold_id="h"),
    Visit(date(2026, 7, 17), "off", reason="hold", hold=HOLD, hold_id="h", **TELLER),
    Visit(date(2026, 7, 21), "expected"),
    Visit(date(2026, 7, 28), "off", reason="skip", note="Family is over.", skip_id="s"),
    Visit(date(2026, 8, 4), "off", reason="office"),
    Visit(date(2026, 8, 11), "off", reason="paused"),
    Visit(date(2026, 8, 18), "off", reason="paused"),
    Visit(date(2026, 8, 25), "off", reason="canceled"),
]
MAY = May(hold=True, skip_from=date(2026, 6, 15), extra=True, change_plan=True, cancel=True)
OUTLOOK = Outlook(
    away=tuple(Line(visit, 1500) for visit in VISITS[7:10]),  # type: ignore[arg-type]
    stays=tuple(Stays(NEXT, why) for why in Why),  # type: ignore[arg-type]
    money=Money(less_cents=4500, credit_cents=730),
    next_day=date(2026, 7, 21),
)


def task() -> Any:
    return request(person="Maria Alvarez", tab="schedule")
