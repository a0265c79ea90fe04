"""What a customer's visits come down to: a frequency, a weekday and a place."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from nextroute.customers.customers import Customer
from nextroute.customers.properties import short_address
from nextroute.scheduling import question
from nextroute.scheduling.calendar import Frequency, MonthWeek, WeekParity


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A subscription on one of its weekdays (ISO), now or later. `month_week`: where the frequency has one."""

    frequency: Frequency
    weekday: int
    month_week: MonthWeek
    address: str


def of(customer: Customer, today: date) -> list[Rhythm]:
    """The rhythms of all that the customer has from `today` on, by address. One statement, in the customer's scope."""
    with connection.cursor() as cursor:
        cursor.execute(question.sql("rhythms"), {"customer": customer.pk, "today": today})
        rows = cursor.fetchall()
    return [
        Rhythm(
            frequency=_plain(frequency, parity),
            weekday=weekday,
            month_week=MonthWeek(month_week or MonthWeek.FIRST),
            address=short_address(*lines),
        )
        for frequency, parity, weekday, month_week, *lines in rows
    ]


def _plain(frequency: str, parity: str | None) -> Frequency:
    """Every second week of every week is weekly; a season's rhythm is told by the visits themselves."""
    if frequency == Frequency.BIWEEKLY and parity == WeekParity.EVERY:
        return Frequency.WEEKLY
    return Frequency(frequency)
