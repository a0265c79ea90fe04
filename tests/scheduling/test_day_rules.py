"""What picks the days after a change of plan. The table of docs/rules/requests.md, and what holds for every change."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextroute.core.days import each_day
from nextroute.scheduling.calendar import MONTHS, DayRule, Frequency, MonthWeek, WeekParity, parity_of, serves
from nextroute.scheduling.day_rules import BY_MONTH, BY_WEEK, kept, season
from tests.cast import D

RULES = (Path(__file__).parents[2] / "docs/rules/requests.md").read_text("utf-8")
RECURRING = [one for one in Frequency if one is not Frequency.ONE_TIME]


def worked() -> list[tuple[str, ...]]:
    """The rows of the table of changes of plan."""
    below = RULES.split("| had | takes | from | routed on | goes on as | first day served |\n")[1]
    lines = [line for line in below.splitlines()[1:] if line.startswith("|")]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]


def rule(text: str) -> DayRule:
    """`monthly, 2nd`; `annually, 1st, month 5`; `seasonal, B, months 4-10`."""
    frequency, *rest = text.split(", ")
    weeks = [one for one in rest if one in MonthWeek]
    anchor = re.search(r"month (\d+)", text)
    return DayRule(
        Frequency(frequency),
        week_parity=next((WeekParity(one) for one in rest if one in WeekParity), None),
        month_week=MonthWeek(weeks[0]) if weeks else None,
        anchor_month=int(anchor[1]) if anchor else None,
        season=frozenset(range(4, 11)) if "months 4-10" in text else frozenset(),
    )


WEEKDAYS = {"Tuesday": 2, "Friday": 5, "Monday": 1}


@pytest.mark.parametrize("row", worked(), ids=lambda row: f"{row[0]} to {row[1]}")
def test_the_table_of_changes_of_plan(row: tuple[str, ...]) -> None:
    had, takes, first_day, routed, goes_on, served = row
    weekday = WEEKDAYS[routed]
    months = frozenset(range(4, 11)) if takes == "seasonal" else frozenset()
    new = kept(rule(had), Frequency(takes), months, D(first_day), frozenset({weekday}))
    assert new == rule(goes_on)
    days = (day for day in each_day(D(first_day), D(first_day) + timedelta(days=400)) if day.isoweekday() == weekday)
    assert next(day for day in days if serves(new, day)) == D(served)


@st.composite
def rules(draw: st.DrawFn) -> DayRule:
    frequency = draw(st.sampled_from(RECURRING))
    parity = st.sampled_from(WeekParity)
    return DayRule(
        frequency,
        week_parity=draw(parity if frequency is Frequency.BIWEEKLY else st.none() | parity),
        month_week=draw(st.none() | st.sampled_from(MonthWeek)),
        anchor_month=draw(st.integers(1, 12)),
        season=frozenset(draw(st.sets(st.integers(1, 12), min_size=1))),
    )


firsts = st.dates(date(2015, 1, 1), date(2040, 12, 31))
some_weekdays = st.frozensets(st.integers(1, 7), min_size=1)


@given(rules(), st.sampled_from(RECURRING), firsts, some_weekdays)
def test_what_both_plans_have_is_kept_and_what_is_new_serves_the_first_day_it_can(
    old: DayRule, frequency: Frequency, first_day: date, weekdays: frozenset[int]
) -> None:
    new = kept(old, frequency, MONTHS, first_day, weekdays)
    if old.frequency in BY_WEEK and frequency in BY_WEEK and old.week_parity in (WeekParity.A, WeekParity.B):
        assert new.week_parity is old.week_parity
    if old.frequency in BY_MONTH and frequency in BY_MONTH:
        assert new.month_week is (old.month_week or MonthWeek.FIRST)
    if old.frequency is frequency is Frequency.ANNUALLY:
        assert new.anchor_month == old.anchor_month
    days = (day for day in each_day(first_day, first_day + timedelta(days=400)) if day.isoweekday() in weekdays)
    of_months = (day for day in days if frequency is not Frequency.QUARTERLY or day.month in {1, 4, 7, 10})
    first = next(of_months)
    if (frequency in BY_MONTH and old.frequency not in BY_MONTH) or frequency is Frequency.WEEKLY:
        assert serves(new, first)
    if frequency is Frequency.BIWEEKLY and old.frequency not in BY_WEEK:
        assert new.week_parity is parity_of(first)


@given(rules(), firsts, some_weekdays)
def test_a_plan_of_the_same_rhythm_changes_no_day(old: DayRule, first_day: date, weekdays: frozenset[int]) -> None:
    new = kept(old, old.frequency, old.season, first_day, weekdays)
    for day in each_day(first_day, first_day + timedelta(days=400)):
        assert serves(new, day) == serves(old, day)


@given(rules(), st.sampled_from([one for one in RECURRING if one is not Frequency.SEASONAL]), firsts, some_weekdays)
def test_whatever_follows_is_served_within_a_year(
    old: DayRule, frequency: Frequency, first_day: date, weekdays: frozenset[int]
) -> None:
    new = kept(old, frequency, frozenset(), first_day, weekdays)
    assert any(
        serves(new, day) for day in each_day(first_day, first_day + timedelta(days=400)) if day.isoweekday() in weekdays
    )


def test_a_property_that_is_routed_on_no_day_can_change_its_plan() -> None:
    new = kept(DayRule(Frequency.WEEKLY), Frequency.BIWEEKLY, frozenset(), D("2026-07-01"), frozenset())
    assert new.week_parity is parity_of(D("2026-07-01"))


def test_a_subscriptions_own_months_are_kept_where_they_lie_within_the_plans() -> None:
    assert season([5, 6], [4, 5, 6, 7]) == {5, 6}
    assert season([1, 5], [4, 5, 6, 7]) == {4, 5, 6, 7}
    assert season(None, [4, 5]) == {4, 5}
    assert season([5, 6], None) == frozenset()
