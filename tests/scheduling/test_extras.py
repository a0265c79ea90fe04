"""One visit outside every frequency: when it can be had, what it rides on, and what becomes of it.

The rule: docs/rules/extras.md.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, time, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from nextroute.audit.models import Entry
from nextroute.core import scope
from nextroute.core.actors import SYSTEM, Actor, ActorKind
from nextroute.core.errors import Refused
from nextroute.customers.models import Customer, Pause, Property
from nextroute.scheduling import blackouts, closing, extras, history, holds, past_visits, routes, stops, visits
from nextroute.scheduling.calendar import Effect
from nextroute.scheduling.models import Extra, MasterRoute, MasterStop, Plan, Route, Stop, Zone
from nextroute.scheduling.reconcile import Change, nightly, reconcile
from nextroute.scheduling.visits import State, Visit
from nextroute.tenancy.businesses import Business
from nextroute.tenancy.permissions import NotPermitted
from tests import cast
from tests.cast import NOON, D, an_extra
from tests.doors import statements

TODAY, TUESDAY, NEXT, THIRD, FOURTH = (D(f"2026-06-{day}") for day in ("01", "02", "09", "16", "23"))
ADA = Actor(ActorKind.CUSTOMER, uuid4())


@pytest.fixture
def home(bright: Business, ada: Customer) -> Property:
    """Ada's, served on Tuesdays; routes are made for June 2 and 9."""
    reconcile(bright, TODAY, D("2026-06-12"), today=TODAY)
    return Property.objects.select_related("customer__business", "zone").get(customer=ada)


def zone_of(home: Property) -> Zone:
    assert home.zone
    return home.zone


def open_days(home: Property, first: date = TODAY, last: date = FOURTH, plan: Plan | None = None) -> list[str]:
    wash = plan or cast.a_wash(home.customer.business)
    found = extras.days(home.customer, home, wash, first=first, last=last)
    return [f"{day:%m-%d}" for day in found]


def on(day: date) -> Route:
    return Route.objects.select_related("business").get(date=day, part=1)


def dispatch(day: date = TUESDAY) -> None:
    routes.dispatch(route=on(day), actor=SYSTEM, now=NOON)


def cancel(day: date = TUESDAY) -> int:
    return routes.cancel(route=on(day), reason="Crew training", actor=SYSTEM, now=NOON)


def day_off(business: Business, day: date, effect: Effect = Effect.SKIP, zone: Zone | None = None) -> None:
    blackouts.add(business=business, date=day, name="Flood", effect=effect, zone=zone, actor=SYSTEM, now=NOON)


def stop_of(extra: Extra) -> Stop:
    return extra.stops.select_related("route").latest("attempt")


def of_extras(found: list[Visit]) -> list[Visit]:
    return [visit for visit in found if visit.extra_id]


def seen(home: Property) -> list[Visit]:
    """The visits of extras, as the customer sees them on June 1."""
    home.customer.business.refresh_from_db()
    with scope.customer(home.business_id, home.customer_id):
        return of_extras(visits.between(home.customer, TODAY, D("2026-06-30"), today=TODAY))


# Which days


def test_an_extra_can_be_had_on_the_days_its_zone_is_served(home: Property) -> None:
    assert open_days(home) == ["06-02", "06-09", "06-16", "06-23"]


def test_a_place_on_another_zones_route_makes_a_day_too(bright: Business, home: Property) -> None:
    south = cast.a_zone(bright, "South", weekday=4)
    assert open_days(home, last=D("2026-06-09")) == ["06-02", "06-09"]
    cast.a_place(home, south.master_routes.get(), status="pending")
    assert open_days(home, last=D("2026-06-09")) == ["06-02", "06-09"]
    MasterStop.objects.update(status="approved")
    assert open_days(home, last=D("2026-06-09")) == ["06-02", "06-04", "06-09"]


def test_a_property_without_a_place_has_those_of_its_zone(home: Property) -> None:
    MasterStop.objects.all().delete()
    assert open_days(home) == ["06-02", "06-09", "06-16", "06-23"]
    MasterRoute.objects.update(active=False)
    assert open_days(home) == []


def test_of_its_own_place_and_its_zones_route_it_takes_its_own(bright: Business, home: Property) -> None:
    south = cast.a_zone(bright, "South")
    Property.objects.filter(id=home.id).update(zone=south)
    stop = stop_of(an_extra(home))
    assert stop.route
    assert stop.route.master_route == zone_of(home).master_routes.get()


@pytest.mark.parametrize("effect", Effect)
@pytest.mark.parametrize("of_zone", [False, True])
def test_a_day_off_of_the_business_or_the_zone_is_none(
    bright: Business, home: Property, effect: Effect, of_zone: bool
) -> None:
    day_off(bright, NEXT, effect, zone=zone_of(home) if of_zone else None)
    assert open_days(home) == ["06-02", "06-16", "06-23"]


def test_the_days_that_a_week_shift_carries_away_are_none(bright: Business, home: Property) -> None:
    cast.a_place(home, MasterRoute.objects.create(business=bright, zone=zone_of(home), weekday=5))
    day_off(bright, NEXT, Effect.SHIFT_WEEK)
    assert open_days(home) == ["06-02", "06-05", "06-16", "06-19", "06-23"]


def test_another_zones_day_off_does_not_matter(bright: Business, home: Property) -> None:
    day_off(bright, NEXT, zone=cast.a_zone(bright, "South"))
    assert "06-09" in open_days(home)


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({"activated_on": None}, []),
        ({"canceled_on": NEXT}, ["06-02"]),
        ({"canceled_on": D("2026-06-10")}, ["06-02", "06-09"]),
    ],
)
def test_only_an_active_customer_has_one(home: Property, changes: dict[str, date | None], left: list[str]) -> None:
    Customer.objects.filter(id=home.customer_id).update(**changes)
    assert open_days(home) == left


def test_a_paused_customer_has_none_and_one_on_hold_does(home: Property) -> None:
    ada = home.customer
    Pause.objects.create(business=ada.business, customer=ada, first_day=NEXT, last_day=THIRD)
    assert open_days(home) == ["06-02", "06-23"]
    Pause.objects.all().delete()
    holds.place(customer=ada, start_date=TODAY, end_date=D("2026-06-20"), actor=SYSTEM, now=NOON)
    assert open_days(home) == ["06-02", "06-09", "06-16", "06-23"]


def test_a_day_whose_route_is_out_moved_or_canceled_is_none(bright: Business, home: Property) -> None:
    reconcile(bright, TODAY, D("2026-06-23"), today=TODAY)
    dispatch(TUESDAY)
    cancel(NEXT)
    routes.move(route=on(THIRD), to=D("2026-06-18"), reason="Snow", actor=SYSTEM, now=NOON)
    assert open_days(home) == ["06-23"]


def test_room_on_an_open_part_is_room_though_another_part_is_out(bright: Business, home: Property) -> None:
    MasterRoute.objects.update(max_stops=1)
    cast.served(cast.a_customer(bright, "kim"))
    reconcile(bright, TODAY, D("2026-06-12"), today=TODAY)
    dispatch()
    assert "06-02" not in open_days(home), "the other part is full"
    MasterRoute.objects.update(max_stops=2)
    assert "06-02" in open_days(home)


def test_a_full_day_is_one_while_nothing_of_it_is_out(home: Property) -> None:
    MasterRoute.objects.update(max_stops=1)
    assert "06-02" in open_days(home)


@given(
    max_stops=st.sampled_from([None, 1, 2]),
    happens=st.lists(st.tuples(st.sampled_from(["dispatch", "cancel", "move", "hold"]), st.integers(0, 2)), max_size=5),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_extra_can_ride_wherever_a_new_visit_would_find_a_place(
    bright: Business, eve: Customer, home: Property, max_stops: int | None, happens: list[tuple[str, int]]
) -> None:
    with transaction.atomic():
        Stop.objects.all().delete()
        Route.objects.all().delete()
        MasterRoute.objects.update(max_stops=max_stops)
        kim, lee = (cast.a_customer(bright, ref) for ref in ("kim", "lee"))
        cast.served(kim)
        reconcile(bright, TODAY, NEXT, today=TODAY)
        people = [home.customer, eve, kim]
        for what, n in happens:
            befall(what, people[n])
        cast.served(lee)
        place = lee.properties.get()
        can_ride = extras.days(lee, place, cast.a_wash(bright), first=TUESDAY, last=TUESDAY) == [TUESDAY]
        reconcile(bright, TODAY, NEXT, today=TODAY)
        assert lee.stops.filter(service_date=TUESDAY).exists() == can_ride
        event(f"a place: {can_ride}")
        transaction.set_rollback(True)


def befall(what: str, customer: Customer) -> None:
    """It happens to the customer's visit of June 2, or to the part it is on; what is refused does not."""
    stop = customer.stops.select_related("route__business").get(due_on=TUESDAY)
    assert stop.route
    with suppress(Refused), transaction.atomic():
        match what:
            case "dispatch":
                routes.dispatch(route=stop.route, actor=SYSTEM, now=NOON)
            case "cancel":
                routes.cancel(route=stop.route, reason="Snow", actor=SYSTEM, now=NOON)
            case "move":
                routes.move(route=stop.route, to=D("2026-06-04"), reason="Snow", actor=SYSTEM, now=NOON)
            case _:
                holds.place(customer=customer, start_date=TODAY, end_date=D("2026-06-05"), actor=SYSTEM, now=NOON)


def test_the_day_it_is_ordered_for_already_is_none_and_one_of_another_plan_is(home: Property) -> None:
    an_extra(home)
    assert "06-02" not in open_days(home)
    other = cast.a_plan(home.customer.business, "one_time", code="bulk", plan_type="addon")
    assert "06-02" in open_days(home, plan=other)


def test_what_is_sold_by_frequency_has_no_days(home: Property) -> None:
    assert open_days(home, plan=Plan.objects.get(code="weekly")) == []


def test_days_take_the_same_statements_for_a_week_and_for_a_year(home: Property) -> None:
    wash = cast.a_wash(home.customer.business)
    with scope.customer(home.business_id, home.customer_id):
        with statements() as few:
            extras.days(home.customer, home, wash, first=TODAY, last=NEXT)
        with statements() as many:
            assert len(extras.days(home.customer, home, wash, first=TODAY, last=D("2027-05-31"))) == 52
    assert len(few) == len(many) == 4, "two, and the way into the business's scope and back"


# Ordering


def test_an_ordered_extra_rides_on_the_days_open_route(home: Property) -> None:
    extra = an_extra(home, notes="Mind the roses")
    stop = stop_of(extra)
    assert (extra.day, extra.price_cents, extra.notes, extra.ordered_at) == (TUESDAY, 6500, "Mind the roses", NOON)
    assert (stop.origin, stop.attempt, stop.due_on, stop.service_date) == ("office", 1, TUESDAY, TUESDAY)
    assert (stop.route, stop.subscription, stop.status) == (on(TUESDAY), None, "pending")


def test_a_route_that_is_not_there_yet_is_made_and_the_night_fills_it(bright: Business, home: Property) -> None:
    stop = stop_of(an_extra(home, "2026-06-16"))
    route = on(THIRD)
    assert (stop.route, route.status, route.original_date) == (route, "draft", THIRD)
    bright.refresh_from_db()
    assert bright.generated_through == D("2026-06-12")
    nightly(bright, today=TODAY, days=20)
    assert route.stops.filter(removed_at=None).count() == 2
    assert on(THIRD) == route


def test_an_extra_takes_a_place_from_the_visits_that_are_made_later(bright: Business, home: Property) -> None:
    MasterRoute.objects.update(max_stops=1)
    an_extra(home, "2026-06-16")
    nightly(bright, today=TODAY, days=20)
    parts = Route.objects.filter(date=THIRD).order_by("part")
    assert [part.stops.count() for part in parts] == [1, 1]


def test_an_extra_beyond_the_last_place_opens_a_new_part(home: Property) -> None:
    MasterRoute.objects.update(max_stops=1)
    stop = stop_of(an_extra(home))
    assert stop.route
    assert (stop.route.part, stop.route.status) == (2, "draft")


@pytest.mark.parametrize(("settle", "said"), [(dispatch, "can’t come"), (cancel, "can’t come")])
def test_a_day_that_is_settled_is_refused_in_plain_words(
    home: Property, settle: Callable[[], object], said: str
) -> None:
    settle()
    with pytest.raises(Refused, match=said) as refusal:
        an_extra(home)
    assert refusal.value.field == "day"
    assert not Extra.objects.exists()


@pytest.mark.parametrize("day", ["2026-05-26", "2026-06-03"])
def test_a_day_gone_by_or_not_served_is_refused_to_the_office_too(home: Property, day: str) -> None:
    with pytest.raises(Refused) as refusal:
        an_extra(home, day)
    assert refusal.value.field == "day"


def test_nobody_orders_a_weekly_plan_for_a_day(home: Property) -> None:
    with pytest.raises(Refused) as refusal:
        an_extra(home, plan=Plan.objects.get(code="weekly"))
    assert refusal.value.field == "plan"


@pytest.mark.parametrize("mode", ["off", "approval"])
def test_a_customer_orders_where_the_business_lets_them(home: Property, mode: str) -> None:
    home.customer.business.extra_mode = mode
    with pytest.raises(NotPermitted):
        an_extra(home, "2026-06-09", actor=ADA)
    assert an_extra(home, "2026-06-09")


def test_a_customer_orders_with_notice_and_the_office_without(home: Property) -> None:
    home.customer.business.extra_mode = "instant"
    assert home.customer.business.extra_notice_hours == 48
    with pytest.raises(Refused) as refusal:
        an_extra(home, actor=ADA)
    assert refusal.value.field == "day"
    assert an_extra(home, "2026-06-09", actor=ADA)
    assert an_extra(home)


def test_what_customers_may_not_see_they_do_not_order(home: Property) -> None:
    home.customer.business.extra_mode = "instant"
    Plan.objects.filter(id=cast.a_wash(home.customer.business).id).update(visibility="internal")
    with pytest.raises(Refused) as refusal:
        an_extra(home, "2026-06-09", actor=ADA)
    assert refusal.value.field == "plan"
    assert an_extra(home, "2026-06-09")


def test_a_customer_orders_in_their_own_scope_without_seeing_how_full_a_route_is(home: Property) -> None:
    home.customer.business.extra_mode = "instant"
    MasterRoute.objects.update(max_stops=1)
    wash = cast.a_wash(home.customer.business)
    with scope.customer(home.business_id, home.customer_id):
        extras.order(customer=home.customer, property=home, plan=wash, day=NEXT, price_cents=1, actor=ADA, now=NOON)
        assert Stop.objects.filter(extra__isnull=False).count() == 1


def test_one_is_not_ordered_twice_for_a_day(home: Property) -> None:
    extra = an_extra(home)
    with pytest.raises(Refused):
        an_extra(home)
    with pytest.raises(IntegrityError, match="extra_once"), transaction.atomic():
        Extra.objects.create(
            **{f: getattr(extra, f) for f in ("business_id", "customer_id", "property_id", "plan_id", "day")},
            price_cents=1,
            ordered_at=NOON,
        )


def test_a_place_of_its_own_puts_it_in_its_turn_and_without_one_it_goes_last(bright: Business, home: Property) -> None:
    MasterStop.objects.update(sequence=7)
    assert stop_of(an_extra(home)).sequence == 7
    kim = cast.a_customer(bright, "kim")
    placeless = cast.a_property(kim, zone_of(home))
    MasterStop.objects.filter(property=placeless).delete()
    assert stop_of(an_extra(placeless)).sequence == 8


# Reconcile leaves it alone


def test_reconcile_never_touches_an_extra(bright: Business, home: Property) -> None:
    extra = an_extra(home)
    before = Stop.objects.filter(extra=extra).values().get()
    ada = home.customer
    holds.place(customer=ada, start_date=TODAY, end_date=D("2026-06-20"), actor=SYSTEM, now=NOON)
    Pause.objects.create(business=bright, customer=ada, first_day=TODAY)
    assert reconcile(bright, TODAY, D("2026-06-12"), today=TODAY) == Change()
    assert Stop.objects.filter(extra=extra).values().get() == before


# Made, or not


def test_a_completed_extra_keeps_the_price_agreed_on(bright: Business, home: Property) -> None:
    extra = an_extra(home)
    Plan.objects.update(price_cents=9900, additional_bin_price_cents=500, tax_rate=Decimal("4.1"))
    Property.objects.update(bin_count=3)
    dispatch()
    stops.complete(stop=stop_of(extra), actor=SYSTEM, now=NOON)
    made = stop_of(extra)
    assert (made.price_cents, made.additional_bin_price_cents, made.bins) == (6500, 0, 3)
    assert (made.plan_name, made.tax_rate) == ("Driveway Wash", Decimal("4.1"))


def test_an_extra_that_was_not_made_says_why(home: Property) -> None:
    extra = an_extra(home)
    dispatch()
    weather = Stop.SkipCategory.WEATHER
    stops.skip(stop=stop_of(extra), category=weather, reason="Hail", actor=SYSTEM, now=NOON)
    assert (stop_of(extra).status, stop_of(extra).skip_reason) == ("skipped", "Hail")


# Calling off


def test_calling_off_takes_it_from_its_open_route_and_gives_the_day_back(home: Property) -> None:
    extra = extras.call_off(extra=an_extra(home), actor=SYSTEM, now=NOON)
    stop = stop_of(extra)
    assert extra.called_off_at == NOON
    assert (stop.removed_by, stop.removed_reason, stop.removed_at) == ("office", "skip", NOON)
    assert "06-02" in open_days(home)


def test_what_is_out_done_or_called_off_is_not_called_off(home: Property) -> None:
    extra = an_extra(home)
    dispatch()
    with pytest.raises(Refused, match="out already"):
        extras.call_off(extra=extra, actor=SYSTEM, now=NOON)
    stops.complete(stop=stop_of(extra), actor=SYSTEM, now=NOON)
    with pytest.raises(Refused, match="over already"):
        extras.call_off(extra=extra, actor=SYSTEM, now=NOON)
    other = extras.call_off(extra=an_extra(home, "2026-06-09"), actor=SYSTEM, now=NOON)
    with pytest.raises(Refused, match="called off already"):
        extras.call_off(extra=other, actor=SYSTEM, now=NOON)


def test_a_customer_calls_off_with_notice(home: Property) -> None:
    near, far = an_extra(home), an_extra(home, "2026-06-09")
    with pytest.raises(Refused, match="too late"):
        extras.call_off(extra=near, actor=ADA, now=NOON)
    assert extras.call_off(extra=far, actor=ADA, now=NOON).called_off_at


def test_one_that_waits_for_a_day_can_be_called_off(bright: Business, home: Property) -> None:
    extra = an_extra(home)
    day_off(bright, TUESDAY)
    assert extras.call_off(extra=extra, actor=ADA, now=NOON).called_off_at == NOON


# When the business loses the day


@pytest.mark.parametrize("effect", Effect)
def test_a_day_off_drops_the_extras_of_its_day(bright: Business, home: Property, effect: Effect) -> None:
    extra = an_extra(home)
    day_off(bright, TUESDAY, effect)
    extra.refresh_from_db()
    stop = stop_of(extra)
    assert (extra.dropped_at, extra.dropped_note, extra.called_off_at) == (NOON, "Flood", None)
    assert (stop.removed_by, stop.removed_reason, stop.removed_note) == ("office", "holiday", "Flood")


def test_a_day_off_drops_extras_beyond_the_generated_days(bright: Business, home: Property) -> None:
    extra = an_extra(home, "2026-06-23")
    day_off(bright, D("2026-06-23"))
    assert Extra.objects.get(id=extra.id).dropped_at


def test_a_week_shift_drops_the_extras_of_the_days_after_and_not_of_those_before(
    bright: Business, home: Property
) -> None:
    for weekday in (1, 4, 7):
        cast.a_place(home, MasterRoute.objects.create(business=bright, zone=zone_of(home), weekday=weekday))
    made = {day: an_extra(home, f"2026-06-{day}") for day in ("08", "11", "14", "15")}
    day_off(bright, NEXT, Effect.SHIFT_WEEK)
    dropped = set(Extra.objects.exclude(dropped_at=None).values_list("id", flat=True))
    assert [day for day, extra in made.items() if extra.id in dropped] == ["11", "14"]


def test_a_day_off_of_another_zone_drops_none(bright: Business, home: Property) -> None:
    extra = an_extra(home)
    day_off(bright, TUESDAY, zone=cast.a_zone(bright, "South"))
    assert Extra.objects.get(id=extra.id).dropped_at is None


def test_what_is_out_or_was_moved_by_the_office_is_not_dropped(bright: Business, home: Property) -> None:
    out, moved = an_extra(home), an_extra(home, "2026-06-09")
    dispatch()
    routes.move(route=on(NEXT), to=D("2026-06-11"), reason="Snow", actor=SYSTEM, now=NOON)
    for day in (TUESDAY, NEXT, D("2026-06-11")):
        day_off(bright, day)
    assert not Extra.objects.exclude(dropped_at=None).exists()
    assert stop_of(moved).service_date == D("2026-06-11")
    assert stop_of(out).removed_at is None


def test_a_canceled_route_drops_its_extras_with_the_offices_words(home: Property) -> None:
    extra = an_extra(home)
    assert cancel() == 2, "Ada's visit and her extra"
    extra.refresh_from_db()
    stop = stop_of(extra)
    assert (extra.dropped_at, extra.dropped_note) == (NOON, "Crew training")
    assert (stop.removed_by, stop.removed_reason, stop.removed_note) == ("office", "office", "Crew training")


def test_a_day_off_taken_back_brings_no_extra_back(bright: Business, home: Property) -> None:
    extra = an_extra(home)
    day_off(bright, TUESDAY)
    blackouts.remove(blackout=bright_day_off(), actor=SYSTEM, now=NOON)
    assert Extra.objects.get(id=extra.id).dropped_at
    assert stop_of(extra).removed_at
    assert "06-02" in open_days(home), "but it may be had on it again"


def bright_day_off() -> blackouts.BlackoutDate:
    return blackouts.BlackoutDate.objects.select_related("business").get()


@pytest.mark.parametrize("lose", [lambda b: day_off(b, TUESDAY), lambda b: cancel()])
def test_all_extras_of_a_lost_day_are_one_entry(
    bright: Business, eve: Customer, home: Property, lose: Callable[[Business], object]
) -> None:
    an_extra(home)
    an_extra(eve.properties.get())
    lose(bright)
    entry = Entry.objects.get(verb="extras.dropped")
    assert (entry.subject_label, entry.counts, entry.customer_id) == ("2026-06-02", {"dropped": 2}, None)


@pytest.mark.parametrize("lose", [lambda b: day_off(b, TUESDAY), lambda b: cancel()])
def test_losing_a_day_takes_the_same_statements_for_one_extra_and_for_ten(
    bright: Business, home: Property, lose: Callable[[Business], object]
) -> None:
    counts = []
    for n in (1, 10):
        with transaction.atomic():
            for _ in range(n):
                kim = cast.a_customer(bright, uuid4().hex)
                an_extra(cast.a_property(kim, zone_of(home)))
            with statements() as sent:
                lose(bright)
            assert Extra.objects.exclude(dropped_at=None).count() == n
            transaction.set_rollback(True)
        counts.append(len(sent))
    assert counts[0] == counts[1]


# Another day


def test_a_dropped_extra_gets_another_day(bright: Business, home: Property) -> None:
    extra = an_extra(home)
    day_off(bright, TUESDAY)
    extras.reschedule(extra=extra, day=NEXT, actor=SYSTEM, now=NOON)
    extra.refresh_from_db()
    assert (extra.day, extra.dropped_at, extra.dropped_note) == (NEXT, None, "")
    assert (stop_of(extra).attempt, stop_of(extra).service_date, stop_of(extra).route) == (2, NEXT, on(NEXT))
    assert [stop.removed_reason for stop in extra.stops.order_by("attempt")] == ["holiday", None]


def test_one_that_stands_moves_to_another_day(home: Property) -> None:
    extra = an_extra(home)
    extras.reschedule(extra=extra, day=NEXT, actor=SYSTEM, now=NOON)
    assert [stop.removed_reason for stop in extra.stops.order_by("attempt")] == ["skip", None]
    assert cast.days(home.customer) == ["2026-06-02", "2026-06-09", "2026-06-09"]


def test_another_day_is_one_it_could_be_ordered_for(home: Property) -> None:
    extra = an_extra(home)
    for day in (TUESDAY, D("2026-06-03")):
        with pytest.raises(Refused) as refusal:
            extras.reschedule(extra=extra, day=day, actor=SYSTEM, now=NOON)
        assert refusal.value.field == "day"
    assert stop_of(extra).removed_at is None


def test_what_is_out_done_or_called_off_gets_no_other_day(home: Property) -> None:
    extra = an_extra(home)
    dispatch()
    with pytest.raises(Refused, match="out already"):
        extras.reschedule(extra=extra, day=NEXT, actor=SYSTEM, now=NOON)
    other = extras.call_off(extra=an_extra(home, "2026-06-09"), actor=SYSTEM, now=NOON)
    with pytest.raises(Refused, match="called off"):
        extras.reschedule(extra=other, day=THIRD, actor=SYSTEM, now=NOON)


def test_a_customer_chooses_another_day_with_notice_of_both(home: Property) -> None:
    home.customer.business.extra_mode = "instant"
    home.customer.business.save()
    near, far = an_extra(home), an_extra(home, "2026-06-09")
    for extra, day in ((near, THIRD), (far, TUESDAY)):
        with pytest.raises(Refused, match="too late"):
            extras.reschedule(extra=extra, day=day, actor=ADA, now=NOON)
    assert extras.reschedule(extra=far, day=THIRD, actor=ADA, now=NOON).day == THIRD


# What the customer sees


def test_an_extra_is_on_the_schedule_with_its_plan_and_its_turn(home: Property) -> None:
    MasterStop.objects.update(arrives_from="08:00", arrives_to="10:00")
    extra = an_extra(home)
    (visit,) = seen(home)
    assert (visit.day, visit.state, visit.plan) == (TUESDAY, State.SCHEDULED, "Driveway Wash")
    assert (visit.extra_id, visit.subscription_id, visit.coming) == (extra.id, None, True)
    assert visit.window == (time(8), time(10))


def test_an_extra_within_ones_own_hold_comes(home: Property) -> None:
    holds.place(customer=home.customer, start_date=TODAY, end_date=D("2026-06-20"), actor=SYSTEM, now=NOON)
    an_extra(home)
    assert [visit.state for visit in seen(home)] == [State.SCHEDULED]


def test_a_moved_extra_says_from_which_day(home: Property) -> None:
    an_extra(home)
    routes.move(route=on(TUESDAY), to=D("2026-06-04"), reason="Snow", actor=SYSTEM, now=NOON)
    (visit,) = seen(home)
    assert (visit.day, visit.moved_from) == (D("2026-06-04"), TUESDAY)


def test_a_dropped_extra_is_off_with_the_holidays_name(bright: Business, home: Property) -> None:
    an_extra(home)
    day_off(bright, TUESDAY)
    (visit,) = seen(home)
    assert (visit.state, visit.reason, visit.note, visit.resumes_on) == (State.OFF, "holiday", "Flood", NEXT)


def test_one_called_off_or_moved_leaves_nothing_on_its_day(home: Property) -> None:
    extra = an_extra(home)
    extras.reschedule(extra=extra, day=NEXT, actor=SYSTEM, now=NOON)
    assert [visit.day for visit in seen(home)] == [NEXT]
    extras.call_off(extra=extra, actor=SYSTEM, now=NOON)
    assert seen(home) == []
    later = D("2026-06-30")
    assert of_extras(past_visits.between(home.customer, TODAY, later)) == []
    assert [
        visit.plan for visit in history.of(home.customer, today=later, rows=25).visits if "Wash" in visit.plan
    ] == []


def test_the_past_tells_of_extras_by_their_plans(bright: Business, home: Property) -> None:
    made, left = an_extra(home), an_extra(home, "2026-06-09")
    dispatch()
    stops.complete(stop=stop_of(made), actor=SYSTEM, now=NOON)
    closing.close(bright, today=D("2026-06-11"), now=NOON + timedelta(days=10))
    assert stop_of(left).removed_at is None
    past = history.of(home.customer, today=D("2026-06-11"), rows=25).visits
    washes = [(visit.day, visit.state, visit.per_visit) for visit in past if visit.plan == "Driveway Wash"]
    assert washes == [(NEXT, State.UNCONFIRMED, True), (TUESDAY, State.DONE, True)]
    record = of_extras(past_visits.between(home.customer, TODAY, D("2026-06-10")))
    assert {(visit.extra_id, visit.plan, visit.state) for visit in record} == {
        (made.id, "Driveway Wash", State.DONE),
        (left.id, "Driveway Wash", State.UNCONFIRMED),
    }
