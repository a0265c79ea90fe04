from datetime import date
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from nextroute.portal import calendar_month
from nextroute.portal.calendar_month import Month
from tests.ui.rendering import TODAY
from tests.ui.visits import VISITS, Visit


def _states(month: Month[Visit]) -> dict[int, str]:
    return {day.number: day.state for day in chain(*month.weeks) if day and day.state}


def _months(visits: list[Visit] = VISITS, count: int = 3) -> list[Month[Visit]]:
    return calendar_month.months(visits, today=TODAY, count=count, first_weekday=6)


def test_a_month_shows_each_day_by_what_happens_on_it() -> None:
    june, july, _ = _months()
    assert _states(june) == {
        2: "off", 5: "done", 9: "unconfirmed", 16: "next", 24: "visit", 30: "expected",
    }  # fmt: skip
    assert _states(july) == {
        3: "holiday", 7: "off", 14: "off", 17: "off", 21: "expected", 28: "off",
    }  # fmt: skip


def test_the_next_visit_stays_dashed_while_it_is_only_expected() -> None:
    (june,) = _months([Visit(date(2026, 6, 16), "expected")], 1)
    assert _states(june) == {16: "expected"}


def test_on_a_later_page_no_visit_is_called_the_next() -> None:
    later = [Visit(date(2026, 9, 1)), Visit(date(2026, 9, 8))]
    (september,) = calendar_month.months(later, today=TODAY, count=1, since=date(2026, 9, 1))
    assert _states(september) == {1: "visit", 8: "visit"}


def test_of_several_visits_on_a_day_the_one_that_happens_is_shown() -> None:
    day = date(2026, 6, 23)
    (june,) = _months([Visit(TODAY), Visit(day, "off", reason="skip"), Visit(day)], 1)
    assert _states(june)[23] == "visit"


def test_days_off_of_one_hold_become_one_line() -> None:
    july = _months()[1]
    assert [(row.folded, [day.day for day in row.days]) for row in july.rows] == [
        (False, [3]), (True, [7, 14, 17]), (False, [21]), (False, [28]),
    ]  # fmt: skip


def test_a_visit_between_two_days_off_keeps_the_lines_in_the_order_of_days() -> None:
    def off(day: int) -> Visit:
        return Visit(date(2026, 7, day), "off", reason="hold", hold=(date(2026, 7, 3), date(2026, 7, 17)))

    rows = calendar_month.fold([off(7), Visit(date(2026, 7, 10)), off(14)])
    assert [row.first.day.day for row in rows] == [7, 10, 14]


def test_two_visits_of_one_day_off_name_the_day_once() -> None:
    away = Visit(date(2026, 7, 7), "off", reason="paused")
    (row,) = calendar_month.fold([away, away])
    assert row.days == [date(2026, 7, 7)]


@given(st.dates(date(2015, 1, 1), date(2040, 12, 31)), st.sampled_from([0, 5, 6]))
def test_every_day_of_a_month_stands_once_under_its_weekday(today: date, first_weekday: int) -> None:
    visits: list[Visit] = []
    (month,) = calendar_month.months(visits, today=today, count=1, first_weekday=first_weekday)
    days = [day for week in month.weeks for day in week if day]
    assert [day.number for day in days] == list(range(1, len(days) + 1))
    assert all(len(week) == 7 for week in month.weeks)
    for week in month.weeks:
        for under, day in zip(month.weekdays, week, strict=True):
            assert day is None or day.date.weekday() == under.weekday()
    assert month.weekdays[0].weekday() == first_weekday
    assert [day.date for day in days if day.today] == [today]
