"""Whatever happens, in whatever order, the open routes carry what the plain-Python calendar says.

A random week or two of a small business: customers go away, days are taken off, routes go out, move and are canceled,
nights pass. After each step the stops nobody touched are held against `calendar.due`.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from nextroute.core.actors import SYSTEM, Actor
from nextroute.core.days import ONE_DAY
from nextroute.core.errors import Refused
from nextroute.customers.models import Pause
from nextroute.scheduling import blackouts, calendar, closing, holds, locks, reconcile, routes, skips, stops, visits
from nextroute.scheduling.calendar import Blackout, Effect, Span, Terms, WeekParity
from nextroute.scheduling.models import BlackoutDate, Hold, MasterRoute, Route, Skip, Stop, Subscription, Zone
from nextroute.scheduling.reconcile import Change
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON, D, noon
from tests.doors import SOMEBODY

FIRST = D("2026-06-01")  # a Monday
AHEAD = 8  # days that routes are made for, beside today
EXAMPLES = 50

type Visit = tuple[UUID | None, date]  # subscription, due day


@dataclass
class Office:
    """The business, and the words of what may happen. `n` picks one of what there is; `days` count from today."""

    business: Business
    zones: list[Zone]
    subscriptions: list[Subscription]
    today: date = FIRST

    def begin(self, max_stops: int | None) -> None:
        """The first Monday, with routes made; whatever was before did not happen."""
        self.today = FIRST
        MasterRoute.objects.update(max_stops=max_stops)
        reconcile.reconcile(self.business, FIRST, self.day(AHEAD), today=FIRST)

    def night(self) -> None:
        """The day before is closed; routes are made for the days ahead."""
        closing.close(self.business, today=self.today, now=NOON)
        reconcile.nightly(self.business, today=self.today, days=AHEAD)

    def next_day(self) -> None:
        self.today += ONE_DAY
        self.night()

    def day(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def route(self, n: int) -> Route:
        found = list(Route.objects.filter(date__gte=self.today).order_by("date", "master_route__weekday", "part"))
        return found[n % len(found)]

    # What customers do, or have done for them

    def hold(self, n: int, days: int, length: int, actor: Actor) -> None:
        customer = self.subscriptions[n % len(self.subscriptions)].customer
        first, last = self.day(days), self.day(days + length)
        holds.place(customer=customer, start_date=first, end_date=last, actor=actor, now=noon(self.today))

    def hold_one_property(self, n: int, days: int, length: int, actor: Actor) -> None:
        subscription = self.subscriptions[n % len(self.subscriptions)]
        holds.place(
            customer=subscription.customer,
            property=subscription.property,
            start_date=self.day(days),
            end_date=self.day(days + length),
            actor=actor,
            now=noon(self.today),
        )

    def change_hold(self, n: int, first: int, last: int, actor: Actor) -> None:
        """Its ends move by some days."""
        if found := self.held(n):
            hold, was_first, was_last = found
            holds.change(
                hold=hold,
                start_date=was_first + timedelta(days=first),
                end_date=was_last + timedelta(days=last),
                actor=actor,
                now=noon(self.today),
            )

    def lift(self, n: int, actor: Actor) -> None:
        if found := self.held(n):
            holds.lift(hold=found[0], actor=actor, now=noon(self.today))

    def held(self, n: int) -> tuple[Hold, date, date] | None:
        """A hold, one that is over or lifted too, with its first and last day as it is shown."""
        if not (found := list(Hold.objects.order_by("placed_at", "id"))):
            return None
        hold = found[n % len(found)]
        root = hold.continues or hold
        parts = [root, *root.further.filter(lifted_at=None)]
        return hold, root.start_date, max(part.end_date for part in parts)

    def skip(self, n: int, days: int, actor: Actor) -> None:
        subscription = self.subscriptions[n % len(self.subscriptions)]
        skips.place(subscription=subscription, due_on=self.day(days), actor=actor, now=noon(self.today))

    def undo_skip(self, n: int, actor: Actor) -> None:
        if found := list(Skip.objects.order_by("placed_at", "id")):
            skips.undo(skip=found[n % len(found)], actor=actor, now=noon(self.today))

    # What the office does

    def pause(self, n: int, days: int) -> None:
        subscription = self.subscriptions[n % len(self.subscriptions)]
        if not subscription.customer.pauses.exists():
            Pause.objects.create(
                business=self.business, customer=subscription.customer, first_day=self.day(days), last_day=None
            )
            self.bring_up_to_date(subscription)

    def resume(self) -> None:
        Pause.objects.all().delete()
        self.bring_up_to_date(*self.subscriptions)

    def bring_up_to_date(self, *subscriptions: Subscription) -> None:
        customers = {s.customer_id: s.customer for s in subscriptions}
        for key in sorted(customers):
            locks.schedule_of(customers[key])
        reconcile.reconcile(
            self.business, self.today, self.day(60), today=self.today, customers=list(customers.values())
        )

    def day_off(self, days: int, effect: Effect, zone: int | None) -> None:
        only = None if zone is None else self.zones[zone]
        blackouts.add(
            business=self.business,
            date=self.day(days),
            name="Off",
            effect=effect,
            zone=only,
            actor=SYSTEM,
            now=noon(self.today),
        )

    def run_after_all(self, n: int) -> None:
        if found := list(BlackoutDate.objects.order_by("date", "zone__name")):
            blackouts.remove(blackout=found[n % len(found)], actor=SYSTEM, now=noon(self.today))

    def order(self, n: int, days: int) -> None:
        """An extra, for a customer who may be away."""
        now = NOON + (self.today - FIRST)
        cast.an_extra(self.subscriptions[n % len(self.subscriptions)].property, f"{self.day(days)}", now=now)

    def dispatch(self, n: int) -> None:
        routes.dispatch(route=self.route(n), actor=SYSTEM, now=NOON)

    def recall(self, n: int) -> None:
        routes.recall(route=self.route(n), actor=SYSTEM, today=self.today)

    def move(self, n: int, days: int) -> None:
        routes.move(route=self.route(n), to=self.day(days), reason="Snow", actor=SYSTEM, now=noon(self.today))

    def cancel(self, n: int) -> None:
        routes.cancel(route=self.route(n), reason="Breakdown", actor=SYSTEM, now=NOON)

    def drive(self, n: int) -> None:
        """Out with a route, and make its first stop."""
        route = self.route(n)
        if route.status in Route.OPEN:
            self.dispatch(n)
        for stop in route.stops.select_related("route").filter(removed_at=None, status="pending").order_by("id")[:1]:
            stops.complete(stop=stop, actor=SYSTEM, now=NOON)

    # What then holds

    def check_due(self) -> None:
        """What nobody touched is what the calendar gives."""
        by_rule = [stop for stop in all_stops() if stop.extra_id is None]
        due, there = self.due(), {(stop.subscription_id, stop.due_on): stop for stop in by_rule}
        for visit in due.keys() | there.keys():
            stop = there.get(visit)
            if stop and (touched(stop) or (not stop.removed_at and stop.service_date < self.today)):
                continue
            if stop and stop.route and not stop.removed_at:
                assert due.get(visit) == stop.service_date == stop.route.date
            elif visit in due:
                self.check_no_place(visit, due[visit], new=stop is None)

    def due(self) -> dict[Visit, date]:
        """Each visit the calendar gives from today through the last generated day, and its day."""
        off = [Blackout(b.date, Effect(b.effect), b.zone_id) for b in BlackoutDate.objects.all()]
        working_days = frozenset(self.business.working_days)
        return {
            (subscription.id, visit.due_on): visit.day
            for subscription in self.subscriptions
            for visit in calendar.due(self.terms(subscription), off, working_days, self.today, self.through)
            if visit.reason is None
        }

    def terms(self, subscription: Subscription) -> Terms:
        customer, place = subscription.customer, subscription.property
        holding = customer.holds.filter(Q(property=None) | Q(property=place))
        (weekday,) = (zone.weekday for zone in self.zones if zone.id == place.zone_id)
        return Terms(
            rule=subscription.day_rule(),
            weekdays=frozenset({weekday}),
            starts_on=subscription.starts_on,
            zone=place.zone_id,
            pauses=tuple(Span(p.first_day, p.last_day) for p in customer.pauses.all()),
            holds=tuple(Span(h.effective_from, h.end_date) for h in holding.filter(lifted_at=None)),
            skips=frozenset(subscription.skips.filter(undone_at=None).values_list("due_on", flat=True)),
        )

    @property
    def through(self) -> date:
        assert self.business.generated_through
        return self.business.generated_through

    def check_no_place(self, visit: Visit, day: date, *, new: bool) -> None:
        """A due visit lacks a stop only where a part was dispatched, moved or canceled; a new one, if all are full."""
        (subscription,) = [s for s in self.subscriptions if s.id == visit[0]]
        master = MasterRoute.objects.get(zone=subscription.property.zone)
        assert settled(master.id, day)
        if new:
            open_parts = master.routes.filter(date=day, status__in=Route.OPEN)
            assert all(master.max_stops and carried(route) >= master.max_stops for route in open_parts)

    def check_since(self, stops_before: dict[UUID, Stop], routes_before: set[UUID], *, by_rule: bool) -> None:
        """What no rule may do: touch a route that is out, restore to a settled day, add a part to one, overfill one."""
        for stop in all_stops():
            before = stops_before.get(stop.id)
            taken = stop.extra_id and stop.removed_reason == "holiday"
            if before and by_rule and (touched(before) or (stop.extra_id and not taken)):
                assert (stop.route_id, stop.removed_by, stop.status, stop.service_date) == (
                    before.route_id,
                    before.removed_by,
                    before.status,
                    before.service_date,
                )
            if before and before.removed_at and not stop.removed_at and stop.route:
                assert not settled(stop.route.master_route_id, stop.route.date), "restored"
        for route in Route.objects.select_related("master_route"):
            if route.id not in routes_before:
                assert not settled(route.master_route_id, route.original_date), "a new part"
            if route.master_route.max_stops:
                assert carried(route) <= route.master_route.max_stops

    def check_told(self) -> None:
        """Customers are told of the stops there are, and of nothing else to come."""
        for customer in {s.customer.id: s.customer for s in self.subscriptions}.values():
            customer.business = self.business
            told = visits.between(customer, self.today, self.through, today=self.today)
            live = customer.stops.filter(removed_at=None, service_date__range=(self.today, self.through))
            assert sorted((v.day, v.due_on, str(v.subscription_id)) for v in told if v.coming) == sorted(
                (s.service_date, s.due_on, str(s.subscription_id)) for s in live.exclude(status__in=Stop.DONE)
            )

    def check_a_run_changes_nothing(self) -> None:
        locks.schedule_exclusively(self.business)
        assert reconcile.reconcile(self.business, self.today, self.through, today=self.today) == Change()


def all_stops() -> list[Stop]:
    return list(Stop.objects.select_related("route"))


def touched(stop: Stop) -> bool:
    """Whether it is not the rule's any more: a person's, on a route that is out, or on the record."""
    on_its_way = not stop.removed_at and stop.route is not None and stop.route.status not in Route.OPEN
    return bool(stop.moved_by) or stop.removed_by in ("office", "close") or stop.status != "pending" or on_its_way


def settled(master_route: UUID, day: date) -> bool:
    """Whether a part of the day was dispatched, moved or canceled."""
    parts = Route.objects.filter(master_route_id=master_route, original_date=day)
    return any(route.date != day or route.status not in Route.OPEN for route in parts)


def carried(route: Route) -> int:
    return route.stops.filter(removed_at=None).count()


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens."""

    word: str
    arguments: dict[str, Any]

    def take(self, office: Office) -> None:
        getattr(office, self.word)(**self.arguments)


# Few of everything, so that much of what happens happens to the same few.
some, soon = st.integers(0, 2), st.integers(0, AHEAD)
who = st.sampled_from([SOMEBODY, SYSTEM])
length, shift = st.integers(2, 6), st.integers(-4, 4)
BY_RULE: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "hold": {"n": some, "days": soon, "length": length, "actor": who},
    "hold_one_property": {"n": some, "days": soon, "length": length, "actor": who},
    "change_hold": {"n": some, "first": st.just(0) | shift, "last": shift, "actor": who},
    "lift": {"n": some, "actor": who},
    "skip": {"n": some, "days": soon, "actor": who},
    "undo_skip": {"n": some, "actor": who},
    "resume": {},
    "pause": {"n": some, "days": soon},
    "day_off": {"days": soon, "effect": st.sampled_from(Effect), "zone": st.sampled_from([None, 0, 1])},
    "run_after_all": {"n": some},
    "next_day": {},
}
BY_OFFICE: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "order": {"n": some, "days": soon},
    "dispatch": {"n": some},
    "recall": {"n": some},
    "move": {"n": some, "days": soon},
    "cancel": {"n": some},
    "drive": {"n": some},
}


def any_of(words: dict[str, dict[str, st.SearchStrategy[Any]]]) -> st.SearchStrategy[Step]:
    return st.one_of([st.builds(Step, st.just(word), st.fixed_dictionaries(given)) for word, given in words.items()])


@pytest.fixture
def office(bright: Business) -> Office:
    """Two zones on two weekdays; four customers, one of them with a property in each zone; no route is made yet."""
    north, south = cast.a_zone(bright, "North", weekday=2), cast.a_zone(bright, "South", weekday=4)
    weekly, biweekly = cast.a_plan(bright), cast.a_plan(bright, "biweekly")
    ada, eve, kim, lee = (cast.a_customer(bright, ref) for ref in ("ada", "eve", "kim", "lee"))
    subscriptions = [
        cast.a_subscription(cast.a_property(ada, north), weekly),
        cast.a_subscription(cast.a_property(lee, north, "1 Elm St"), weekly),
        cast.a_subscription(cast.a_property(lee, south, "2 Oak St"), weekly),
        cast.a_subscription(cast.a_property(kim, south), weekly),
        cast.a_subscription(cast.a_property(eve, north), biweekly, week_parity=WeekParity.A),
    ]
    return Office(bright, [north, south], subscriptions)


@given(
    max_stops=st.sampled_from([None, 1, 2]),
    happens=st.lists(any_of(BY_RULE) | any_of(BY_OFFICE), max_size=12),
)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_open_routes_carry_what_is_due_whatever_happens(
    office: Office, max_stops: int | None, happens: list[Step]
) -> None:
    with transaction.atomic():
        office.begin(max_stops)
        for step in happens:
            stops_before = {stop.id: stop for stop in all_stops()}
            routes_before = {route.id for route in Route.objects.all()}
            try:
                with transaction.atomic():
                    step.take(office)
            except Refused as refusal:
                event(f"{step.word} refused: {refusal}")
            office.check_since(stops_before, routes_before, by_rule=step.word in BY_RULE)
            office.check_due()
        office.check_told()
        office.check_a_run_changes_nothing()
        transaction.set_rollback(True)
