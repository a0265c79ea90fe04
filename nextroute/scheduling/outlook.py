"""Outlook: what a change does to a customer's visits and their bill.

The verbs look before and after, and say what differs; a preview is the verb itself, rehearsed and taken back. So what a
page shows before is what will happen, whatever the routes, their places and the office have to do with it
(docs/decisions/0012-previews-are-rehearsals.md).
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from nextroute.core import scope
from nextroute.core.days import add_months
from nextroute.core.rehearsals import taken_back
from nextroute.customers.customers import Customer
from nextroute.scheduling import prices, visits
from nextroute.scheduling.prices import Line, Money
from nextroute.scheduling.reconcile import Change, reconcile
from nextroute.scheduling.stops import Stop
from nextroute.scheduling.visits import Visit

NOTHING, UNCHANGED = Money(), Change()
YEAR = timedelta(days=365)
# How far after a change the next visit is looked for; months, if it is not there.
BEYOND, AHEAD = timedelta(weeks=8), 13


class Why(StrEnum):
    """Why a visit happens all the same: its notice is over, its route is out, or the office arranged it."""

    NOTICE = "notice"
    ROUTE = "route"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Stays:
    """A visit that cannot be stopped."""

    visit: Visit
    why: Why


@dataclass(frozen=True, slots=True)
class Outlook:
    """The visits that fall away and those that come (each with its price), in order; those that stay all the same; what
    it does to the bill; the first day after it on which somebody comes; what became of the stops."""

    away: tuple[Line, ...] = ()
    coming: tuple[Line, ...] = ()
    stays: tuple[Stays, ...] = ()
    money: Money = NOTHING
    next_day: date | None = None
    change: Change = UNCHANGED


def rehearse(verb: Callable[..., tuple[Any, Outlook]], **arguments: Any) -> Outlook:
    """What a verb would do. It is done, looked at and taken back: no row, message or entry remains, and its locks are
    let go. Raises what the verb raises."""
    with taken_back():
        _, outlook = verb(**arguments)
    return outlook


@dataclass(frozen=True, slots=True)
class Before:
    """The visits of a customer from `first` on, before something changes on the days through `last` (local, today or
    later); a while after it is looked at, too, for the next one."""

    customer: Customer
    first: date
    last: date
    today: date
    visits: Sequence[Visit]

    def reconcile(self) -> Change:
        """The open routes follow what was changed on its days."""
        business, chosen = self.customer.business, [self.customer]
        return reconcile(business, self.first, self.last, today=self.today, customers=chosen)

    def compare(
        self,
        change: Change,
        last: date,
        meant: Callable[[Visit], bool] = lambda _: False,
        first_free: date | None = None,
    ) -> Outlook:
        """What is different now. `last`: the last day it is about, after which the next visit is looked for; `meant`:
        which visits were to fall away, so that those that stay are told, before `first_free` because their notice is
        over (local days). As the customer sees it; three statements, seven at most.
        """
        with _eyes_of(self.customer):
            after = _look(self.customer, self.first, self.last, self.today)
            was, now = _coming(self.visits), _coming(after)
            gone = [one for key, one in was.items() if key not in now]
            come = [one for key, one in now.items() if key not in was]
            keys = {one.subscription_id for one in (*gone, *come) if one.subscription_id}
            subscriptions = prices.of_subscriptions(keys)
            away, coming = prices.lines(gone, subscriptions), prices.lines(come, subscriptions)
            return Outlook(
                away=away,
                coming=coming,
                stays=stays([one for one in now.values() if meant(one)], first_free),
                money=prices.money(self.customer, away, coming, subscriptions),
                change=change,
                next_day=self._next_after(last, after),
            )

    def _next_after(self, last: date, soon: Sequence[Visit]) -> date | None:
        """Most people are served within weeks; only for the others is a year worth looking through."""
        if found := next((one.day for one in soon if one.coming and one.day > last), None):
            return found
        far = visits.between(self.customer, self.first, add_months(self.last, AHEAD), today=self.today)
        return next((one.day for one in far if one.coming and one.day > last), None)


def before(customer: Customer, first: date, last: date, *, today: date) -> Before:
    """Look at the visits before they change, under the customer's lock: what was read of the business may be older.
    Three statements."""
    customer.business.refresh_from_db(fields=["generated_through"])
    first = max(first, today)
    with _eyes_of(customer):
        return Before(customer, first, last, today, _look(customer, first, last, today))


def _eyes_of(customer: Customer) -> AbstractContextManager[None]:
    """Their scope, whoever acts: there PostgreSQL keeps the plan of the question (core/scope.py)."""
    return scope.customer(customer.business_id, customer.pk)


def _look(customer: Customer, first: date, last: date, today: date) -> Sequence[Visit]:
    return visits.between(customer, first, max(first, last) + BEYOND, today=today)


def _coming(found: Iterable[Visit]) -> dict[object, Visit]:
    """Those somebody comes for, by what names them wherever they stand."""
    return {(one.subscription_id or one.stop_id, one.due_on, one.attempt): one for one in found if one.coming}


def stays(staying: Sequence[Visit], first_free: date | None) -> tuple[Stays, ...]:
    """Why each of these visits happens all the same. One statement, if they have stops."""
    keys = [one.stop_id for one in staying if one.stop_id]
    out: set[UUID] = set()
    if keys:
        routed = Stop.objects.filter(id__in=keys).exclude(route__status__in=["draft", "optimized"])
        out = set(routed.values_list("id", flat=True))
    return tuple(Stays(one, _why(one, out, first_free)) for one in staying)


def _why(visit: Visit, out: set[UUID], first_free: date | None) -> Why:
    if visit.stop_id in out:
        return Why.ROUTE
    return Why.NOTICE if first_free and visit.day < first_free else Why.OFFICE
