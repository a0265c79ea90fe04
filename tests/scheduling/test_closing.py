"""The close of a day writes down what was due and not served; later changes cannot rewrite it."""

import pytest

from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer, Pause
from nextroute.scheduling import closing, holds, reconcile, routes, stops
from nextroute.scheduling.calendar import Effect
from nextroute.scheduling.models import BlackoutDate, Hold, MasterRoute, Route, Stop
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON, D, days, noon

MONDAY, TUESDAY = D("2026-06-01"), D("2026-06-02")


def generate(business: Business, to: str = "2026-06-16", today: str = "2026-06-01") -> None:
    reconcile.reconcile(business, D(today), D(to), today=D(today))


def close(business: Business, today: str = "2026-06-03") -> int:
    return closing.close(business, today=D(today), now=NOON)


def record(customer: Customer) -> list[tuple[str, str, str, str]]:
    """What the close wrote: due, driven, reason, note."""
    written = customer.stops.filter(removed_by="close").order_by("due_on")
    return [(f"{s.due_on}", f"{s.service_date}", s.removed_reason or "", s.removed_note) for s in written]


def hold(customer: Customer, first: str, last: str) -> None:
    holds.place(customer=customer, start_date=D(first), end_date=D(last), actor=SYSTEM, now=NOON)


def test_a_visit_that_fell_away_is_kept_with_its_reason(bright: Business, ada: Customer) -> None:
    generate(bright)
    hold(ada, "2026-06-01", "2026-06-05")
    assert close(bright) == 1
    assert record(ada) == [("2026-06-02", "2026-06-02", "hold", "")]


def test_a_visit_that_never_had_a_stop_is_kept_too(bright: Business, ada: Customer) -> None:
    hold(ada, "2026-06-01", "2026-06-05")
    generate(bright)
    assert ada.stops.count() == 2, "the two Tuesdays after the hold"
    assert close(bright) == 1
    assert record(ada) == [("2026-06-02", "2026-06-02", "hold", "")]


@pytest.mark.parametrize("reason", ["paused", "canceled", "holiday", "office"])
def test_each_reason_is_kept(bright: Business, ada: Customer, eve: Customer, reason: str) -> None:
    match reason:
        case "paused":
            Pause.objects.create(business=bright, customer=ada, first_day=TUESDAY)
        case "canceled":
            Customer.objects.filter(id=ada.id).update(canceled_on=TUESDAY)
        case "holiday":
            BlackoutDate.objects.create(business=bright, date=TUESDAY, name="Founders' Day", effect=Effect.SKIP)
        case "office":  # no place on a route that was out already
            Customer.objects.filter(id=ada.id).update(activated_on=None)
    generate(bright, "2026-06-02")
    if reason == "office":
        routes.dispatch(route=Route.objects.get(), actor=SYSTEM, now=NOON)
        Customer.objects.filter(id=ada.id).update(activated_on=MONDAY)
        generate(bright, "2026-06-02")
    close(bright)
    note = "Founders' Day" if reason == "holiday" else ""
    assert record(ada) == [("2026-06-02", "2026-06-02", reason, note)]


def test_a_stop_nobody_confirmed_stays_pending_for_the_office(bright: Business, ada: Customer) -> None:
    generate(bright)
    assert close(bright) == 0
    stop = ada.stops.get(due_on=TUESDAY)
    assert (stop.status, stop.removed_at) == ("pending", None)


def test_what_was_made_or_removed_by_the_office_is_left_as_it_is(
    bright: Business, ada: Customer, eve: Customer
) -> None:
    generate(bright)
    eve.stops.filter(due_on=TUESDAY).update(
        removed_at=NOON, removed_by="office", removed_reason="office", removed_note="Flooded street"
    )
    routes.dispatch(route=Route.objects.get(date=TUESDAY), actor=SYSTEM, now=NOON)
    stops.complete(stop=ada.stops.get(due_on=TUESDAY), actor=SYSTEM, now=NOON)
    assert close(bright) == 0
    assert ada.stops.get(due_on=TUESDAY).status == "completed"
    assert eve.stops.get(due_on=TUESDAY).removed_by == "office"


def test_a_visit_is_of_the_day_it_would_have_been_driven(bright: Business, ada: Customer) -> None:
    BlackoutDate.objects.create(business=bright, date=TUESDAY, name="Closed", effect=Effect.NEXT_DAY)
    hold(ada, "2026-06-03", "2026-06-05")
    generate(bright)
    assert close(bright, "2026-06-03") == 0
    assert close(bright, "2026-06-04") == 1
    assert record(ada) == [("2026-06-02", "2026-06-03", "hold", "")]


def test_a_stop_the_office_moved_to_a_later_day_is_not_missed(bright: Business, ada: Customer) -> None:
    generate(bright)
    route = Route.objects.get(date=TUESDAY)
    routes.move(route=route, to=D("2026-06-04"), reason="Snow", actor=SYSTEM, now=noon(MONDAY))
    assert close(bright, "2026-06-05") == 0
    assert days(ada)[0] == "2026-06-04"


def test_every_day_since_the_last_close_is_closed_once(bright: Business, ada: Customer) -> None:
    generate(bright, "2026-06-01")
    assert close(bright, "2026-06-16") == 2, "two Tuesdays for which no route was made"
    assert bright.closed_through == D("2026-06-15")
    assert close(bright, "2026-06-16") == 0


def test_the_record_begins_with_the_first_generation(bright: Business, ada: Customer) -> None:
    assert close(bright, "2026-06-16") == 0
    generate(bright, "2026-06-09", today="2026-06-03")
    assert close(bright, "2026-06-09") == 0, "the Tuesday before was nobody's to record"


def test_later_changes_rewrite_nothing(bright: Business, ada: Customer) -> None:
    generate(bright)
    hold(ada, "2026-06-01", "2026-06-05")
    close(bright)
    before = record(ada)
    Hold.objects.update(lifted_at=NOON)
    MasterRoute.objects.update(active=False)
    generate(bright, today="2026-06-03")
    cast.served(cast.a_customer(bright, "kim"))  # from January on, as it is written today
    close(bright)
    assert record(ada) == before
    assert Stop.objects.filter(customer__ref="kim", due_on=TUESDAY).count() == 0


def test_a_day_somebody_else_closed_meanwhile_is_not_closed_again(bright: Business, ada: Customer) -> None:
    generate(bright, "2026-06-01")
    stale = Business.objects.get(id=bright.id)
    close(bright)
    cast.served(cast.a_customer(bright, "kim"))
    assert closing._close_day(stale, TUESDAY, NOON) == 0
    assert stale.closed_through == TUESDAY
