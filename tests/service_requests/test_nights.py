"""The night tells of what nobody answered in time, once."""

from datetime import timedelta

from nextroute.customers.models import Customer
from nextroute.service_requests import answering, nights
from tests import cast
from tests.cast import NOON
from tests.doors import statements
from tests.service_requests import scene
from tests.service_requests.scene import ADA, told

LATE = NOON + timedelta(days=9)  # the day after Tuesday, June 9


def test_who_got_no_answer_in_time_is_told_once(ready: Customer) -> None:
    scene.extra(ready)
    assert nights.run(ready.business, now=LATE - timedelta(days=1)) == 0
    nights.run(ready.business, now=LATE)
    nights.run(ready.business, now=LATE)
    nights.run(ready.business, now=LATE + timedelta(days=1))
    assert told().count(("request_expired", "ada@example.com")) == 1


def test_a_night_that_was_left_out_is_made_up_for_within_a_week(ready: Customer) -> None:
    scene.extra(ready)
    assert nights.run(ready.business, now=LATE + timedelta(days=6)) == 1
    assert nights.run(ready.business, now=LATE + timedelta(days=7)) == 0


def test_what_was_answered_or_taken_back_in_time_is_not_told(ready: Customer) -> None:
    answering.withdraw(request=scene.extra(ready), actor=ADA, now=NOON)
    assert nights.run(ready.business, now=LATE) == 0


def test_it_costs_the_same_statements_for_one_and_for_many(ready: Customer) -> None:
    scene.extra(ready)
    with statements() as few:
        assert nights.run(ready.business, now=LATE) == 1
    for n in range(5):
        one = cast.a_customer(ready.business, f"c{n}")
        cast.served(one)
        one.business = ready.business
        scene.extra(one)
    with statements() as many:
        nights.run(ready.business, now=LATE)
    assert len(many) == len(few)
