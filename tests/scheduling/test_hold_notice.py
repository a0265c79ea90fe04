"""Who may place a hold, until when, and which visits stay all the same. The rule: docs/rules/holds.md."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from nextroute.core.actors import SYSTEM, Actor, ActorKind
from nextroute.customers.models import Customer
from nextroute.scheduling import holds, reconcile, routes
from nextroute.scheduling.hold_limits import HoldRefused
from nextroute.scheduling.models import Hold, Route
from nextroute.scheduling.outlook import Outlook, Why
from nextroute.tenancy.businesses import Business
from nextroute.tenancy.permissions import NotPermitted
from tests import cast
from tests.cast import NOON, D, days
from tests.doors import SOMEBODY

TODAY = D("2026-06-01")
STAFF = Actor(ActorKind.STAFF)


@pytest.fixture(autouse=True)
def _generated(bright: Business, ada: Customer) -> None:
    reconcile.reconcile(bright, TODAY, D("2026-06-30"), today=TODAY)


def place(customer: Customer, first: str, last: str, actor: Actor = SOMEBODY, *, on: date = TODAY) -> Outlook:
    now = NOON + (on - TODAY)
    return holds.place(customer=customer, start_date=D(first), end_date=D(last), actor=actor, now=now)[1]


def away(found: Outlook) -> list[str]:
    return [line.visit.day.isoformat()[5:] for line in found.away]


def stays(found: Outlook) -> list[tuple[str, Why]]:
    return [(one.visit.day.isoformat()[5:], one.why) for one in found.stays]


def out(day: str) -> None:
    routes.dispatch(route=Route.objects.get(date=D(day)), actor=SYSTEM, now=NOON)


@pytest.mark.parametrize("mode", ["off", "approval"])
def test_a_customer_places_no_hold_where_the_business_wants_to_be_asked(ada: Customer, mode: str) -> None:
    ada.business.hold_mode = mode
    with pytest.raises(NotPermitted):
        place(ada, "2026-06-08", "2026-06-17")
    assert not Hold.objects.exists()
    assert away(place(ada, "2026-06-08", "2026-06-17", STAFF)) == ["06-09", "06-16"]


def test_visits_whose_notice_is_over_stay_and_are_told(ada: Customer) -> None:
    found = place(ada, "2026-06-01", "2026-06-10")
    assert (stays(found), away(found)) == ([("06-02", Why.NOTICE)], ["06-09"])
    assert Hold.objects.get().effective_from == D("2026-06-03")
    assert days(ada)[:2] == ["2026-06-02", "2026-06-16"]


def test_staff_need_no_notice(ada: Customer) -> None:
    found = place(ada, "2026-06-01", "2026-06-10", STAFF)
    assert (stays(found), away(found)) == ([], ["06-02", "06-09"])


def test_expected_visits_stay_inside_the_notice_too(ada: Customer) -> None:
    ada.business.hold_notice_hours = 24 * 35
    found = place(ada, "2026-06-29", "2026-07-20")
    assert (stays(found), away(found)) == ([("06-30", Why.NOTICE)], ["07-07", "07-14"])


def test_a_visit_whose_route_is_out_stays(ada: Customer) -> None:
    out("2026-06-09")
    found = place(ada, "2026-06-08", "2026-06-17")
    assert (stays(found), away(found)) == ([("06-09", Why.ROUTE)], ["06-16"])


def test_a_route_that_is_out_comes_before_the_notice_as_a_reason(ada: Customer) -> None:
    out("2026-06-02")
    assert stays(place(ada, "2026-06-01", "2026-06-10")) == [("06-02", Why.ROUTE)]


def test_a_visit_that_the_office_moved_stays(ada: Customer) -> None:
    routes.move(route=Route.objects.get(date=D("2026-06-09")), to=D("2026-06-11"), reason="Snow", actor=STAFF, now=NOON)
    found = place(ada, "2026-06-08", "2026-06-17")
    assert (stays(found), away(found)) == ([("06-11", Why.OFFICE)], ["06-16"])


def test_a_visit_that_was_done_today_is_neither(ada: Customer) -> None:
    ada.stops.filter(service_date=D("2026-06-02")).update(status="skipped", skip_category="weather", skip_reason="Hail")
    found = place(ada, "2026-06-02", "2026-06-10", STAFF, on=D("2026-06-02"))
    assert (stays(found), away(found)) == ([], ["06-09"])


def test_a_hold_is_refused_only_when_no_day_remains_and_says_the_first_that_would(ada: Customer) -> None:
    with pytest.raises(HoldRefused) as refusal:
        place(ada, "2026-06-01", "2026-06-02")
    assert refusal.value.field == "end_date"
    assert "Wednesday, June 3" in refusal.value.sentence
    assert stays(place(ada, "2026-06-01", "2026-06-03")) == [("06-02", Why.NOTICE)]


def test_the_next_visit_is_told_however_far_off(ada: Customer, bright: Business) -> None:
    assert place(ada, "2026-06-08", "2026-06-17").next_day == D("2026-06-23")
    kim = cast.a_customer(bright, "kim")
    cast.served(kim, "quarterly", month_week="last")  # the last Tuesdays of July and October
    assert place(kim, "2026-07-20", "2026-08-02").next_day == D("2026-10-27")


def test_nobody_comes_any_more_after_the_last_visit(ada: Customer) -> None:
    ada.subscriptions.update(ends_on=D("2026-06-20"))
    assert place(ada, "2026-06-15", "2026-06-30").next_day is None


def test_a_propertys_hold_lists_that_propertys_visits_only(ada: Customer, bright: Business) -> None:
    here = ada.properties.get()
    assert here.zone
    there = cast.a_property(ada, here.zone, "3120 Teller Street")
    cast.a_subscription(there, cast.a_plan(bright))
    reconcile.reconcile(bright, TODAY, D("2026-06-30"), today=TODAY)
    _, found = holds.place(
        customer=ada, property=there, start_date=TODAY, end_date=D("2026-06-10"), actor=SOMEBODY, now=NOON
    )
    assert (stays(found), away(found)) == ([("06-02", Why.NOTICE)], ["06-09"])
    told = [line.visit for line in found.away] + [one.visit for one in found.stays]
    assert {visit.property_id for visit in told} == {there.id}


def test_the_year_counts_days_once_over_its_end_and_with_what_continues_a_hold(ada: Customer) -> None:
    ada.business.hold_days_per_year, ada.business.hold_max_days = 20, 60
    ada.business.save()
    place(ada, "2026-06-08", "2026-06-17")  # 10
    holds.place(  # within it, at one property: no more days
        customer=ada,
        property=ada.properties.get(),
        start_date=D("2026-06-08"),
        end_date=D("2026-06-12"),
        actor=SOMEBODY,
        now=NOON,
    )
    with pytest.raises(HoldRefused, match="In 2026 this is 1 too many") as refusal:
        place(ada, "2026-12-21", "2027-01-05")
    assert refusal.value.field == "end_date"
    place(ada, "2026-12-22", "2027-01-05")  # 10 in this year, 5 in the next
    with pytest.raises(HoldRefused, match="In 2027 this is 5 too many"):
        place(ada, "2027-01-06", "2027-01-25")
    hold = Hold.objects.get(start_date=D("2026-06-08"), property=None)
    with pytest.raises(HoldRefused, match="In 2026 this is 2 too many"):
        change_end(hold, "2026-06-19")
    holds.lift(hold=Hold.objects.exclude(property=None).get(), actor=SOMEBODY, now=NOON)
    change_end(hold, "2026-06-12")
    change_end(hold, "2026-06-17")  # its own days are not counted against it


def change_end(hold: Hold, last: str) -> None:
    holds.change(hold=hold, start_date=hold.start_date, end_date=D(last), actor=SOMEBODY, now=NOON)


def test_days_that_were_called_off_are_not_counted_and_days_that_were_had_are(ada: Customer) -> None:
    ada.business.hold_days_per_year = 10
    place(ada, "2026-06-03", "2026-06-12")
    holds.lift(hold=Hold.objects.get(), actor=SOMEBODY, now=NOON + timedelta(days=6))  # back on the 7th: four days
    place(ada, "2026-06-10", "2026-06-15", on=D("2026-06-07"))
    with pytest.raises(HoldRefused):
        place(ada, "2026-06-20", "2026-06-20", on=D("2026-06-07"))


def test_another_customers_property_cannot_be_held(ada: Customer, eve: Customer) -> None:
    with pytest.raises(IntegrityError, match="scheduling_hold"), transaction.atomic():
        holds.place(
            customer=ada,
            property=eve.properties.get(),
            start_date=D("2026-06-08"),
            end_date=D("2026-06-17"),
            actor=SOMEBODY,
            now=NOON,
        )
