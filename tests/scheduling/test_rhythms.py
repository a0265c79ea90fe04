"""What a customer has, as frequency, weekday and place."""

from nextroute.customers.models import Customer
from nextroute.scheduling import rhythms
from nextroute.scheduling.calendar import Frequency, MonthWeek
from nextroute.scheduling.master_routes import MasterRoute, MasterStop
from nextroute.scheduling.rhythms import Rhythm
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import D

TODAY = D("2026-06-01")


def test_each_subscription_on_each_weekday_of_its_property(bright: Business, ada: Customer, eve: Customer) -> None:
    zone = ada.properties.get().zone
    assert zone
    there = cast.a_property(ada, zone, "3120 Teller Street", address2="#4")
    cast.a_subscription(there, cast.a_plan(bright, "monthly"), month_week="last")
    cast.a_place(there, MasterRoute.objects.create(business=bright, zone=zone, weekday=5))
    last = MonthWeek.LAST
    assert rhythms.of(ada, TODAY) == [
        Rhythm(Frequency.MONTHLY, 2, last, "3120 Teller Street, #4"),
        Rhythm(Frequency.MONTHLY, 5, last, "3120 Teller Street, #4"),
        Rhythm(Frequency.WEEKLY, 2, MonthWeek.FIRST, "8447 West 51st Avenue"),
    ]


def test_what_has_ended_or_has_no_place_is_no_rhythm(bright: Business, ada: Customer) -> None:
    subscription = ada.subscriptions.get()
    subscription.ends_on = D("2026-06-01")
    subscription.save()
    assert len(rhythms.of(ada, TODAY)) == 1
    assert rhythms.of(ada, D("2026-06-02")) == []
    MasterStop.objects.update(status="pending")
    assert rhythms.of(ada, TODAY) == []


def test_every_second_week_of_every_week_is_weekly(bright: Business, ada: Customer) -> None:
    ada.subscriptions.update(plan=cast.a_plan(bright, "biweekly"), week_parity="every")
    assert [one.frequency for one in rhythms.of(ada, TODAY)] == [Frequency.WEEKLY]
