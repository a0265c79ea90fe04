"""Reminders go out the day before, at the business's hour, for visits that will happen, and once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from nextroute.config import links
from nextroute.core.actors import SYSTEM
from nextroute.core.days import ONE_DAY
from nextroute.customers.models import Customer
from nextroute.notifications.composing import compose
from nextroute.notifications.delivering import deliver
from nextroute.notifications.models import Delivery
from nextroute.scheduling import blackouts, holds, routes, skips
from nextroute.scheduling.calendar import Effect
from nextroute.scheduling.models import Route
from nextroute.scheduling.reconcile import nightly
from nextroute.scheduling.reminders import due, remind
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import D
from tests.doors import statements

MONDAY = datetime(2026, 6, 1, 23, tzinfo=UTC)  # five in the afternoon in Denver
TUESDAY = D("2026-06-02")


@pytest.fixture
def tomorrow(bright: Business, ada: Customer) -> Business:
    """Ada is served tomorrow, on a Tuesday; it is Monday, five o'clock."""
    nightly(bright, today=D("2026-06-01"))
    return bright


def owed(trigger: str = "service_reminder") -> list[str]:
    return list(Delivery.objects.filter(trigger=trigger).order_by("id").values_list("address", flat=True))


def sent(business: Business, now: datetime = MONDAY) -> list[str]:
    """Subjects of what goes out now."""
    deliver(business.id, link=links.to, clock=lambda: now)
    subjects = [str(message.subject) for message in mail.outbox]
    mail.outbox.clear()
    return subjects


def test_whoever_is_served_tomorrow_is_reminded_at_the_businesss_hour(tomorrow: Business) -> None:
    assert remind(tomorrow, now=MONDAY - timedelta(minutes=1)) == 0
    assert remind(tomorrow, now=MONDAY) == 1
    assert owed() == ["ada@example.com"]
    assert len(sent(tomorrow)) == 1


def test_nobody_is_reminded_twice_of_one_day(tomorrow: Business) -> None:
    remind(tomorrow, now=MONDAY)
    tomorrow.refresh_from_db()
    assert not due(tomorrow, MONDAY)
    assert remind(tomorrow, now=MONDAY) == 0
    Business.objects.update(reminded_through=None)  # even if the note of it were lost
    tomorrow.refresh_from_db()
    remind(tomorrow, now=MONDAY)
    assert owed() == ["ada@example.com"]


def test_several_visits_of_a_day_are_one_reminder(tomorrow: Business, ada: Customer) -> None:
    home = ada.properties.get()
    assert home.zone
    cast.a_subscription(cast.a_property(ada, home.zone, "3120 Teller St"), cast.a_plan(tomorrow))
    nightly(tomorrow, today=D("2026-06-01"))
    assert remind(tomorrow, now=MONDAY) == 1


def test_the_statements_do_not_grow_with_the_customers(tomorrow: Business, ada: Customer) -> None:
    def cost() -> int:
        Business.objects.update(reminded_through=None)
        tomorrow.refresh_from_db()
        with statements() as sent:
            remind(tomorrow, now=MONDAY)
        return len(sent)

    few = cost()
    for n in range(20):
        cast.served(cast.a_customer(tomorrow, f"c{n}"))
    nightly(tomorrow, today=D("2026-06-01"))
    assert cost() == few
    assert len(owed()) == 21


def hold(ada: Customer) -> None:
    holds.place(customer=ada, start_date=TUESDAY, end_date=TUESDAY, actor=SYSTEM, now=MONDAY)


def skip(ada: Customer) -> None:
    skips.place(subscription=ada.subscriptions.get(), due_on=TUESDAY, actor=SYSTEM, now=MONDAY)


def holiday(ada: Customer) -> None:
    blackouts.add(business=ada.business, date=TUESDAY, name="Flood", effect=Effect.NEXT_DAY, actor=SYSTEM, now=MONDAY)


def canceled_route(_ada: Customer) -> None:
    routes.cancel(route=Route.objects.get(date=TUESDAY), reason="Snow", actor=SYSTEM, now=MONDAY)


def moved_route(_ada: Customer) -> None:
    routes.move(route=Route.objects.get(date=TUESDAY), to=D("2026-06-04"), reason="Snow", actor=SYSTEM, now=MONDAY)


@pytest.mark.parametrize("happens", [hold, skip, holiday, canceled_route, moved_route])
def test_no_reminder_goes_out_for_a_visit_that_will_not_happen(
    tomorrow: Business, ada: Customer, happens: object
) -> None:
    remind(tomorrow, now=MONDAY)
    assert callable(happens)
    happens(ada)
    sent(tomorrow)
    assert Delivery.objects.get(trigger="service_reminder").why == "nothing left to say"


def test_who_is_back_is_reminded(tomorrow: Business, ada: Customer) -> None:
    days: dict[str, Any] = {"start_date": TUESDAY, "actor": SYSTEM, "now": MONDAY}
    placed, _ = holds.place(customer=ada, end_date=D("2026-06-10"), **days)
    holds.change(hold=placed, end_date=D("2026-06-05"), **days)
    assert remind(tomorrow, now=MONDAY) == 0
    holds.lift(hold=placed, actor=SYSTEM, now=MONDAY)
    tomorrow.refresh_from_db()
    Business.objects.update(reminded_through=None)
    assert remind(Business.objects.get(pk=tomorrow.pk), now=MONDAY) == 1


def test_a_reminder_that_could_not_be_sent_before_midnight_is_not_sent(tomorrow: Business) -> None:
    remind(tomorrow, now=MONDAY)
    midnight = datetime(2026, 6, 2, 6, tzinfo=UTC)
    assert sent(tomorrow, midnight + timedelta(seconds=1)) == []
    assert Delivery.objects.get().why == "too late"


ZONES = ("America/Denver", "America/New_York", "Pacific/Honolulu", "Pacific/Kiritimati", "Australia/Lord_Howe")
# Both daylight-saving days of the northern and the southern summer, leap day, year's end.
AROUND = ("2026-03-08", "2026-11-01", "2026-04-05", "2026-10-04", "2028-02-29", "2026-12-31")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 17, 23])
def test_each_day_has_its_reminders_once_at_the_first_moment_of_the_hour_whatever_the_clocks_do(
    zone: str, around: str, hour: int
) -> None:
    business = Business(timezone=zone, reminder_hour=hour)
    owed: dict[date, datetime] = {}
    start = datetime.combine(D(around) - 2 * ONE_DAY, datetime.min.time(), ZoneInfo(zone)).astimezone(UTC)
    for minute in range(0, 5 * 24 * 60, 15):
        now = start + timedelta(minutes=minute)
        if due(business, now):
            business.reminded_through = business.today(now) + ONE_DAY
            owed[business.reminded_through] = now
    assert list(owed)[:4] == [D(around) + days * ONE_DAY for days in range(-1, 3)]
    for day, now in owed.items():
        here = now.astimezone(ZoneInfo(zone))
        assert here.date() == day - ONE_DAY
        assert here.hour >= hour
        before = (now - timedelta(minutes=15)).astimezone(ZoneInfo(zone))
        assert before.date() < here.date() or before.hour < hour


def test_an_extra_is_reminded_of_within_its_customers_own_hold(tomorrow: Business, ada: Customer) -> None:
    now = datetime(2026, 5, 31, 18, tzinfo=UTC)
    holds.place(customer=ada, start_date=D("2026-06-01"), end_date=D("2026-06-20"), actor=SYSTEM, now=now)
    cast.an_extra(ada.properties.get())
    assert remind(tomorrow, now=MONDAY) == 1
    delivery = Delivery.objects.select_related("business__branding", "customer").get(trigger="service_reminder")
    words = compose(delivery, links.to, MONDAY)
    assert words
    assert words["visits"] == "Driveway Wash, 8447 West 51st Avenue"
