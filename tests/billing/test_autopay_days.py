"""The days of autopay: the tables of docs/rules/autopay.md, and every day there is."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from nextroute.billing.autopay import days
from nextroute.core.days import ONE_DAY, last_of_month
from tests.cast import D
from tests.worked import Row, Tables

AUTOPAY = Tables("autopay.md")
ANY_DAY = st.dates(D("2015-01-01"), D("2040-12-31"))
FAILURES = st.sampled_from(["insufficient_funds", "expired_card", "authentication_required", "amount_too_small", ""])


@AUTOPAY.worked("When it is charged")
def test_the_day_it_is_told_and_charged(row: Row) -> None:
    due, seen = D(row["due"]), D(row["seen"])
    told = days.told_on(due, seen)
    assert (told, days.charged_on(due, told)) == (D(row["told"]), D(row["charged"]))


@AUTOPAY.worked("When it does not go through")
def test_the_day_it_is_tried_again(row: Row) -> None:
    found = days.next_try(D(row["first try"]), int(row["failed"]), D(row["heard"]), row["failure"])
    assert (found.isoformat() if found else "never") == row["next try"]


@AUTOPAY.worked("A card that expires")
def test_the_month_a_card_is_told_of(row: Row) -> None:
    first, last = days.expiring(D(row["today"]))
    assert (first <= D(row["last day"]) <= last) is (row["told"] == "yes")


@given(due=ANY_DAY, seen=ANY_DAY)
def test_never_before_it_is_due_nor_two_days_after_it_was_told(due: date, seen: date) -> None:
    told = days.told_on(due, seen)
    charged = days.charged_on(due, told)
    assert seen <= told
    assert charged >= due
    assert charged - told >= days.NOTICE
    assert charged == due or charged - told == days.NOTICE


@given(first=ANY_DAY, late=st.lists(st.integers(0, 10), min_size=6, max_size=6), failure=FAILURES)
def test_however_late_it_is_heard_of_there_are_at_most_four_tries_on_days_of_their_own(
    first: date, late: list[int], failure: str
) -> None:
    tries, heard = [first], first
    for failed, days_late in enumerate(late, start=1):
        heard = tries[-1] + days_late * ONE_DAY
        again = days.next_try(first, failed, heard, failure)
        if again is None:
            break
        assert again > heard
        tries.append(again)
    assert len(tries) == len(set(tries)) == (1 if failure in days.IN_VAIN else 4)


@given(expires=ANY_DAY)
def test_a_card_has_exactly_one_month_in_which_it_is_told_of(expires: date) -> None:
    last_day = last_of_month(expires)
    around = {day: days.expiring(day) for day in (last_day - n * ONE_DAY for n in range(-40, 100))}
    told = [day for day, (first, last) in around.items() if first <= last_day <= last]
    assert {(day.year, day.month) for day in told} == {(told[0].year, told[0].month)}
    assert all(day < last_day for day in told)


def test_no_table_is_left_unread() -> None:
    assert AUTOPAY.headings - AUTOPAY.read == {"Once"}
