"""Two connections at once: whatever verbs meet, they end as if one had come after the other.

Each pair runs in both orders, one after the other; then together: each with the other one not committed yet, and as the
machine will have it. The end must be one of the first two. The order of locks: docs/rules/locks.md.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import count, permutations
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection, connections
from pytest_django import DjangoDbBlocker

from nextroute.audit.models import Entry
from nextroute.config.embedded_postgres import Addresses
from nextroute.core.actors import SYSTEM
from nextroute.core.errors import Refused
from nextroute.customers.models import Customer, Pause, Property
from nextroute.notifications.models import Delivery
from nextroute.scheduling import blackouts, closing, extras, holds, locks, reconcile, routes, skips, stops
from nextroute.scheduling.calendar import Effect
from nextroute.scheduling.hold_limits import HoldRefused
from nextroute.scheduling.models import BlackoutDate, Extra, Hold, MasterRoute, Route, Skip, Stop
from nextroute.scheduling.outlook import Outlook, Why
from nextroute.tenancy.businesses import Business
from tests import cast, database, racing
from tests.cast import NOON, D, inside
from tests.doors import connected_by

TODAY, TUESDAY, LAST = D("2026-06-01"), D("2026-06-02"), D("2026-06-04")

type Verb = Callable[[Business], object]
type Outcome = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """Bright Bins on Monday: Ada and Eve are served on Tuesdays; routes are made through Thursday."""

    max_stops: int | None = None
    generated: bool = True
    new: tuple[str, ...] = ()
    before: tuple[Verb, ...] = ()

    def build(self) -> Business:
        """Anew each time, beside those there are."""
        name = f"bright-{next(scenes)}"
        business = Business(id=uuid4(), slug=name, name=name, timezone="America/Denver")
        with inside(business):
            business.save(force_insert=True)
            cast.a_wash(business)  # there already, so that nobody waits for whoever makes it
            zone = cast.a_zone(business, max_stops=self.max_stops)
            for ref in ("ada", "eve"):
                cast.served(cast.a_customer(business, ref), zone=zone)
            if self.generated:
                locks.schedule_exclusively(business)
                reconcile.reconcile(business, TODAY, LAST, today=TODAY)
            for ref in self.new:
                cast.served(cast.a_customer(business, ref), zone=zone)
        for verb in self.before:
            verb(business)
        return business


scenes = count()


@pytest.fixture(autouse=True, scope="module")
def _committing(postgres: Addresses, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What each does is committed; no scene sees another one's business, so it is all emptied once, at the end."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()
    with psycopg.connect(postgres.owner, autocommit=True) as owner:
        database.empty(owner)


# What meets


def nightly(business: Business) -> None:
    reconcile.nightly(business, today=TODAY, days=(LAST - TODAY).days, from_=TUESDAY)


def customers(*refs: str) -> Verb:
    """Reconcile for some customers, as a change of their plans would."""

    def verb(business: Business) -> None:
        with inside(business):
            chosen = Customer.objects.filter(ref__in=refs).order_by("id")
            for customer in chosen:
                locks.schedule_of(customer)
            reconcile.reconcile(business, TODAY, LAST, today=TODAY, customers=chosen)

    return verb


def hold(ref: str, first: str, last: str) -> Verb:
    def verb(business: Business) -> None:
        with inside(business):
            customer = Customer.objects.get(ref=ref)
            holds.place(customer=customer, start_date=D(first), end_date=D(last), actor=SYSTEM, now=NOON)

    return verb


def hold_property(ref: str, first: str, last: str) -> Verb:
    def verb(business: Business) -> None:
        with inside(business):
            here = Property.objects.select_related("customer__business").get(customer__ref=ref)
            holds.place(
                customer=here.customer,
                property=here,
                start_date=D(first),
                end_date=D(last),
                actor=SYSTEM,
                now=NOON,
            )

    return verb


def hold_of(ref: str) -> Hold:
    return Hold.objects.select_related("customer__business").filter(customer__ref=ref, continues=None).earliest("id")


def change_hold(ref: str, first: str, last: str) -> Verb:
    def verb(business: Business) -> None:
        with inside(business):
            holds.change(hold=hold_of(ref), start_date=D(first), end_date=D(last), actor=SYSTEM, now=NOON)

    return verb


def lift(ref: str) -> Verb:
    def verb(business: Business) -> None:
        with inside(business):
            holds.lift(hold=hold_of(ref), actor=SYSTEM, now=NOON)

    return verb


def undo_skip(ref: str) -> Verb:
    def verb(business: Business) -> None:
        with inside(business):
            found = Skip.objects.select_related("customer__business").get(customer__ref=ref)
            skips.undo(skip=found, actor=SYSTEM, now=NOON)

    return verb


def skip(ref: str) -> Verb:
    def verb(business: Business) -> None:
        with inside(business):
            subscription = Customer.objects.get(ref=ref).subscriptions.get()
            skips.place(subscription=subscription, due_on=TUESDAY, actor=SYSTEM, now=NOON)

    return verb


def blackout(effect: Effect) -> Verb:
    def verb(business: Business) -> None:
        blackouts.add(business=business, date=TUESDAY, name="Holiday", effect=effect, actor=SYSTEM, now=NOON)

    return verb


def run_after_all(business: Business) -> None:
    with inside(business):
        blackouts.remove(blackout=BlackoutDate.objects.get(), actor=SYSTEM, now=NOON)


def route_of(business: Business) -> Route:
    with inside(business):
        return Route.objects.filter(original_date=TUESDAY, part=1).earliest("id")


def dispatch(business: Business) -> None:
    routes.dispatch(route=route_of(business), actor=SYSTEM, now=NOON)


def recall(business: Business) -> None:
    routes.recall(route=route_of(business), actor=SYSTEM, today=TODAY)


def cancel(business: Business) -> None:
    routes.cancel(route=route_of(business), reason="Truck broke down", actor=SYSTEM, now=NOON)


def move(to: str) -> Verb:
    def verb(business: Business) -> None:
        routes.move(route=route_of(business), to=D(to), reason="Snow", actor=SYSTEM, now=NOON)

    return verb


def order(ref: str, day: date = TUESDAY) -> Verb:
    def verb(business: Business) -> None:
        with inside(business):
            customer = Customer.objects.select_related("business").get(ref=ref)
            cast.an_extra(customer.properties.get(), f"{day}")

    return verb


def call_off(business: Business) -> None:
    with inside(business):
        extras.call_off(extra=Extra.objects.get(), actor=SYSTEM, now=NOON)


def reschedule(day: str) -> Verb:
    def verb(business: Business) -> None:
        with inside(business):
            extras.reschedule(extra=Extra.objects.get(), day=D(day), actor=SYSTEM, now=NOON)

    return verb


def out_with_one_part(business: Business) -> None:
    """Tuesday's first part is out, on which Ada or Eve is; the other has one place left."""
    dispatch(business)
    with inside(business):
        MasterRoute.objects.update(max_stops=2)


def stop_of(business: Business, ref: str) -> Stop:
    with inside(business):
        return Stop.objects.select_related("route").get(customer__ref=ref, due_on=TUESDAY)


def complete(ref: str) -> Verb:
    def verb(business: Business) -> None:
        stops.complete(stop=stop_of(business, ref), actor=SYSTEM, now=NOON)

    return verb


def no_access(ref: str) -> Verb:
    def verb(business: Business) -> None:
        category = Stop.SkipCategory.NO_ACCESS
        stops.skip(stop=stop_of(business, ref), category=category, reason="Gate locked", actor=SYSTEM, now=NOON)

    return verb


def close(business: Business) -> None:
    closing.close(business, today=D("2026-06-03"), now=NOON)


def unplanned_pause(business: Business) -> None:
    """Eve is not to be served any more; nobody has reconciled yet."""
    with inside(business):
        eve = Customer.objects.get(ref="eve")
        Pause.objects.create(business=business, customer=eve, first_day=TODAY)


def rides_elsewhere(business: Business) -> None:
    """Ada's property is on another master route now; nobody has reconciled yet."""
    with inside(business):
        other = cast.a_zone(business, "South").master_routes.get()
        Customer.objects.get(ref="ada").master_stops.update(master_route=other)


ORDERED = Scene(before=(order("ada"),))
LAST_PLACE = Scene(max_stops=1, before=(out_with_one_part,))
PLAIN, FULL, DISPATCHED = Scene(), Scene(max_stops=2, new=("kim", "lee")), Scene(before=(dispatch,))
PAUSED = Scene(before=(unplanned_pause,))
CLOSED_TUESDAY = Scene(before=(blackout(Effect.SKIP),))
HELD_ON_THE_TRUCK = Scene(before=(dispatch, hold("eve", "2026-06-01", "2026-06-05")))
HELD = Scene(before=(hold("ada", "2026-06-02", "2026-06-05"),))
SKIPPED = Scene(before=(skip("ada"),))

PAIRS: dict[str, tuple[Scene, Verb, Verb]] = {
    "two nightly runs": (Scene(max_stops=1, generated=False), nightly, nightly),
    "two nightly runs, with something to take away and to add": (
        Scene(max_stops=2, new=("kim", "lee"), before=(unplanned_pause,)),
        nightly,
        nightly,
    ),
    "a nightly run and a customer's": (FULL, nightly, customers("kim")),
    "two customers who both need a new part": (FULL, customers("kim"), customers("lee")),
    "two customers for the last place": (Scene(max_stops=3, new=("kim", "lee")), customers("kim"), customers("lee")),
    "one customer's twice": (PAUSED, customers("ada", "eve"), customers("eve")),
    "a customer's and dispatch": (PAUSED, customers("eve"), dispatch),
    "a new customer and dispatch": (Scene(new=("kim",)), customers("kim"), dispatch),
    "a nightly run and dispatch": (PAUSED, nightly, dispatch),
    "a hold and a nightly run": (Scene(generated=False), hold("ada", "2026-06-01", "2026-06-05"), nightly),
    "a hold and dispatch": (PLAIN, hold("ada", "2026-06-01", "2026-06-05"), dispatch),
    "two holds of one customer that overlap": (
        PLAIN,
        hold("ada", "2026-06-01", "2026-06-05"),
        hold("ada", "2026-06-04", "2026-06-10"),
    ),
    "two holds of one customer that do not": (
        PLAIN,
        hold("ada", "2026-06-01", "2026-06-05"),
        hold("ada", "2026-06-06", "2026-06-10"),
    ),
    "a hold and somebody new for the place": (
        Scene(max_stops=2, new=("kim",)),
        hold("ada", "2026-06-01", "2026-06-05"),
        customers("kim"),
    ),
    "two holds of one property": (
        PLAIN,
        hold_property("ada", "2026-06-01", "2026-06-05"),
        hold_property("ada", "2026-06-05", "2026-06-10"),
    ),
    "a hold of all and of one property": (
        PLAIN,
        hold("ada", "2026-06-01", "2026-06-05"),
        hold_property("ada", "2026-06-01", "2026-06-05"),
    ),
    "a hold made longer twice": (
        HELD,
        change_hold("ada", "2026-06-02", "2026-06-10"),
        change_hold("ada", "2026-06-02", "2026-06-12"),
    ),
    "a hold made longer and a new one": (
        HELD,
        change_hold("ada", "2026-06-02", "2026-06-10"),
        hold("ada", "2026-06-08", "2026-06-12"),
    ),
    "a hold moved and lifted": (HELD, change_hold("ada", "2026-06-03", "2026-06-05"), lift("ada")),
    "a hold made longer and lifted": (HELD, change_hold("ada", "2026-06-02", "2026-06-10"), lift("ada")),
    "a hold lifted twice": (HELD, lift("ada"), lift("ada")),
    "a hold lifted and dispatch": (HELD, lift("ada"), dispatch),
    "a hold lifted and a nightly run": (HELD, lift("ada"), nightly),
    "a hold moved and a nightly run": (HELD, change_hold("ada", "2026-06-03", "2026-06-05"), nightly),
    "a hold lifted and a day off": (HELD, lift("ada"), blackout(Effect.NEXT_DAY)),
    "a hold lifted and somebody new for the place": (
        Scene(max_stops=2, new=("kim",), before=(hold("ada", "2026-06-02", "2026-06-05"),)),
        lift("ada"),
        customers("kim"),
    ),
    "a skip taken back and dispatch": (SKIPPED, undo_skip("ada"), dispatch),
    "a skip taken back twice": (SKIPPED, undo_skip("ada"), undo_skip("ada")),
    "a skip taken back and a hold": (SKIPPED, undo_skip("ada"), hold("ada", "2026-06-01", "2026-06-05")),
    "a skip and dispatch": (PLAIN, skip("ada"), dispatch),
    "a skip and a hold": (PLAIN, skip("ada"), hold("ada", "2026-06-01", "2026-06-05")),
    "a day off and a hold": (PLAIN, blackout(Effect.NEXT_DAY), hold("ada", "2026-06-03", "2026-06-03")),
    "a day off and dispatch": (PLAIN, blackout(Effect.NEXT_DAY), dispatch),
    "a day off and a nightly run": (Scene(generated=False), blackout(Effect.SHIFT_WEEK), nightly),
    "one day off twice": (PLAIN, blackout(Effect.SKIP), blackout(Effect.NEXT_DAY)),
    "a day off taken back and a hold": (CLOSED_TUESDAY, run_after_all, hold("ada", "2026-06-01", "2026-06-05")),
    "a route moved and a customer's": (PAUSED, move("2026-06-04"), customers("eve")),
    "a route moved and a new customer": (Scene(new=("kim",)), move("2026-06-04"), customers("kim")),
    "a route moved and a nightly run": (PAUSED, move("2026-06-04"), nightly),
    "a route moved and dispatched": (PLAIN, move("2026-06-04"), dispatch),
    "a route moved to two days": (PLAIN, move("2026-06-04"), move("2026-06-05")),
    "a route canceled that a customer is about to leave": (Scene(before=(rides_elsewhere,)), cancel, customers("ada")),
    "a route recalled and a hold": (DISPATCHED, recall, hold("ada", "2026-06-01", "2026-06-05")),
    "a route recalled and a stop made": (DISPATCHED, recall, complete("ada")),
    "a route recalled and a nightly run": (HELD_ON_THE_TRUCK, recall, nightly),
    "a route canceled and a hold": (PLAIN, cancel, hold("ada", "2026-06-01", "2026-06-05")),
    "a route canceled and a stop made": (DISPATCHED, cancel, complete("ada")),
    "one stop made twice": (DISPATCHED, complete("ada"), complete("ada")),
    "one stop made and not made": (DISPATCHED, complete("ada"), no_access("ada")),
    "the last two stops": (DISPATCHED, complete("ada"), complete("eve")),
    "two extras for the last place of a part": (Scene(max_stops=3), order("ada"), order("eve")),
    "two extras for the last place of a day": (LAST_PLACE, order("ada"), order("eve")),
    "two extras on a day without a route": (Scene(generated=False, max_stops=1), order("ada"), order("eve")),
    "one extra twice": (PLAIN, order("ada"), order("ada")),
    "an extra and dispatch": (PLAIN, order("ada"), dispatch),
    "an extra and a day off": (PLAIN, order("ada"), blackout(Effect.NEXT_DAY)),
    "an extra and a route canceled": (PLAIN, order("ada"), cancel),
    "an extra and a route moved": (PLAIN, order("ada"), move("2026-06-04")),
    "an extra and a nightly run": (Scene(generated=False, max_stops=1), order("ada"), nightly),
    "an extra and a new customer": (Scene(max_stops=3, new=("kim",)), order("ada"), customers("kim")),
    "an extra and a hold of the same customer": (PLAIN, order("ada"), hold("ada", "2026-06-01", "2026-06-05")),
    "an extra called off and dispatch": (ORDERED, call_off, dispatch),
    "an extra called off and a day off": (ORDERED, call_off, blackout(Effect.SKIP)),
    "an extra called off and its route canceled": (ORDERED, call_off, cancel),
    "an extra called off twice": (ORDERED, call_off, call_off),
    "an extra given another day and dispatch": (ORDERED, reschedule("2026-06-09"), dispatch),
    "an extra given another day and its own taken off": (ORDERED, reschedule("2026-06-09"), blackout(Effect.SKIP)),
    "an extra given two other days": (ORDERED, reschedule("2026-06-09"), reschedule("2026-06-16")),
    "an extra given another day and its route canceled": (ORDERED, reschedule("2026-06-09"), cancel),
    "the close of a day and a nightly run": (PAUSED, close, nightly),
    "the close of a day and a customer's": (PAUSED, close, customers("eve")),
    "two closes": (PAUSED, close, close),
}


THREES: dict[str, tuple[Scene, Verb, Verb, Verb]] = {
    "a hold made longer, lifted, and a nightly run": (
        HELD,
        change_hold("ada", "2026-06-02", "2026-06-10"),
        lift("ada"),
        nightly,
    ),
    "a hold moved, lifted, and dispatch": (
        HELD,
        change_hold("ada", "2026-06-03", "2026-06-05"),
        lift("ada"),
        dispatch,
    ),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_two_at_once_end_as_one_after_the_other(pair: str) -> None:
    scene, left, right = PAIRS[pair]
    one_by_one = [in_order(scene, left, right), swapped(in_order(scene, right, left))]
    together = [
        overlapping(scene, left, right),
        swapped(overlapping(scene, right, left)),
        at_once(scene, left, right),
    ]
    for outcome in together:
        assert outcome in one_by_one


@pytest.mark.parametrize("three", THREES)
def test_three_at_once_end_as_one_after_the_other(three: str) -> None:
    scene, *verbs = THREES[three]
    one_by_one = []
    for order in permutations(range(3)):
        business = scene.build()
        answers = {n: attempt(verbs[n], business) for n in order}
        one_by_one.append((answers[0], answers[1], answers[2], *end_of(business)))
    for _ in range(10):
        business = scene.build()
        answered = racing.at_once(*(partial(attempt, verb, business) for verb in verbs))
        assert (*answered, *end_of(business)) in one_by_one


@pytest.mark.parametrize("pair", ["two holds of one customer that overlap", "two holds of one property"])
def test_of_two_overlapping_holds_one_wins(pair: str) -> None:
    scene, left, right = PAIRS[pair]
    for outcome in (overlapping(scene, left, right), overlapping(scene, right, left), at_once(scene, left, right)):
        assert sorted(outcome[:2], key=str) == ["done", "refused: HoldRefused"]


def test_of_fifty_overlapping_holds_from_fifty_connections_one_wins() -> None:
    business = PLAIN.build()

    def place() -> tuple[str, str]:
        try:
            hold("ada", "2026-06-01", "2026-06-10")(copy(business))
        except HoldRefused as refusal:
            return refusal.field, refusal.sentence
        return "", "done"

    with connected_by(OPTIONS=connection.settings_dict["OPTIONS"] | {"pool": {"max_size": 60, "timeout": 30}}):
        answers = Counter(racing.at_once(*[place] * 50))
    assert answers[("", "done")] == 1
    ((field, sentence),) = answers.keys() - {("", "done")}
    assert (field, answers[(field, sentence)]) == ("start_date", 49)
    assert sentence == "You’re away June 1 to 10 already. Change that, or choose other days."
    with inside(business):
        assert Hold.objects.count() == 1
        assert Entry.objects.filter(verb="hold.placed").count() == 1


@pytest.mark.parametrize("order", ["hold first", "dispatch first"])
def test_a_visit_is_off_the_truck_or_told_to_stay_never_both_and_never_neither(order: str) -> None:
    """Many rounds, for it depends on who is first by how little."""
    stayed = 0
    for round_ in range(25):
        business = PLAIN.build()
        found: list[Outlook] = []

        def place(business: Business = business, found: list[Outlook] = found) -> None:
            with inside(copy(business)):
                ada = Customer.objects.select_related("business").get(ref="ada")
                last = D("2026-06-05")
                found.append(holds.place(customer=ada, start_date=TODAY, end_date=last, actor=SYSTEM, now=NOON)[1])

        going: list[Callable[[], None]] = [place, partial(dispatch, copy(business))]
        racing.at_once(*(going if order == "hold first" else going[::-1]), apart=0.002 * (round_ % 10))
        stop = stop_of(business, "ada")
        with inside(business):
            warned = Delivery.objects.filter(trigger="route_dispatched", customer__ref="ada").exists()
        assert route_of(business).status == Route.Status.DISPATCHED
        assert [one.why for one in found[0].stays] == ([] if stop.removed_at else [Why.ROUTE])
        assert [line.visit.day for line in found[0].away] == ([TUESDAY] if stop.removed_at else [])
        assert warned == (stop.removed_at is None)
        stayed += stop.removed_at is None
    print(f"{order}: stayed in {stayed} of 25 rounds")


def test_of_two_extras_for_the_last_place_of_a_day_one_wins() -> None:
    scene, left, right = PAIRS["two extras for the last place of a day"]
    for outcome in (overlapping(scene, left, right), overlapping(scene, right, left), at_once(scene, left, right)):
        assert sorted(outcome[:2], key=str) == ["done", "refused: Refused"]


def test_a_stop_is_made_once() -> None:
    scene, left, right = PAIRS["one stop made twice"]
    for outcome in (overlapping(scene, left, right), at_once(scene, left, right)):
        assert sorted(outcome[:2], key=str) == ["done", "refused: Refused"]


# How they meet


def in_order(scene: Scene, first: Verb, second: Verb) -> Outcome:
    business = scene.build()
    return attempt(first, business), attempt(second, business), *end_of(business)


def swapped(outcome: Outcome) -> Outcome:
    """The same, with the answers of the two in the other order."""
    first, second, *rest = outcome
    return second, first, *rest


def overlapping(scene: Scene, first: Verb, second: Verb) -> Outcome:
    """The second starts when the first has done everything but commit."""
    business = scene.build()
    answers = racing.overlapping(lambda: attempt(first, business), lambda: attempt(second, business))
    return *answers, *end_of(business)


def at_once(scene: Scene, left: Verb, right: Verb) -> Outcome:
    business = scene.build()
    answers = racing.at_once(lambda: attempt(left, business), lambda: attempt(right, business))
    return *answers, *end_of(business)


def attempt(verb: Verb, business: Business) -> str:
    try:
        verb(copy(business))
    except Refused as refusal:
        return f"refused: {type(refusal).__name__}"
    return "done"


def end_of(business: Business) -> tuple[Any, ...]:
    """All there is to see: routes, stops, what customers asked for, and how far the record goes."""
    with inside(business):
        business.refresh_from_db()
        of_stop = (
            "customer__ref", "due_on", "attempt", "service_date", "status", "moved_by",
            "route__original_date", "route__date", "route__part", "removed_by", "removed_reason", "removed_note",
            "origin",
        )  # fmt: skip
        of_hold = ("customer__ref", "property__customer__ref", "start_date", "effective_from", "end_date", "lifted_at")
        return (
            sorted(Route.objects.values_list("original_date", "date", "part", "status", "reason")),
            sorted(Stop.objects.values_list(*of_stop), key=str),
            sorted(Hold.objects.values_list(*of_hold), key=str),
            sorted(Skip.objects.values_list("customer__ref", "due_on", "undone_at"), key=str),
            sorted(BlackoutDate.objects.values_list("date", "effect")),
            sorted(Extra.objects.values_list("customer__ref", "day", "dropped_at", "dropped_note", "called_off_at")),
            (business.generated_through, business.closed_through),
        )
