"""kill -9 of workers, web server and database while customers change their schedules: whatever was acknowledged has its
effect, one entry and one confirmation; what was not is done as a whole, or not at all."""

import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import UUID

import pytest
import requests
from django.conf import settings
from django.db import Error, connections, transaction
from psycopg_pool import PoolTimeout
from pytest_django import DjangoDbBlocker

from nextroute.audit.models import Entry
from nextroute.audit.verifying import verify
from nextroute.core import scope
from nextroute.core.actors import Actor, ActorKind
from nextroute.core.errors import Refused
from nextroute.customers.models import Customer
from nextroute.identity import sessions
from nextroute.notifications.models import Delivery
from nextroute.scheduling import holds, locks, reconcile, skips
from nextroute.scheduling.models import Hold, Plan, Skip, Stop, Subscription
from nextroute.scheduling.reconcile import Change
from nextroute.service_requests import answering, cancellations, extras, plan_changes
from nextroute.service_requests.models import ServiceRequest
from nextroute.tenancy import businesses
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.doors import a_login
from tests.faults.site import Site, site

BY_VERB, BY_WEB, ROUNDS = 16, 4, 5  # customers, and how often each goes through everything
A_ROUND = 10  # actions
SECONDS_TO_SETTLE = 150
EVERY_DAY = timedelta(days=1)


@pytest.fixture
def killable(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    with django_db_blocker.unblock(), site(tmp_path) as whole:
        yield whole


class Acknowledged:
    """What customers were told is done, by kind and key."""

    def __init__(self) -> None:
        self.kept: set[tuple[str, UUID]] = set()
        self.count = 0
        self.lock = Lock()

    def note(self, kind: str, key: UUID) -> None:
        with self.lock:
            self.kept.add((kind, key))
            self.count += 1


def a_company() -> tuple[Business, list[Customer]]:
    """Customers served on every weekday, at a business that lets them do everything by themselves."""
    instant = dict.fromkeys(
        ("hold_mode", "skip_mode", "extra_mode", "plan_change_mode", "cancellation_mode"), "instant"
    )
    business = cast.a_business("bright-bins", email="hello@brightbins.example", **instant)
    today = business.today(businesses.utc_now())
    with cast.inside(business):
        zone = cast.a_zone(business, weekday=(today + timedelta(days=9)).isoweekday())
        cast.a_wash(business)
        cast.a_plan(business, "biweekly", price_cents=1500)
        people = []
        for n in range(BY_VERB + BY_WEB):
            customer = cast.a_customer(business, f"person{n}")
            cast.served(customer, zone=zone)
            people.append(customer)
    locks_and_routes(business, today)
    return business, people


def locks_and_routes(business: Business, today: date) -> Change:
    """Through four weeks; nothing to do when every route is as the rules want it."""
    total = Change()
    with transaction.atomic():
        locks.schedule_exclusively(business)
        total += reconcile.reconcile(business, today, today + timedelta(weeks=4), today=today)
    return total


def persist[T](act: Callable[[], T]) -> T:
    """Again and again until the database answers."""
    while True:
        try:
            return act()
        except (Error, PoolTimeout):
            connections.close_all()
            time.sleep(0.1)


class Person:
    """A customer at their telephone, who asks again until they are answered, and looks whether it was done already."""

    def __init__(self, business: Business, customer: Customer, told: Acknowledged) -> None:
        self.business, self.customer, self.told = business, customer, told
        self.actor = Actor(ActorKind.CUSTOMER, customer.id)

    def live(self) -> None:
        for _ in range(ROUNDS):
            self.away()
            self.skip()
            self.wash()
            self.other_plan()
            self.leave()
        connections.close_all()

    def away(self) -> None:
        first = self.day(8)
        by: dict[str, Any] = {"customer": self.customer, "start_date": first, "end_date": first + timedelta(days=3)}
        self.both("hold", lambda now: holds.place(**by, actor=self.actor, now=now)[0], self.standing_hold)
        self.both("lift", lambda now: holds.lift(hold=self.a(Hold, "hold"), actor=self.actor, now=now)[0], None)

    def skip(self) -> None:
        due_on = self.day(9)
        of = self.subscription()
        self.both(
            "skip",
            lambda now: skips.place(subscription=of, due_on=due_on, actor=self.actor, now=now)[0],
            lambda: self.one(Skip.objects.filter(customer=self.customer, undone_at=None)),
        )
        self.both("unskip", lambda now: skips.undo(skip=self.a(Skip, "skip"), actor=self.actor, now=now)[0], None)

    def wash(self) -> None:
        plan, of = self.read(lambda: Plan.objects.get(code="wash")), self.subscription()
        ask: dict[str, Any] = {"customer": self.customer, "property": of.property, "plan": plan, "day": self.day(9)}
        self.request("extra", lambda now: extras.ask(**ask, actor=self.actor, now=now))

    def other_plan(self) -> None:
        plan, of = self.read(lambda: Plan.objects.get(code="biweekly")), self.subscription()
        self.request("plan_change", lambda now: plan_changes.ask(subscription=of, plan=plan, actor=self.actor, now=now))

    def leave(self) -> None:
        ask: dict[str, Any] = {"customer": self.customer, "subscriptions": [self.subscription()], "topic": "moving"}
        last = self.day(14)
        self.request("cancellation", lambda now: cancellations.ask(**ask, last_day=last, actor=self.actor, now=now))

    # How they do it

    def request(self, kind: str, ask: Callable[[Any], ServiceRequest]) -> None:
        """Ask, which is arranged at once, and take it back."""
        standing = ServiceRequest.objects.filter(customer=self.customer, kind=kind, answer_state="approved")
        self.both(kind, ask, lambda: self.one(standing))
        withdrawn = lambda now: answering.withdraw(request=self.last, actor=self.actor, now=now)  # noqa: E731
        self.last.customer = self.customer
        self.both(f"{kind} back", withdrawn, None)

    def both(self, kind: str, act: Callable[[Any], Any], look: Callable[[], Any] | None) -> None:
        """Do it; refused after an answer was lost, it is done already: look for it."""

        def once() -> Any:
            try:
                with transaction.atomic(), scope.business(self.business.id):
                    return act(businesses.utc_now())
            except Refused:
                return self.read(look) if look else self.last

        done = persist(once)
        assert done is not None, kind
        self.last = done
        self.told.note(kind, done.pk)

    def a(self, model: Any, _kind: str) -> Any:
        found = model.objects.get(id=self.last.pk)
        found.customer = self.customer
        return found

    def standing_hold(self) -> Any:
        return self.one(Hold.objects.filter(customer=self.customer, lifted_at=None))

    def one(self, found: Any) -> Any:
        return found.first()

    def read[T](self, look: Callable[[], T]) -> T:
        def once() -> T:
            with transaction.atomic(), scope.business(self.business.id):
                return look()

        return persist(once)

    def subscription(self) -> Subscription:
        of = Subscription.objects.select_related("plan", "property").filter(customer=self.customer, replaces=None)
        found: Subscription = self.read(of.get)
        found.customer = found.property.customer = self.customer
        return found

    def day(self, ahead: int) -> date:
        return self.business.today(businesses.utc_now()) + timedelta(days=ahead)


class Visitor(Person):
    """The same by the portal's pages, in a browser of their own."""

    def __init__(self, business: Business, customer: Customer, told: Acknowledged, origin: str) -> None:
        super().__init__(business, customer, told)
        self.origin = origin
        with cast.inside(business):
            login = a_login(customer)
            self.token = sessions.start(login, customer=customer, user_agent="", now=businesses.utc_now())

    def live(self) -> None:
        for _ in range(ROUNDS * A_ROUND // 4):
            first = self.day(8)
            form = {"first": first.isoformat(), "back": (first + timedelta(days=4)).isoformat()}
            hold = self.press("/portal/holds/new/", form, r"/portal/holds/([0-9a-f-]{36})/", self.standing_hold)
            self.told.note("hold", hold)
            self.press(f"/portal/holds/{hold}/lift/", {}, r"/portal/holds/([0-9a-f-]{36})/", None)
            self.told.note("lift", hold)
            visit = f"/portal/visits/{self.subscription().pk}/{self.day(9).isoformat()}/skip/"
            for do in ("skip", "undo"):
                self.press(visit, {"do": do}, "done=", None)
                self.told.count += 1
        connections.close_all()

    def press(self, path: str, form: dict[str, str], leads: str, look: Callable[[], Any] | None) -> Any:
        """Until the page says that it is done, or that it was done before."""
        while True:
            try:
                with requests.Session() as browser:
                    browser.cookies.set(settings.PORTAL_COOKIE, self.token)
                    html = browser.get(self.origin + path, timeout=5).text
                    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
                    sent = form | {"csrfmiddlewaretoken": token[1] if token else ""}
                    answer = browser.post(self.origin + path, sent, timeout=5, allow_redirects=False)
                found = re.search(leads, answer.headers.get("Location", ""))
                if answer.status_code == 302 and found:
                    return UUID(found[1]) if found.groups() else None
                if answer.status_code == 422:  # the answer to an earlier try was lost
                    return self.read(look).pk if look else None
            except requests.RequestException:
                pass
            time.sleep(0.1)


def test_over_a_thousand_changes_each_is_whole_recorded_and_confirmed(killable: Site) -> None:
    business, people = a_company()
    told = Acknowledged()
    origin = f"http://127.0.0.1:{killable.port}"
    living = [Person(business, one, told) for one in people[:BY_VERB]]
    living += [Visitor(business, one, told, origin) for one in people[BY_VERB:]]

    def live(several: list[Person]) -> None:
        for one in several:
            one.live()

    with ThreadPoolExecutor(5) as pool:
        running = [pool.submit(live, living[n::5]) for n in range(5)]
        over = lambda: all(one.done() for one in running)  # noqa: E731
        kills = killable.rage(random.Random(), done=lambda: told.count, until=over)
        for one in running:
            one.result()
    assert kills > 10, "a quiet run proves nothing"
    assert told.count >= 1_000 - BY_WEB * A_ROUND
    _settle(killable, business)

    with transaction.atomic(), scope.business(business.id):
        _each_has_one_entry_and_one_confirmation(told)
        received, owed = killable.postman.received, Delivery.objects.values_list("id", flat=True)
        assert set(Delivery.objects.values_list("status", flat=True)) == {"sent"}
        assert received.keys() == {f"<{key}@localhost.localdomain>" for key in owed}
        # Everybody took everything back: each visit stands as if nothing had happened, and no extra is left.
        live_stops = Stop.objects.filter(removed_at=None)
        assert not live_stops.filter(extra__isnull=False).exists()
        assert {count for _, count in Counter(live_stops.values_list("customer", flat=True)).items()} == {4}
    assert locks_and_routes(business, business.today(businesses.utc_now())) == Change()
    verdict = verify(business.id)
    assert (verdict.tail, verdict.findings) == (0, ())


def _each_has_one_entry_and_one_confirmation(told: Acknowledged) -> None:
    """What is there, whoever was told; and what was acknowledged is there."""
    for verb, trigger, fact, rows in (
        ("hold.placed", "hold_placed", "hold", Hold.objects.all()),
        ("hold.lifted", "hold_lifted", "hold", Hold.objects.exclude(lifted_at=None)),
        ("skip.placed", "skip_placed", "skip", Skip.objects.all()),
        ("skip.undone", "skip_undone", "skip", Skip.objects.exclude(undone_at=None)),
        ("request.approved", "request_approved", "request", ServiceRequest.objects.all()),
        (
            "request.withdrawn",
            "request_withdrawn",
            "request",
            ServiceRequest.objects.filter(answer_state="withdrawn"),
        ),
    ):
        keys = Counter(str(key) for key in rows.values_list("pk", flat=True))
        assert keys, verb
        assert Counter(str(key) for key in Entry.objects.filter(verb=verb).values_list("subject_id", flat=True)) == keys
        facts = Delivery.objects.filter(trigger=trigger).values_list("facts", flat=True)
        assert Counter(one[fact] for one in facts) == keys, trigger
    there = {str(key) for model in (Hold, Skip, ServiceRequest) for key in model.objects.values_list("pk", flat=True)}
    assert {str(key) for _, key in told.kept} <= there


def _settle(killable: Site, business: Business) -> None:
    """Until the outbox is empty and all is sealed."""
    deadline = time.monotonic() + SECONDS_TO_SETTLE
    while True:
        killable.mend()
        try:
            with transaction.atomic(), scope.business(business.id):
                waiting = Delivery.objects.waiting().count()
            if waiting == 0 and verify(business.id).tail == 0:
                return
        except Error:
            pass
        assert time.monotonic() < deadline, "mail is still waiting"
        time.sleep(0.5)
