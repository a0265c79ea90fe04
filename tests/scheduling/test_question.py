"""The database and the plain-Python calendar give the same answer to “which visits are due?”, 2015-2040."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nextroute.core import scope
from nextroute.customers.models import Pause
from nextroute.scheduling import question
from nextroute.scheduling.calendar import (
    Blackout,
    Due,
    Effect,
    Frequency,
    MonthWeek,
    Reason,
    Span,
    Terms,
    WeekParity,
    due,
)
from nextroute.scheduling.models import BlackoutDate, Hold, Skip
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON

FIRST, LAST = date(2015, 1, 1), date(2040, 12, 31)
days_of_all_years = st.dates(FIRST, LAST)


@st.composite
def spans(draw: st.DrawFn, around: date) -> Span:
    first = around + timedelta(days=draw(st.integers(-40, 120)))
    return Span(first, draw(st.none() | st.integers(0, 40).map(lambda n: first + timedelta(days=n))))


@st.composite
def situations(draw: st.DrawFn) -> dict[str, Any]:
    """A property's subscription, its customer, and the blackouts around a window of a few weeks."""
    window = draw(days_of_all_years)
    near = st.integers(-30, 100).map(lambda n: window + timedelta(days=n))
    frequency = draw(st.sampled_from([f for f in Frequency if f is not Frequency.ONE_TIME]))
    parity = draw(
        st.sampled_from(WeekParity) if frequency is Frequency.BIWEEKLY else st.none() | st.sampled_from(WeekParity)
    )
    return {
        "window": window,
        "length": draw(st.integers(0, 90)),
        "weekday": draw(st.integers(1, 7)),
        "frequency": frequency,
        "week_parity": parity,
        "month_week": draw(st.none() | st.sampled_from(MonthWeek)),
        "anchor_month": draw(st.none() | st.integers(1, 12)),
        "season_months": draw(st.none() | st.sets(st.integers(1, 12), min_size=1).map(sorted)),
        "starts_on": window + timedelta(days=draw(st.integers(-800, 60))),
        "ends": draw(st.none() | st.integers(0, 900)),
        "first_visit_on": draw(st.none() | near),
        "canceled_on": draw(st.none() | near),
        "pauses": draw(st.lists(spans(window), max_size=1)),
        "holds": draw(st.lists(spans(window).filter(lambda s: s.last is not None), max_size=1)),
        "own_holds": draw(st.lists(spans(window).filter(lambda s: s.last is not None), max_size=1)),
        "skips": draw(st.sets(near, max_size=4)),
        "blackouts": draw(st.dictionaries(st.tuples(near, st.booleans()), st.sampled_from(Effect), max_size=5)),
        "working_days": draw(st.sets(st.integers(1, 7), min_size=1).map(sorted)),
    }


def asked(business: Business, customer: UUID, first: date, last: date) -> list[Due]:
    """The database's answer, in the customer's own scope."""
    moves = question.shifts(business, first, last)
    due_from = min([first, *(m.due_on for m in moves if m.planned_on and m.planned_on >= first)])
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {question.sql('visits')} SELECT due_on, day, reason FROM visits ORDER BY day, due_on",
            question.parameters(moves, due_from, last, [customer]),
        )
        found = [Due(due_on, day, Reason(reason) if reason else None) for due_on, day, reason in cursor.fetchall()]
    return [visit for visit in found if first <= visit.day <= last]


def built(business: Business, case: dict[str, Any]) -> tuple[UUID, Terms, list[Blackout]]:
    """The situation's rows, and the same in plain Python."""
    business.working_days = case["working_days"]
    zone = cast.a_zone(business, weekday=case["weekday"])
    plan = cast.a_plan(business, case["frequency"])
    ada = cast.a_customer(business, "ada", canceled_on=case["canceled_on"])
    place = cast.a_property(ada, zone)
    subscription = cast.a_subscription(
        place,
        plan,
        starts_on=case["starts_on"].isoformat(),
        ends_on=None if case["ends"] is None else case["starts_on"] + timedelta(days=case["ends"]),
        **{k: case[k] for k in ("week_parity", "month_week", "anchor_month", "season_months", "first_visit_on")},
    )
    of_ada = {"business": business, "customer": ada}
    for pause in case["pauses"]:
        Pause.objects.create(**of_ada, first_day=pause.first, last_day=pause.last)
    for holds, prop in ((case["holds"], None), (case["own_holds"], place)):
        for hold in holds:
            Hold.objects.create(
                **of_ada,
                property=prop,
                start_date=hold.first - timedelta(days=3),
                effective_from=hold.first,
                end_date=hold.last,
                placed_at=NOON,
            )
    for day in case["skips"]:
        Skip.objects.create(**of_ada, subscription=subscription, due_on=day, placed_at=NOON)
    blackouts = []
    for (day, zoned), effect in case["blackouts"].items():
        BlackoutDate.objects.create(
            business=business, date=day, effect=effect, name="off", zone=zone if zoned else None
        )
        blackouts.append(Blackout(day, effect, zone.id if zoned else None))
    terms = Terms(
        rule=subscription.day_rule(),
        weekdays=frozenset({case["weekday"]}),
        starts_on=subscription.starts_on,
        ends_on=subscription.ends_on,
        first_visit_on=subscription.first_visit_on,
        zone=zone.id,
        pauses=tuple(case["pauses"]),
        canceled_on=case["canceled_on"],
        holds=(*case["holds"], *case["own_holds"]),
        skips=frozenset(case["skips"]),
    )
    return ada.id, terms, blackouts


@pytest.mark.django_db
@given(case=situations())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_database_and_the_calendar_agree(case: dict[str, Any]) -> None:
    business = cast.a_business()
    try:
        with transaction.atomic(), scope.business(business.id):
            customer, terms, blackouts = built(business, case)
            last = case["window"] + timedelta(days=case["length"])
            expected = due(terms, blackouts, frozenset(case["working_days"]), case["window"], last)
            assert asked(business, customer, case["window"], last) == expected
            with scope.customer(business.id, customer):
                assert asked(business, customer, case["window"], last) == expected
            transaction.set_rollback(True)
    finally:
        with scope.business(business.id):
            business.branding.delete()
            business.delete()


@pytest.mark.django_db
@pytest.mark.parametrize("weekday", range(1, 8))
def test_every_day_of_every_frequency_agrees_over_all_years(weekday: int) -> None:
    """No sampling: each frequency, parity and month week on one weekday, every week of 26 years."""
    business = cast.a_business()
    rules: list[dict[str, Any]] = [{"frequency": "weekly"}]
    rules += [{"frequency": "biweekly", "week_parity": p} for p in WeekParity]
    rules += [{"frequency": f, "month_week": w} for f in ("monthly", "quarterly", "annually") for w in MonthWeek]
    rules += [{"frequency": "seasonal", "week_parity": p, "season_months": [11, 12, 1, 2]} for p in (None, *WeekParity)]
    with scope.business(business.id):
        zone = cast.a_zone(business, weekday=weekday)
        ada = cast.a_customer(business, "ada")
        for n, rule in enumerate(rules):
            plan = cast.a_plan(business, rule.pop("frequency"))
            subscription = cast.a_subscription(
                cast.a_property(ada, zone, f"{n} Elm St"), plan, starts_on="2014-02-03", **rule
            )
            terms = Terms(subscription.day_rule(), frozenset({weekday}), subscription.starts_on)
            expected = due(terms, [], frozenset({1}), FIRST, LAST)
            assert asked_of(subscription.id, FIRST, LAST) == expected, rule


def asked_of(subscription: UUID, first: date, last: date) -> list[Due]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH {question.sql('visits')} SELECT due_on, day FROM visits WHERE subscription_id = %(one)s ORDER BY 1",
            question.parameters([], first, last, None) | {"one": subscription},
        )
        return [Due(due_on, day, None) for due_on, day in cursor.fetchall()]
