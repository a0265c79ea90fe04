"""What a preview says is what happens: whatever has happened before, and whatever verb comes then.

A random week of the business of test_machine.py; then something is rehearsed, done, and looked at from outside.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from nextroute.core.actors import SYSTEM, ActorKind
from nextroute.core.days import each_day, first_of_month, last_of_month
from nextroute.core.errors import Refused
from nextroute.core.money import round_half_up
from nextroute.customers.models import Customer
from nextroute.scheduling import calendar, holds, outlook, reconcile, routes, skips, visits
from nextroute.scheduling.hold_limits import HoldRefused
from nextroute.scheduling.models import Hold, Plan, Route, Skip, Stop
from nextroute.scheduling.outlook import Outlook, Why
from nextroute.scheduling.visits import Visit
from nextroute.tenancy.businesses import Business
from tests.cast import NOON, D, noon
from tests.doors import SOMEBODY, statements
from tests.scheduling.test_machine import (
    BY_OFFICE,
    BY_RULE,
    FIRST,
    Office,
    Step,
    any_of,
    length,
    office,
    shift,
    some,
    soon,
    who,
)

__all__ = ["office"]  # a fixture

EXAMPLES = 50
FAR = timedelta(days=120)
LASTING = ("notifications", "audit", "scheduling", "customers", "tenancy")

type Verb = Callable[..., tuple[Any, Outlook]]
type Key = tuple[object, date, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a customer is about to do; the days a hold then covers and at which property, for `stays`."""

    verb: Verb
    customer: Customer
    arguments: dict[str, Any]
    first: date | None = None
    last: date | None = None
    property: object = None


def place(office: Office, n: int, days: int, length: int, whole: bool) -> Asked:
    subscription = office.subscriptions[n % len(office.subscriptions)]
    first, last = office.day(days), office.day(days + length)
    only = None if whole else subscription.property
    arguments = {"customer": subscription.customer, "property": only, "start_date": first, "end_date": last}
    return Asked(holds.place, subscription.customer, arguments, first, last, only and only.pk)


def change(office: Office, n: int, first: int, last: int) -> Asked | None:
    if not (found := office.held(n)):
        return None
    hold, was_first, was_last = found
    start_date, end_date = was_first + timedelta(days=first), was_last + timedelta(days=last)
    arguments = {"hold": hold, "start_date": start_date, "end_date": end_date}
    return Asked(holds.change, hold.customer, arguments, start_date, end_date, hold.property_id)


def lift(office: Office, n: int) -> Asked | None:
    found = office.held(n)
    return found and Asked(holds.lift, found[0].customer, {"hold": found[0]})


def skip(office: Office, n: int, days: int) -> Asked:
    subscription = office.subscriptions[n % len(office.subscriptions)]
    return Asked(skips.place, subscription.customer, {"subscription": subscription, "due_on": office.day(days)})


def undo(office: Office, n: int) -> Asked | None:
    found = list(Skip.objects.order_by("placed_at", "id"))
    if not found:
        return None
    one = found[n % len(found)]
    return Asked(skips.undo, one.customer, {"skip": one})


anyone = st.integers(0, 4)
ASKED: st.SearchStrategy[Callable[[Office], Asked | None]] = st.one_of(
    st.builds(
        lambda **given: lambda office: place(office, **given), n=anyone, days=soon, length=length, whole=st.booleans()
    ),
    st.builds(lambda **given: lambda office: change(office, **given), n=some, first=st.just(0) | shift, last=shift),
    st.builds(lambda **given: lambda office: lift(office, **given), n=some),
    st.builds(lambda **given: lambda office: skip(office, **given), n=anyone, days=soon),
    st.builds(lambda **given: lambda office: undo(office, **given), n=some),
)


@given(
    max_stops=st.sampled_from([None, 1, 2]),
    happens=st.lists(any_of(BY_RULE) | any_of(BY_OFFICE), max_size=10),
    asks=st.lists(ASKED, min_size=1, max_size=4),
    actor=who,
)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_said_before_is_what_happens(
    office: Office,
    max_stops: int | None,
    happens: list[Step],
    asks: list[Callable[[Office], Asked | None]],
    actor: Any,
) -> None:
    with transaction.atomic():
        flat_with_bins(office)
        office.begin(max_stops)
        for step in happens:
            try:
                with transaction.atomic():
                    step.take(office)
            except Refused:
                pass
        for ask in asks:
            if asked := ask(office):
                check(office, asked, actor)
        transaction.set_rollback(True)


def flat_with_bins(office: Office) -> None:
    """Eve's plan is paid by the month; Lee has three bins at one place."""
    Plan.objects.filter(code="biweekly").update(billing_mode="flat", price_cents=4000)
    Plan.objects.filter(code="weekly").update(additional_bin_price_cents=300)
    first_of_lee = office.subscriptions[1].property
    type(first_of_lee).objects.filter(pk=first_of_lee.pk).update(bin_count=3)


def check(office: Office, asked: Asked, actor: Any) -> None:
    arguments = asked.arguments | {"actor": actor, "now": noon(office.today)}
    before, stops_before = seen(office, asked.customer), live(asked.customer, office.today)
    rows, waking = everything(), waits()
    told = refused_or(lambda: outlook.rehearse(asked.verb, **arguments))
    assert (everything(), waits()) == (rows, waking), "a rehearsal left something behind"
    with transaction.atomic():
        found = refused_or(lambda: asked.verb(**arguments)[1])
        assert same(found, told), "the preview said something else"
        if isinstance(found, str):
            event(f"{asked.verb.__name__} refused")
            transaction.set_rollback(True)
            return
        event(f"{asked.verb.__name__}: {len(found.away)} away, {len(found.coming)} coming, {len(found.stays)} stay")
    after, stops_after = seen(office, asked.customer), live(asked.customer, office.today)
    look_from_outside(asked, found, before, after)
    follow_the_routes(office, found, stops_before, stops_after)
    count_the_money(office, found)


def look_from_outside(asked: Asked, found: Outlook, before: dict[Key, Visit], after: dict[Key, Visit]) -> None:
    assert keys(line.visit for line in found.away) == before.keys() - after.keys()
    assert keys(line.visit for line in found.coming) == after.keys() - before.keys()
    if asked.verb is holds.change and is_over(asked.arguments["hold"]):
        assert found.stays == ()  # being back: nothing was to fall away
        return
    of_hold = [visit for visit in after.values() if asked.property in (None, visit.property_id)]
    staying = [v for v in of_hold if asked.first and asked.last and asked.first <= v.day <= asked.last]
    assert keys(one.visit for one in found.stays) == keys(staying)


def is_over(hold: Hold) -> bool:
    """Whether none of its days took effect yet, and none will: then ending it was being back."""
    return Hold.objects.get(pk=hold.continues_id or hold.pk).lifted_at is not None


def follow_the_routes(office: Office, found: Outlook, before: dict[Key, Stop], after: dict[Key, Stop]) -> None:
    """Stops left with the visits that fell away, and came with those that came on days routes are made for."""
    through = office.through
    assert before.keys() - after.keys() == keys(line.visit for line in found.away) & before.keys()
    come = keys(line.visit for line in found.coming if line.visit.day <= through)
    assert after.keys() - before.keys() == come
    for one in found.stays:
        stop = after.get(key(one.visit))
        out = stop is not None and stop.route is not None and stop.route.status not in Route.OPEN
        assert (one.why is Why.ROUTE) == out


def count_the_money(office: Office, found: Outlook) -> None:
    gone, come = ([line.visit for line in lines] for lines in (found.away, found.coming))
    lines = (*found.away, *found.coming)
    assert [line.cents for line in lines] == [None if flat(line.visit) else price(line.visit) for line in lines]
    worth = sum(price(visit) for visit in gone if not flat(visit)) - sum(price(v) for v in come if not flat(v))
    missed = Counter(month(visit) for visit in gone if flat(visit))
    missed.subtract(Counter(month(visit) for visit in come if flat(visit)))
    (eve,) = [one for one in office.subscriptions if flat_plan(one.plan.name)]
    credit = 0
    for first, count in missed.items():
        due = sum(calendar.scheduled(office.terms(eve), day) for day in each_day(first, last_of_month(first)))
        credit += round_half_up(4000, Decimal(100 * count) / due)
    assert (found.money.less_cents, found.money.credit_cents) == (worth, credit)


def flat(visit: Visit) -> bool:
    return flat_plan(visit.plan)


def flat_plan(name: str) -> bool:
    return name.startswith("Biweekly")


def price(visit: Visit) -> int:
    return 1250 + 300 * (visit.bins - 1)


def month(visit: Visit) -> date:
    return first_of_month(visit.due_on)


def refused_or(verb: Callable[[], Outlook]) -> Outlook | str:
    """What it answers, or the sentence it is refused with."""
    try:
        with transaction.atomic():
            return verb()
    except Refused as refusal:
        return refusal.sentence


def same(one: Outlook | str, other: Outlook | str) -> bool:
    """But for the keys of what is made anew each time: stops, and the hold itself."""
    return nameless(one) == nameless(other)


def nameless(found: Outlook | str) -> Outlook | str:
    if isinstance(found, str):
        return found
    coming = tuple(replace(line, visit=replace(line.visit, stop_id=None)) for line in found.coming)
    stays = tuple(replace(one, visit=replace(one.visit, hold_id=None)) for one in found.stays)
    return replace(found, coming=coming, stays=stays)


def seen(office: Office, customer: Customer) -> dict[Key, Visit]:
    """The visits somebody comes for, as pages read them."""
    fresh = Customer.objects.select_related("business").get(pk=customer.pk)
    found = visits.between(fresh, office.today, office.today + FAR, today=office.today)
    return {key(visit): visit for visit in found if visit.coming}


def live(customer: Customer, today: date) -> dict[Key, Stop]:
    stops = Stop.objects.filter(customer=customer, removed_at=None, service_date__gte=today)
    rows = stops.exclude(status__in=Stop.DONE).select_related("route")
    return {(stop.subscription_id, stop.due_on, stop.attempt): stop for stop in rows}


def key(visit: Visit) -> Key:
    return visit.subscription_id, visit.due_on, visit.attempt


def keys(found: Iterable[Visit]) -> set[Key]:
    return {key(visit) for visit in found}


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables that belong to a business."""
    models = [model for label in LASTING for model in apps.get_app_config(label).get_models()]
    return {model.__name__: sorted(model._default_manager.values_list(), key=str) for model in models}


def waits() -> int:
    """Jobs that the end of the transaction would leave."""
    return len(connection.run_on_commit)


# One by one


def test_a_rehearsal_leaves_nothing_behind(ada: Customer, bright: Business) -> None:
    reconcile.reconcile(bright, FIRST, D("2026-06-30"), today=FIRST)
    rows, waking = everything(), waits()
    hold = {"customer": ada, "start_date": D("2026-06-08"), "end_date": D("2026-06-17"), "actor": SOMEBODY}
    assert len(outlook.rehearse(holds.place, **hold, now=NOON).away) == 2
    assert (everything(), waits()) == (rows, waking)


def test_a_rehearsal_is_refused_as_the_verb_is_and_leaves_nothing_behind(ada: Customer) -> None:
    rows = everything()
    hold = {"customer": ada, "start_date": D("2026-06-08"), "end_date": D("2026-06-07"), "actor": SOMEBODY}
    with pytest.raises(HoldRefused):
        outlook.rehearse(holds.place, **hold, now=NOON)
    assert everything() == rows


def test_a_rehearsal_lets_its_locks_go(ada: Customer, owner: Any) -> None:
    hold = {"customer": ada, "start_date": D("2026-06-08"), "end_date": D("2026-06-17"), "actor": SOMEBODY}
    outlook.rehearse(holds.place, **hold, now=NOON)
    held = owner.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone()
    assert held == (0,)


def test_a_rehearsal_leaves_what_the_connection_has_prepared(ada: Customer) -> None:
    """psycopg forgets it all on a ROLLBACK, and the next pages would be planned anew."""
    hold: dict[str, Any] = {"customer": ada, "start_date": D("2026-06-08"), "end_date": D("2026-06-17")}

    def prepared() -> set[tuple[str]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM pg_prepared_statements")
            return set(cursor.fetchall())

    for _ in range(4):
        outlook.rehearse(holds.place, **hold, actor=SOMEBODY, now=NOON)
    known = prepared()
    outlook.rehearse(holds.place, **hold, actor=SOMEBODY, now=NOON)
    assert known
    assert known <= prepared()
    assert connection.connection.prepare_threshold == connection.settings_dict["OPTIONS"]["prepare_threshold"]


def test_what_the_night_made_since_the_business_was_read_is_no_change_of_the_holds(
    ada: Customer, bright: Business
) -> None:
    """A page read the business before the night; the verb looks again under its lock."""
    bright.generated_through = None
    reconcile.reconcile(Business.objects.get(pk=bright.pk), FIRST, D("2026-06-30"), today=FIRST)
    route = Route.objects.get(date=D("2026-06-30"))
    routes.cancel(route=route, reason="Breakdown", actor=SYSTEM, now=NOON)
    Stop.objects.filter(route=route).delete()  # due, and without a place: the page calls it expected
    ada.business.generated_through = None
    _, found = holds.place(customer=ada, start_date=D("2026-06-08"), end_date=D("2026-06-17"), actor=SOMEBODY, now=NOON)
    assert [line.visit.day for line in found.away] == [D("2026-06-09"), D("2026-06-16")]


@pytest.mark.parametrize("ahead", [0, 400])
def test_placing_and_rehearsing_cost_the_same_for_one_visit_and_for_fifty(
    ada: Customer, bright: Business, ahead: int
) -> None:
    """Whether their routes are made or not."""
    bright.hold_max_days = 366
    bright.save()
    ada.business.refresh_from_db()
    reconcile.reconcile(bright, FIRST, FIRST + timedelta(days=ahead), today=FIRST)
    counts = set()
    for first, last in (("2026-06-08", "2026-06-10"), ("2026-06-15", "2027-05-31")):
        hold: dict[str, Any] = {"customer": ada, "start_date": D(first), "end_date": D(last), "actor": SOMEBODY}
        hold["now"] = NOON
        with statements() as rehearsing:
            told = outlook.rehearse(holds.place, **hold)
        with statements() as placing:
            placed, found = holds.place(**hold)
        assert (len(told.away), len(found.away)) in ((1, 1), (50, 50))
        with statements() as lifting:
            holds.lift(hold=placed, actor=SOMEBODY, now=NOON)
        counts.add((len(rehearsing), len(placing), len(lifting)))
    assert len(counts) == 1
    print("statements to rehearse, to place and to lift:", *counts)


def test_the_actor_of_a_rehearsal_is_who_will_act(ada: Customer) -> None:
    """Staff see what staff can do."""
    hold = {"customer": ada, "start_date": FIRST, "end_date": FIRST + timedelta(days=1), "now": NOON}
    assert SYSTEM.kind is not ActorKind.CUSTOMER
    assert len(outlook.rehearse(holds.place, **hold, actor=SYSTEM).away) == 1
    with pytest.raises(Refused):
        outlook.rehearse(holds.place, **hold, actor=SOMEBODY)
