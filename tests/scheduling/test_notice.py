"""Until when a visit can still be changed. The worked table is read from docs/rules/holds.md, where the rule is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextroute.core.actors import SYSTEM, Actor, ActorKind
from nextroute.core.days import ONE_DAY
from nextroute.scheduling import notice
from nextroute.tenancy.businesses import Business
from nextroute.tenancy.permissions import Action
from tests.cast import NOON, D
from tests.doors import SOMEBODY
from tests.worked import Row, Tables

INSTANT = timedelta(microseconds=1)
TABLES = Tables("holds.md")


def a_business(zone: str = "America/Denver", **hours: int) -> Business:
    return Business(timezone=zone, **hours)


@TABLES.worked("Notice")
def test_the_last_instant_to_change_a_visit_is_the_tables(row: Row) -> None:
    business = a_business(row["zone"], hold_notice_hours=int(row["hours"]))
    weekday, on = row["visit on"].split()
    day, over = D(on), datetime.fromisoformat(row["too late from (UTC)"] + "+00:00")
    assert day.strftime("%a") == weekday
    assert notice.first_day(business, Action.HOLD, SOMEBODY, over - INSTANT) <= day
    assert notice.first_day(business, Action.HOLD, SOMEBODY, over) == day + ONE_DAY


@pytest.mark.parametrize(
    ("now", "first"),
    [
        ("2026-05-31 23:59:59.999999", "2026-06-02"),  # Sunday's last instant: Tuesday
        ("2026-06-01 00:00", "2026-06-03"),
        ("2026-06-01 12:00", "2026-06-03"),
    ],
)
def test_a_visit_on_tuesday_can_be_changed_until_the_end_of_sunday(now: str, first: str) -> None:
    here = datetime.fromisoformat(f"{now}-06:00")
    assert notice.first_day(a_business(), Action.HOLD, SOMEBODY, here) == D(first)


@pytest.mark.parametrize("kind", [kind for kind in ActorKind if kind is not ActorKind.CUSTOMER])
def test_staff_may_act_without_notice_today_too(kind: ActorKind) -> None:
    assert notice.first_day(a_business(), Action.HOLD, Actor(kind), NOON) == D("2026-06-01")


def test_each_action_has_its_own_notice() -> None:
    business = a_business(hold_notice_hours=0, skip_notice_hours=48)
    assert notice.first_day(business, Action.HOLD, SOMEBODY, NOON) == D("2026-06-02")
    assert notice.first_day(business, Action.SKIP, SOMEBODY, NOON) == D("2026-06-04")


def test_what_is_over_for_the_first_day_is_not_over_for_the_actor_who_needs_no_notice() -> None:
    day = D("2026-06-01")
    assert notice.ends_at(a_business(), Action.SKIP, SYSTEM, day) == datetime(2026, 6, 2, 6, tzinfo=UTC)


@given(
    zone=st.sampled_from(
        ["Pacific/Honolulu", "Pacific/Kiritimati", "America/New_York", "America/Havana", "Asia/Beirut"]
    ),
    hours=st.sampled_from([0, 1, 23, 24, 25, 36, 48, 24 * 60]),
    microseconds=st.integers(0, 25 * 365 * 86_400 * 1_000_000),
)
def test_the_first_day_is_the_first_whose_notice_is_not_over(zone: str, hours: int, microseconds: int) -> None:
    now = datetime(2015, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    business = a_business(zone, hold_notice_hours=hours)
    first = notice.first_day(business, Action.HOLD, SOMEBODY, now)

    def ends_at(day: date) -> datetime:
        return notice.ends_at(business, Action.HOLD, SOMEBODY, day)

    assert ends_at(first - ONE_DAY) <= now < ends_at(first)
