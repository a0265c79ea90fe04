"""Every verb that changes something leaves exactly one entry, with what it was about."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest

from nextroute.audit.models import Entry
from nextroute.core.actors import SYSTEM
from nextroute.core.days import ONE_DAY
from nextroute.customers.models import Customer
from nextroute.scheduling import blackouts, closing, endings, extras, holds, nights, plan_changes, routes, skips, stops
from nextroute.scheduling.calendar import Effect
from nextroute.scheduling.hold_limits import HoldRefused
from nextroute.scheduling.models import BlackoutDate, Extra, Route, Stop, Subscription
from nextroute.scheduling.reconcile import nightly
from nextroute.service_requests import answering
from nextroute.service_requests.models import ServiceRequest
from nextroute.tenancy import settings
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON, D, noon
from tests.service_requests import scene

TODAY, TUESDAY = D("2026-06-01"), D("2026-06-02")


def _dispatched(ada: Customer) -> Stop:
    routes.dispatch(route=_route(ada), actor=SYSTEM, now=NOON)
    return Stop.objects.select_related("route").get(customer=ada, service_date=TUESDAY)


def _route(ada: Customer) -> Route:
    return Route.objects.select_related("business").get(date=TUESDAY)


def _complete(ada: Customer) -> None:
    stops.complete(stop=_dispatched(ada), actor=SYSTEM, now=NOON)


def _skip_stop(ada: Customer) -> None:
    category = Stop.SkipCategory.WEATHER
    stops.skip(stop=_dispatched(ada), category=category, reason="Hail", actor=SYSTEM, now=NOON)


def _recall(ada: Customer) -> None:
    _dispatched(ada)
    routes.recall(route=_route(ada), actor=SYSTEM, today=TODAY)


def _day_off(ada: Customer) -> None:
    blackouts.add(business=ada.business, date=TUESDAY, name="Flood", effect=Effect.SKIP, actor=SYSTEM, now=NOON)


def _after_all(ada: Customer) -> None:
    _day_off(ada)
    blackouts.remove(blackout=BlackoutDate.objects.get(), actor=SYSTEM, now=NOON)


def _order(ada: Customer) -> Extra:
    return cast.an_extra(ada.properties.get())


def _reorder(ada: Customer) -> None:
    extras.reschedule(extra=_order(ada), day=D("2026-06-09"), actor=SYSTEM, now=NOON)


def _call_off(ada: Customer) -> None:
    extras.call_off(extra=_order(ada), actor=SYSTEM, now=NOON)


def _change_plan(ada: Customer) -> Subscription:
    plan, one = cast.a_plan(ada.business, "biweekly"), ada.subscriptions.get()
    return plan_changes.change(subscription=one, plan=plan, first_day=D("2026-06-02"), actor=SYSTEM, now=NOON)[0]


def _keep_plan(ada: Customer) -> None:
    plan_changes.undo(subscription=_change_plan(ada), actor=SYSTEM, now=NOON)


def _end(ada: Customer, last_day: date = TODAY) -> dict[UUID, date | None]:
    of_ada = list(ada.subscriptions.all())
    return endings.end(customer=ada, subscriptions=of_ada, last_day=last_day, actor=SYSTEM, now=NOON)[0]


def _resume(ada: Customer) -> None:
    endings.resume(customer=ada, former=_end(ada), last_day=TODAY, actor=SYSTEM, now=NOON)


def _canceled(ada: Customer) -> None:
    _end(ada)
    nights.canceled(ada.business, today=TUESDAY)


def _ask(ada: Customer) -> ServiceRequest:
    return scene.extra(ada, now=NOON - 7 * ONE_DAY)


def _approve(ada: Customer) -> None:
    answering.approve(request=_ask(ada), actor=SYSTEM, now=NOON)


def _decline(ada: Customer) -> None:
    answering.decline(request=_ask(ada), answer="No.", actor=SYSTEM, now=NOON)


def _withdraw(ada: Customer) -> None:
    answering.withdraw(request=_ask(ada), actor=SYSTEM, now=NOON)


def _answer(ada: Customer) -> None:
    answering.answer(request=scene.problem(ada), words="Sorry.", actor=SYSTEM, now=NOON)


# The verb's last entry: its name, how many there are in all, whether it is in Ada's trail, what it counts.
VERBS: dict[str, tuple[Callable[[Customer], object], int, bool, dict[str, int]]] = {
    "hold.placed": (
        lambda ada: holds.place(customer=ada, start_date=TUESDAY, end_date=TUESDAY, actor=SYSTEM, now=NOON),
        1,
        True,
        {"removed": 1},
    ),
    "skip.placed": (
        lambda ada: skips.place(subscription=ada.subscriptions.get(), due_on=TUESDAY, actor=SYSTEM, now=NOON),
        1,
        True,
        {"removed": 1},
    ),
    "extra.ordered": (_order, 1, True, {}),
    "extra.rescheduled": (_reorder, 2, True, {}),
    "extra.called_off": (_call_off, 2, True, {}),
    "plan.changed": (_change_plan, 1, True, {"inserted": 1, "removed": 1}),
    "plan.change_undone": (_keep_plan, 2, True, {"restored": 1, "removed": 1}),
    "service.ended": (_end, 1, True, {"subscriptions": 1, "removed": 1}),
    "service.resumed": (_resume, 2, True, {"subscriptions": 1, "restored": 1}),
    "customers.canceled": (_canceled, 2, False, {"canceled": 1}),
    "request.asked": (_ask, 1, True, {}),
    "request.approved": (_approve, 3, True, {}),
    "request.declined": (_decline, 2, True, {}),
    "request.withdrawn": (_withdraw, 2, True, {}),
    "request.answered": (_answer, 2, True, {}),
    "blackout.added": (_day_off, 1, False, {"removed": 1}),
    "blackout.removed": (_after_all, 2, False, {"restored": 1}),
    "route.dispatched": (_dispatched, 1, False, {}),
    "route.recalled": (_recall, 2, False, {}),
    "route.canceled": (
        lambda ada: routes.cancel(route=_route(ada), reason="Snow", actor=SYSTEM, now=NOON),
        1,
        False,
        {"removed": 1},
    ),
    "route.moved": (
        lambda ada: routes.move(route=_route(ada), to=D("2026-06-04"), reason="Snow", actor=SYSTEM, now=NOON),
        1,
        False,
        {"moved": 1},
    ),
    "stop.completed": (_complete, 2, True, {}),
    "stop.skipped": (_skip_stop, 2, True, {}),
    "routes.generated": (
        lambda ada: nightly(ada.business, today=D("2026-06-09"), days=0),
        1,
        False,
        {"inserted": 1},
    ),
    "day.closed": (
        lambda ada: closing.close(ada.business, today=D("2026-06-17"), now=noon(D("2026-06-17"))),
        2,
        False,
        {"recorded": 1},
    ),
    "business.changed": (lambda ada: settings.change(ada.business, {"name": "Bin"}, actor=SYSTEM), 1, False, {}),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_leaves_its_entry(bright: Business, ada: Customer, verb: str) -> None:
    nightly(bright, today=TODAY, days=1)
    before = Entry.objects.count()
    act, made, hers, counts = VERBS[verb]
    act(ada)
    assert Entry.objects.count() - before == made
    last = Entry.objects.latest_first()[0]
    assert (last.verb, last.customer_id, last.counts) == (verb, ada.id if hers else None, counts)


def test_a_verb_that_is_refused_leaves_none(bright: Business, ada: Customer) -> None:
    before = Entry.objects.count()
    with pytest.raises(HoldRefused):
        holds.place(customer=ada, start_date=TUESDAY, end_date=TODAY, actor=SYSTEM, now=NOON)
    assert Entry.objects.count() == before
