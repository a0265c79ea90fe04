"""Whatever happens, in whatever order, a subscriber's calendar shows what the schedule shows.

What may happen is `scheduling/test_machine.py`'s; the subscriber also holds each answer against all it has read before.
"""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from nextroute.core.days import add_months
from nextroute.core.errors import Refused
from nextroute.customers.models import Customer
from nextroute.scheduling import visits
from nextroute.scheduling.visits import State
from tests.cast import NOON
from tests.doors import Clock
from tests.scheduling.test_machine import BY_OFFICE, BY_RULE, FIRST, Office, Step, any_of, office
from tests.subscriber import Subscriber, a_feed

__all__ = ["office"]  # the fixture


def check(office: Office, customer: Customer, reader: Subscriber) -> None:
    """Every visit of the window that stands on the schedule stands in the calendar, on its day and at its place."""
    last = add_months(office.today, 6)
    told = visits.between(customer, office.today, last, today=office.today)
    on_schedule = sorted((v.day, v.address) for v in told if v.state not in (State.OFF, State.SKIPPED))
    assert reader.standing(office.today) == on_schedule


@given(
    max_stops=st.sampled_from([None, 1, 2]),
    happens=st.lists(st.tuples(any_of(BY_RULE) | any_of(BY_OFFICE), st.booleans()), min_size=1, max_size=10),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_calendar_shows_what_the_schedule_shows_whatever_happens(
    office: Office, clock: Clock, max_stops: int | None, happens: list[tuple[Step, bool]]
) -> None:
    """A calendar may miss steps: it reads after those that say so."""
    with transaction.atomic():
        clock.now = NOON
        office.begin(max_stops)
        lee = office.subscriptions[1].customer  # two places, on two routes
        lee.business = office.business
        reader = Subscriber(a_feed(lee))
        for step, read in [*happens, (Step("night", {}), True)]:
            try:
                with transaction.atomic():
                    step.take(office)
            except Refused as refusal:
                event(f"{step.word} refused: {refusal}")
            clock.now = NOON + (office.today - FIRST)
            if read:
                check(office, lee, reader)
        transaction.set_rollback(True)


@pytest.mark.parametrize("days", [31, 200])
def test_a_calendar_that_was_away_for_long_catches_up(office: Office, clock: Clock, days: int) -> None:
    office.begin(max_stops=None)
    lee = office.subscriptions[1].customer
    lee.business = office.business
    reader = Subscriber(a_feed(lee))
    check(office, lee, reader)
    office.today = office.day(days)
    office.night()
    clock.now = NOON + (office.today - FIRST)
    check(office, lee, reader)
