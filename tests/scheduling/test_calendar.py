"""Which visits are due. The worked tables are read from docs/rules/schedule.md, where the rule is."""

import calendar
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nextroute.core.days import each_day, monday_of
from nextroute.scheduling.calendar import (
    Blackout,
    DayRule,
    Due,
    Effect,
    Frequency,
    MonthWeek,
    Planned,
    Reason,
    Span,
    Terms,
    WeekParity,
    due,
    parity_of,
    planned,
    scheduled,
    season_months,
    serves,
)
from tests.worked import Row, Tables

D = date.fromisoformat
ALL_DAYS = list(each_day(D("2015-01-01"), D("2040-12-31")))
MON_TO_FRI = frozenset({1, 2, 3, 4, 5})
WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

# --- Reading the tables ------------------------------------------------------------------------------

TABLES = Tables("schedule.md")
worked = TABLES.worked


def named(text: str) -> date:
    """`Thu 2026-11-26`, whose weekday must be right."""
    weekday, day = text.split()
    assert WEEKDAYS[D(day).weekday()] == weekday, f"{day} is no {weekday}"
    return D(day)


def span(text: str) -> Span:
    """`2026-06-01 – 2026-06-30`, or `2026-06-01 –` without end."""
    first, _, last = (part.strip() for part in text.partition("–"))
    return Span(D(first), D(last) if last else None)


def optional(text: str) -> date | None:
    return None if text == "–" else D(text)


def weekdays(text: str) -> frozenset[int]:
    return frozenset(WEEKDAYS.index(name) + 1 for name in text.split(", ") if name != "none")


def blackout(text: str) -> Blackout:
    """`Thu 2026-11-26 next_day`, or with a zone: `Thu 2026-11-26 next_day (North)`."""
    weekday, day, effect, *zone = text.split()
    return Blackout(named(f"{weekday} {day}"), Effect(effect), zone[0].strip("()") if zone else None)


def day_rule(row: Row, starts_on: date) -> DayRule:
    frequency = Frequency(row.get("frequency", row["heading"].lower().replace("-", "_")))
    cell = {name: text for name, text in row.items() if text != "–"}
    anchor_month = int(cell["anchor month"]) if "anchor month" in cell else starts_on.month
    return DayRule(
        frequency,
        week_parity=WeekParity(cell["parity"]) if "parity" in cell else None,
        month_week=MonthWeek(cell["month week"]) if "month week" in cell else None,
        anchor_month=anchor_month if frequency is Frequency.ANNUALLY else None,
        season=season_months(cell["season"]) if "season" in cell else frozenset(),
    )


# --- Which days a frequency serves -------------------------------------------------------------------


@worked("Weekly", "Biweekly", "Monthly", "Quarterly", "Annually", "Seasonal", "One-time", "First visit")
def test_a_frequency_serves_the_days_of_its_table(row: Row) -> None:
    between = span(row["between"])
    assert between.last
    starts_on = D(row.get("starts on", between.first.isoformat()))
    terms = Terms(
        rule=day_rule(row, starts_on),
        weekdays=weekdays(row["routed on"]),
        starts_on=starts_on,
        ends_on=optional(row.get("ends on", "–")),
        first_visit_on=optional(row.get("first visit on", "–")),
    )
    served = [D(day) for day in row["served on"].split(", ") if day != "none"]
    assert [day for day in each_day(between.first, between.last) if scheduled(terms, day)] == served
    assert due(terms, (), MON_TO_FRI, between.first, between.last) == [Due(day, day, None) for day in served]


@worked("Parity")
def test_parity_counts_weeks_from_the_first_monday_of_2024(row: Row) -> None:
    day = named(row["day"])
    assert (monday_of(day) - D("2024-01-01")).days == 7 * int(row["week"])
    assert day.isocalendar().week == int(row["ISO week"])
    assert parity_of(day) == row["parity"]


def test_a_week_has_one_parity_and_the_next_week_the_other() -> None:
    for day, tomorrow in pairwise(ALL_DAYS):
        assert (parity_of(day) == parity_of(tomorrow)) == (tomorrow.isoweekday() != 1)


@pytest.mark.parametrize("parity", [WeekParity.A, WeekParity.B])
def test_biweekly_visits_are_fourteen_days_apart_across_every_year_end(parity: WeekParity) -> None:
    rule = DayRule(Frequency.BIWEEKLY, parity)
    for weekday in range(7):
        served = [day for day in ALL_DAYS if day.weekday() == weekday and serves(rule, day)]
        assert {later - day for day, later in pairwise(served)} == {timedelta(days=14)}


def test_weekly_and_biweekly_of_every_week_serve_all_days_and_one_time_serves_none() -> None:
    every = [
        DayRule(Frequency.WEEKLY),
        DayRule(Frequency.WEEKLY, WeekParity.A),
        DayRule(Frequency.BIWEEKLY, WeekParity.EVERY),
    ]
    assert all(serves(rule, day) for rule in every for day in ALL_DAYS)
    assert not any(serves(DayRule(Frequency.ONE_TIME), day) for day in ALL_DAYS)


def on_the_wall(month_week: MonthWeek | None, months: set[int]) -> list[date]:
    """The days, of all weekdays, that a finger on a wall calendar finds in these months of 2015-2040."""
    found = []
    for year in range(2015, 2041):
        for month in months:
            weeks = calendar.monthcalendar(year, month)
            for column in ([day for day in days if day] for days in zip(*weeks, strict=True)):
                nth = -1 if month_week is MonthWeek.LAST else [*MonthWeek].index(month_week or MonthWeek.FIRST)
                found.append(date(year, month, column[nth]))
    return sorted(found)


@pytest.mark.parametrize("month_week", [None, *MonthWeek])
def test_monthly_quarterly_and_annually_serve_what_a_wall_calendar_shows(
    month_week: MonthWeek | None,
) -> None:
    def served(rule: DayRule) -> list[date]:
        return [day for day in ALL_DAYS if serves(rule, day)]

    monthly = DayRule(Frequency.MONTHLY, month_week=month_week)
    assert served(monthly) == on_the_wall(month_week, set(range(1, 13)))
    assert served(replace(monthly, frequency=Frequency.QUARTERLY)) == on_the_wall(month_week, {1, 4, 7, 10})
    for anchor in (1, 2, 12):
        annually = DayRule(Frequency.ANNUALLY, month_week=month_week, anchor_month=anchor)
        assert served(annually) == on_the_wall(month_week, {anchor})


@pytest.mark.parametrize("parity", [None, *WeekParity])
@pytest.mark.parametrize("season", ["4-10", "11-3", "2"])
def test_seasonal_is_weekly_or_biweekly_in_the_months_of_its_season(season: str, parity: WeekParity | None) -> None:
    months = season_months(season)
    rule = DayRule(Frequency.SEASONAL, parity, season=months)
    alike = DayRule(Frequency.BIWEEKLY, parity) if parity else DayRule(Frequency.WEEKLY)
    for day in ALL_DAYS:
        assert serves(rule, day) == (day.month in months and serves(alike, day))


@worked("Season months")
def test_a_season_is_months_and_ranges_that_may_pass_the_new_year(row: Row) -> None:
    if row["months"] == "refused":
        with pytest.raises(ValueError, match="A season is months from 1 to 12"):
            season_months(row["season"])
    else:
        assert season_months(row["season"]) == {int(month) for month in row["months"].split(", ")}


@given(st.text(alphabet="0123456789,- ٣", max_size=9))
def test_any_text_is_a_season_of_months_or_is_refused_by_name(text: str) -> None:
    parts = [part.strip(" ") for part in text.split(",")]
    if all(re.fullmatch(r"(0?[1-9]|1[0-2])( *- *(0?[1-9]|1[0-2]))?", part) for part in parts):
        assert {*range(1, 13)} >= season_months(text) > set()
    else:
        with pytest.raises(ValueError, match=re.escape(f"not “{text}”")):
            season_months(text)


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        (lambda: DayRule(Frequency.BIWEEKLY), "week parity"),
        (lambda: DayRule(Frequency.ANNUALLY), "anchor month"),
        (lambda: DayRule(Frequency.ANNUALLY, anchor_month=0), "from 1 to 12"),
        (lambda: DayRule(Frequency.ANNUALLY, anchor_month=13), "from 1 to 12"),
        (lambda: DayRule(Frequency.SEASONAL), "months of its season"),
        (lambda: DayRule(Frequency.SEASONAL, season=frozenset({0, 4})), "from 1 to 12"),
    ],
)
def test_a_rule_without_what_its_frequency_needs_is_refused(rule: Callable[[], DayRule], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        rule()


# --- What blackouts do -------------------------------------------------------------------------------


@worked("Skip", "Next day", "Shift week", "Chains", "Zones")
def test_a_blackout_sends_visits_where_its_table_says(row: Row) -> None:
    blackouts = [blackout(text) for text in row["blackouts"].split("; ")]
    working_days = weekdays(row["working days"]) if "working days" in row else MON_TO_FRI
    zone = None if row.get("zone", "none") == "none" else row["zone"]
    moves = planned(blackouts, working_days, zone, D("2026-01-01"), D("2027-12-31"))
    for due_on, driven in (pair.split(" → ") for pair in row["due → driven"].split("; ")):
        if driven == "same":
            assert named(due_on) not in moves
        else:
            assert moves[named(due_on)].day == (None if driven == "dropped" else named(driven))


def test_a_planned_day_names_the_blackout_that_moved_it_last_or_dropped_it() -> None:
    shift, skip = blackout("Mon 2026-12-21 shift_week"), blackout("Wed 2026-12-23 skip")
    moves = planned([skip, shift], MON_TO_FRI, None, D("2026-12-21"), D("2026-12-23"))
    assert moves == {
        D("2026-12-21"): Planned(D("2026-12-22"), shift),
        D("2026-12-22"): Planned(None, skip),
        D("2026-12-23"): Planned(D("2026-12-24"), shift),
    }


def test_without_blackouts_every_visit_stands_on_its_own_day() -> None:
    assert planned([], MON_TO_FRI, "North", ALL_DAYS[0], ALL_DAYS[-1]) == {}


def test_next_day_drops_visits_that_find_no_free_working_day_within_366_days() -> None:
    first, reopens = D("2026-01-01"), D("2027-03-01")
    closed = [Blackout(day, Effect.NEXT_DAY) for day in each_day(first, reopens - timedelta(days=1))]
    moves = planned(closed, MON_TO_FRI, None, first, reopens)
    near = reopens - timedelta(days=366)
    assert {day for day, move in moves.items() if move.day is None} == {*each_day(first, near)} - {near}
    assert {move.day for move in moves.values()} == {None, reopens}


@pytest.mark.parametrize("working_days", [(), (0,), (1, 8)])
def test_a_business_without_proper_working_days_is_refused(working_days: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="at least one working day"):
        planned([], frozenset(working_days), None, ALL_DAYS[0], ALL_DAYS[-1])


# Six weeks over a year's end with a 53rd ISO week, and due days on either side of them.
CLOSABLE = st.dates(D("2026-12-07"), D("2027-01-17"))
WINDOW = list(each_day(D("2026-11-30"), D("2027-01-31")))
IN_WINDOW = st.sampled_from(WINDOW)
ZONES = st.sampled_from([None, "North", "South"])
BLACKOUTS = st.lists(
    st.builds(Blackout, CLOSABLE, st.sampled_from(Effect), ZONES),
    max_size=14,
    unique_by=lambda row: (row.zone, row.day),
)
WORKING_DAYS = st.frozensets(st.integers(1, 7), min_size=1)
moderate = settings(max_examples=60, deadline=None)


def pushed_about(blackouts: list[Blackout], working_days: frozenset[int], zone: object) -> dict[date, date | None]:
    """Where the visits of each day of the window end up, moved about in piles as a dispatcher would."""
    piles: defaultdict[date, set[date]] = defaultdict(set, {day: {day} for day in WINDOW})
    rows = [b for b in blackouts if b.zone in (None, zone)]
    closed = {b.day for b in rows}
    for today in sorted(closed):
        today_rows = [b for b in rows if b.day == today]
        effect = next((b for b in today_rows if b.zone == zone), today_rows[0]).effect
        if effect is Effect.SHIFT_WEEK:
            week = [today]
            while week[-1].strftime("%a") != "Sun":
                week.append(week[-1] + timedelta(days=1))
            for day in reversed(week):
                piles[day + timedelta(days=1)] |= piles.pop(day, set())
        else:
            pile = piles.pop(today, set())
            if effect is Effect.NEXT_DAY:
                target = today + timedelta(days=1)
                while target in closed or target.isoweekday() not in working_days:
                    target += timedelta(days=1)
                piles[target] |= pile
    driven = [due_on for pile in piles.values() for due_on in pile]
    assert len(driven) == len(set(driven)), "a visit is driven twice"
    fates: dict[date, date | None] = dict.fromkeys(WINDOW)
    return fates | {due_on: day for day, pile in piles.items() for due_on in pile}


@moderate
@given(BLACKOUTS, WORKING_DAYS, ZONES)
def test_visits_end_up_where_moving_them_day_by_day_takes_them(
    blackouts: list[Blackout], working_days: frozenset[int], zone: str | None
) -> None:
    moves = planned(blackouts, working_days, zone, WINDOW[0], WINDOW[-1])
    fates = pushed_about(blackouts, working_days, zone)
    assert {day: move.day for day, move in moves.items()} == {d: f for d, f in fates.items() if f != d}


@moderate
@given(BLACKOUTS, WORKING_DAYS, ZONES)
def test_visits_never_move_backwards_nor_onto_a_blackout(
    blackouts: list[Blackout], working_days: frozenset[int], zone: str | None
) -> None:
    moves = planned(blackouts, working_days, zone, WINDOW[0], WINDOW[-1])
    closed = {b.day for b in blackouts if b.zone in (None, zone)}
    assert closed <= moves.keys()
    for due_on, move in moves.items():
        assert move.blackout in blackouts
        assert move.day is None or (move.day > due_on and move.day not in closed)


@moderate
@given(BLACKOUTS, WORKING_DAYS)
def test_a_zone_with_blackouts_of_its_own_is_a_business_that_had_those_instead(
    blackouts: list[Blackout], working_days: frozenset[int]
) -> None:
    own = {b.day: b for b in blackouts if b.zone == "North"}
    instead = [b for b in blackouts if b.zone is None and b.day not in own]
    instead += [replace(b, zone=None) for b in own.values()]

    def fates(rows: list[Blackout], zone: str | None) -> dict[date, date | None]:
        return {d: m.day for d, m in planned(rows, working_days, zone, WINDOW[0], WINDOW[-1]).items()}

    assert fates(blackouts, "North") == fates(instead, None)


@moderate
@given(BLACKOUTS, WORKING_DAYS, ZONES, IN_WINDOW, IN_WINDOW)
def test_the_plan_of_some_days_is_part_of_the_plan_of_more(
    blackouts: list[Blackout], working_days: frozenset[int], zone: str | None, from_: date, to: date
) -> None:
    whole = planned(blackouts, working_days, zone, WINDOW[0], WINDOW[-1])
    part = planned(blackouts, working_days, zone, from_, to)
    assert part == {day: move for day, move in whole.items() if from_ <= day <= to}
    assert list(part) == sorted(part)


# --- Which visits are due, and why not ---------------------------------------------------------------

TUESDAYS = Terms(DayRule(Frequency.WEEKLY), frozenset({2}), starts_on=D("2026-01-06"))


def told(text: str, terms: Terms) -> Terms:
    """The terms with one more fact, as the table of reasons writes it."""
    word, _, rest = text.partition(" ")
    match word:
        case "hold":
            dates, _, effective_from = rest.partition(", effective from ")
            hold = span(dates)
            hold = replace(hold, first=D(effective_from)) if effective_from else hold
            return replace(terms, holds=(*terms.holds, hold))
        case "skip":
            return replace(terms, skips=terms.skips | {D(rest)})
        case "paused":
            return replace(terms, pauses=(*terms.pauses, span(rest)))
        case "canceled":
            return replace(terms, canceled_on=D(rest))
        case "ends":
            return replace(terms, ends_on=D(rest))
        case "pending":
            return replace(terms, pending=True)
    raise AssertionError(text)


@worked("Reasons")
def test_the_first_reason_that_holds_is_the_one_shown(row: Row) -> None:
    terms, blackouts = TUESDAYS, []
    for fact in row["given"].split("; "):
        if fact.startswith("blackout "):
            blackouts.append(blackout(fact.removeprefix("blackout ")))
        elif fact != "nothing":
            terms = told(fact, terms)
    visits = due(terms, blackouts, MON_TO_FRI, D("2026-06-01"), D("2026-06-30"))
    found = [visit for visit in visits if visit.due_on == named(row["due on"])]
    if row["reason"] == "no visit":
        assert found == []
    else:
        reason = None if row["reason"] == "served" else Reason(row["reason"])
        assert found == [Due(named(row["due on"]), named(row["driven on"]), reason)]


def test_a_visit_moved_into_the_window_is_in_it_however_long_ago_it_was_due() -> None:
    closed = [Blackout(day, Effect.NEXT_DAY) for day in each_day(D("2026-01-05"), D("2026-06-30"))]
    first, *rest = due(TUESDAYS, closed, MON_TO_FRI, D("2026-07-01"), D("2026-07-01"))
    assert first == Due(D("2026-01-06"), D("2026-07-01"), None)
    assert len(rest) == 25, "the other Tuesdays of 26 closed weeks"


def test_a_visit_moved_out_of_the_window_is_not_in_it() -> None:
    closed = [blackout("Tue 2026-06-16 next_day")]
    assert due(TUESDAYS, closed, MON_TO_FRI, D("2026-06-16"), D("2026-06-16")) == []


def test_two_visits_on_one_day_are_both_due_in_the_order_of_their_due_days() -> None:
    terms = replace(TUESDAYS, weekdays=frozenset({2, 3}))
    closed = [blackout("Tue 2026-06-16 next_day")]
    assert due(terms, closed, MON_TO_FRI, D("2026-06-16"), D("2026-06-17")) == [
        Due(D("2026-06-16"), D("2026-06-17"), None),
        Due(D("2026-06-17"), D("2026-06-17"), None),
    ]


def test_visits_are_listed_by_the_day_they_are_driven() -> None:
    terms = replace(TUESDAYS, weekdays=frozenset({5, 6}))
    closed = [blackout("Fri 2026-12-25 next_day")]
    assert due(terms, closed, MON_TO_FRI, D("2026-12-25"), D("2026-12-31")) == [
        Due(D("2026-12-26"), D("2026-12-26"), None),
        Due(D("2026-12-25"), D("2026-12-28"), None),
    ]


SPANS = st.tuples(IN_WINDOW, IN_WINDOW, st.booleans()).map(
    lambda drawn: Span(min(drawn[:2]), max(drawn[:2]) if drawn[2] else None)
)
RULES = st.sampled_from(
    [
        DayRule(Frequency.WEEKLY),
        DayRule(Frequency.BIWEEKLY, WeekParity.A),
        DayRule(Frequency.MONTHLY, month_week=MonthWeek.LAST),
        DayRule(Frequency.QUARTERLY),
        DayRule(Frequency.ANNUALLY, month_week=MonthWeek.SECOND, anchor_month=12),
        DayRule(Frequency.SEASONAL, WeekParity.B, season=frozenset({12})),
    ]
)
TERMS = st.builds(
    Terms,
    rule=RULES,
    weekdays=st.frozensets(st.integers(1, 7)),
    starts_on=IN_WINDOW,
    ends_on=st.none() | IN_WINDOW,
    first_visit_on=st.none() | IN_WINDOW,
    zone=ZONES,
    pending=st.sampled_from([False] * 9 + [True]),
    pauses=st.lists(SPANS, max_size=1).map(tuple),
    canceled_on=st.none() | IN_WINDOW,
    holds=st.lists(SPANS, max_size=2).map(tuple),
    skips=st.frozensets(IN_WINDOW, max_size=3),
)


def read_aloud(terms: Terms, blackouts: list[Blackout], working_days: frozenset[int]) -> list[Due]:
    """All visits of the window, by the words of the rule, one clause after another."""
    fates = pushed_about(blackouts, working_days, terms.zone)
    visits = []
    for due_on in [] if terms.pending else WINDOW:
        routed = due_on.isoweekday() in terms.weekdays
        in_term = terms.starts_on <= due_on <= (terms.ends_on or date.max)
        if not (routed and in_term and (serves(terms.rule, due_on) or due_on == terms.first_visit_on)):
            continue
        day = fates[due_on] or due_on
        reasons = {
            Reason.HOLIDAY: fates[due_on] is None,
            Reason.HOLD: any(s.first <= day <= (s.last or date.max) for s in terms.holds),
            Reason.SKIP: due_on in terms.skips,
            Reason.PAUSED: any(s.first <= day <= (s.last or date.max) for s in terms.pauses),
            Reason.CANCELED: day >= (terms.canceled_on or date.max),
        }
        visits.append(Due(due_on, day, next((reason for reason, holds in reasons.items() if holds), None)))
    return sorted(visits, key=lambda visit: (visit.day, visit.due_on))


@moderate
@given(TERMS, BLACKOUTS, WORKING_DAYS)
def test_due_visits_are_what_the_rule_says_clause_by_clause(
    terms: Terms, blackouts: list[Blackout], working_days: frozenset[int]
) -> None:
    visits = due(terms, blackouts, working_days, WINDOW[0], WINDOW[-1])
    assert visits == [v for v in read_aloud(terms, blackouts, working_days) if v.day <= WINDOW[-1]]


@moderate
@given(TERMS, BLACKOUTS, WORKING_DAYS, IN_WINDOW)
def test_windows_side_by_side_hold_each_visit_once(
    terms: Terms, blackouts: list[Blackout], working_days: frozenset[int], cut: date
) -> None:
    def visits(from_: date, to: date) -> list[Due]:
        return due(terms, blackouts, working_days, from_, to)

    after = cut + timedelta(days=1)
    assert visits(WINDOW[0], cut) + visits(after, WINDOW[-1]) == visits(WINDOW[0], WINDOW[-1])


def test_every_worked_table_of_the_rule_is_tested() -> None:
    assert TABLES.headings == TABLES.read
