"""kill -9 of worker, web server and database at random: what was acknowledged is done, recorded and told, once each."""

import random
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from uuid import UUID

import pytest
import requests
from django.db import Error, connections, transaction
from psycopg_pool import PoolTimeout
from pytest_django import DjangoDbBlocker

from nextroute.audit.models import Entry
from nextroute.audit.verbs import Verb
from nextroute.audit.verifying import verify
from nextroute.core import scope
from nextroute.core.actors import SYSTEM
from nextroute.core.errors import Refused
from nextroute.notifications.models import Delivery
from nextroute.scheduling import stops
from nextroute.scheduling.models import Stop
from nextroute.tenancy import businesses
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.doors import a_login
from tests.faults.site import Site, site

VISITS, ASKS = 800, 200
SECONDS_TO_SETTLE = 150  # what a lost wake leaves is found within a minute


@pytest.fixture
def killable(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    with django_db_blocker.unblock(), site(tmp_path) as whole:
        yield whole


def visits_of_today(business: Business) -> list[UUID]:
    """So many, of one customer, on a route that is out."""
    with cast.inside(business):
        subscription = cast.served(cast.a_customer(business, "ada"))
        route = cast.a_route(subscription, business.today(businesses.utc_now()))
        return [cast.a_planned_stop(subscription, route, attempt=attempt).id for attempt in range(1, VISITS + 1)]


def complete(business: Business, key: UUID) -> None:
    """As a driver's phone does: again and again until the server says that it is done."""
    while True:
        try:
            with transaction.atomic(), scope.business(business.id):
                stop = Stop.objects.select_related("route").get(id=key)
            stops.complete(stop=stop, actor=SYSTEM, now=businesses.utc_now())
        except Refused:
            return  # done already: the answer to an earlier try was lost
        except (Error, PoolTimeout):
            connections.close_all()  # as at the end of a request: a broken one is not used again
            time.sleep(0.1)
        else:
            return


def people(business: Business) -> list[str]:
    """The e-mails of so many who can sign in."""
    with cast.inside(business):
        found = [cast.a_customer(business, f"person{n}") for n in range(ASKS)]
    return [a_login(customer).email for customer in found]


def ask(origin: str, email: str, n: int) -> None:
    """Ask for a sign-in link as a browser does, from an address of its own, until the page says it is on its way."""
    door, from_elsewhere = f"{origin}/portal/at/bright-bins/", {"X-Forwarded-For": f"192.0.2.{n % 250}"}
    while True:
        try:
            with requests.Session() as browser:
                html = browser.get(door, headers=from_elsewhere, timeout=5).text
                token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
                form = {"email": email, "way": "link", "csrfmiddlewaretoken": token[1] if token else ""}
                answer = browser.post(door, form, headers=from_elsewhere, timeout=5, allow_redirects=False)
            if answer.status_code == 302:
                return
        except requests.RequestException:
            pass
        time.sleep(0.1)


def test_over_a_thousand_actions_nothing_is_lost_and_nothing_done_twice(killable: Site) -> None:
    business = cast.a_business("bright-bins")
    todo, emails, done, lock = visits_of_today(business), people(business), list[object](), Lock()

    def drive(keys: list[UUID]) -> None:
        for key in keys:
            complete(business, key)
            with lock:
                done.append(key)
        connections.close_all()

    def knock(numbered: list[tuple[int, str]]) -> None:
        for n, email in numbered:
            ask(f"http://127.0.0.1:{killable.port}", email, n)
            with lock:
                done.append(email)

    with ThreadPoolExecutor(5) as pool:
        driving = [pool.submit(drive, todo[n::3]) for n in range(3)]
        driving += [pool.submit(knock, list(enumerate(emails))[n::2]) for n in range(2)]
        over = lambda: all(one.done() for one in driving)  # noqa: E731
        kills = killable.rage(random.Random(), done=lambda: len(done), until=over)
        for one in driving:
            one.result()
    assert kills > 10, "a quiet run proves nothing"
    _settle(killable, business)

    with transaction.atomic(), scope.business(business.id):
        completed = Entry.objects.filter(verb=Verb.STOP_COMPLETED)
        recorded = [str(key) for key in completed.values_list("subject_id", flat=True)]
        assert sorted(recorded) == sorted(map(str, todo))
        asked = Entry.objects.filter(verb=Verb.LINK_ASKED).count()
        told = Delivery.objects.values_list("trigger", "address")
        assert {address for trigger, address in told if trigger == "sign_in_link"} == set(emails)
        # One whose answer was lost is asked for once more: then there are two mails, and two entries.
        assert asked == sum(trigger == "sign_in_link" for trigger, _ in told) >= ASKS
        owed = {f"<{key}@localhost.localdomain>" for key in Delivery.objects.values_list("id", flat=True)}
        assert set(Delivery.objects.values_list("status", flat=True)) == {"sent"}
    received = killable.postman.received
    assert len(owed) == VISITS + asked
    assert received.keys() == owed
    assert all(len(set(map(_without_date, copies))) == 1 for copies in received.values())
    verdict = verify(business.id)
    assert (verdict.tail, verdict.findings) == (0, ())


def _settle(killable: Site, business: Business) -> None:
    """Until everybody's link is made, the outbox empty and all is sealed."""
    deadline = time.monotonic() + SECONDS_TO_SETTLE
    while True:
        killable.mend()
        try:
            with transaction.atomic(), scope.business(business.id):
                waiting = Delivery.objects.waiting().count()
                links = Delivery.objects.filter(trigger="sign_in_link").values("address").distinct().count()
            if waiting == 0 and links == ASKS and verify(business.id).tail == 0:
                return
        except Error:
            pass
        assert time.monotonic() < deadline, "mail is still waiting"
        time.sleep(0.5)


def _without_date(content: bytes) -> bytes:
    """A repeat is the same letter; only when it was sent, and where its parts are cut, may differ."""
    body = content.partition(b"\r\n\r\n")[2]
    boundary = body.splitlines()[0] if body else b""
    return body.replace(boundary, b"--")
