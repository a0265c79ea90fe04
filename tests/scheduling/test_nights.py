"""Each business's night begins at two in its own morning, and may be repeated."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from nextroute.customers.models import Customer
from nextroute.scheduling import nights
from nextroute.tenancy.businesses import Business
from tests.cast import D, days

TWO = datetime(2026, 6, 1, 8, tzinfo=UTC)  # in Denver


def test_before_two_it_is_still_the_day_before(bright: Business, ada: Customer) -> None:
    assert not nights.due(bright, TWO - timedelta(minutes=1))
    assert nights.due(bright, TWO)


def test_a_night_closes_what_is_past_generates_what_comes_and_is_over(bright: Business, ada: Customer) -> None:
    nights.run(bright, now=TWO)
    assert days(ada) == ["2026-06-02"]
    assert not nights.due(bright, TWO + timedelta(hours=20))
    nights.run(bright, now=TWO + timedelta(days=3))
    bright.refresh_from_db()
    assert (bright.closed_through, bright.generated_through) == (D("2026-06-03"), D("2026-06-11"))
    assert not nights.run(bright, now=TWO + timedelta(days=3))


def test_a_night_that_was_missed_is_made_up_for(bright: Business, ada: Customer) -> None:
    nights.run(bright, now=TWO)
    later = TWO + timedelta(days=5, hours=9)
    assert nights.due(bright, later)
    nights.run(bright, now=later)
    bright.refresh_from_db()
    assert bright.closed_through == D("2026-06-05")


@pytest.mark.parametrize("zone", ["America/Denver", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Australia/Lord_Howe"])
def test_every_night_has_its_turn_also_when_clocks_change(zone: str) -> None:
    business = Business(timezone=zone)
    here = ZoneInfo(zone)
    for start in ("2026-03-06", "2026-10-30", "2026-04-03", "2026-10-02"):
        now = datetime.fromisoformat(start).replace(tzinfo=here).astimezone(UTC)
        business.closed_through, business.generated_through = business.today(now) - timedelta(days=1), None
        turns = []
        for _ in range(4 * 24):
            now += timedelta(hours=1)
            if nights.due(business, now):
                turns.append(business.today(now))
                business.closed_through = turns[-1] - timedelta(days=1)
                business.generated_through = turns[-1] + timedelta(days=business.auto_generate_days)
        assert turns[:4] == [D(start) + timedelta(days=n) for n in range(4)]
