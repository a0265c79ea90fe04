"""Two connections at once: of two answers one wins, and what is asked twice is one request. docs/rules/locks.md"""

from collections.abc import Callable, Iterator
from copy import copy
from uuid import uuid4

import psycopg
import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from nextroute.config.embedded_postgres import Addresses
from nextroute.core.errors import Refused
from nextroute.customers.models import Customer
from nextroute.scheduling import locks, reconcile
from nextroute.scheduling.models import Extra, Stop
from nextroute.service_requests import answering
from nextroute.service_requests.kinds import Kind, State
from nextroute.service_requests.models import ServiceRequest
from nextroute.tenancy.businesses import Business
from tests import cast, database, racing
from tests.cast import NOON, D, inside
from tests.service_requests import scene
from tests.service_requests.scene import ADA, ASKS, BO, TODAY, a_made_stop, every_two_weeks

type Act = Callable[[Business], object]


@pytest.fixture(autouse=True, scope="module")
def _committing(postgres: Addresses, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield
        connections.close_all()
    with psycopg.connect(postgres.owner, autocommit=True) as owner:
        database.empty(owner)


def a_business(mode: str) -> Business:
    name = f"bright-{uuid4().hex[:8]}"
    modes = {f"{action}_mode": mode for action in ("hold", "skip", "extra", "plan_change", "cancellation")}
    business = Business(id=uuid4(), slug=name, name=name, timezone="America/Denver", **modes)
    with inside(business):
        business.save(force_insert=True)
        ada = cast.a_customer(business, "ada")
        ada.business = business
        cast.served(ada, zone=cast.a_zone(business))
        cast.a_wash(business)
        every_two_weeks(ada)
        a_made_stop(ada)
        locks.schedule_exclusively(business)
        reconcile.reconcile(business, TODAY, D("2026-07-07"), today=TODAY)
    return business


def ada_of(business: Business) -> Customer:
    ada = Customer.objects.get(ref="ada")
    ada.business = business
    return ada


def asking(kind: Kind) -> Act:
    def act(business: Business) -> None:
        with inside(business):
            ASKS[kind](ada_of(business))

    return act


def the_request(business: Business) -> ServiceRequest:
    return ServiceRequest.objects.select_related("customer", "business").get(business=business)


def approve(business: Business) -> None:
    with inside(business):
        answering.approve(request=the_request(business), actor=BO, now=NOON)


def decline(business: Business) -> None:
    with inside(business):
        answering.decline(request=the_request(business), answer="No.", actor=BO, now=NOON)


def withdraw(business: Business) -> None:
    with inside(business):
        answering.withdraw(request=the_request(business), actor=ADA, now=NOON)


def attempt(act: Act, business: Business) -> str:
    try:
        act(copy(business))
    except Refused:
        return "refused"
    return "done"


def together(business: Business, left: Act, right: Act, how: str) -> list[str]:
    both = (lambda: attempt(left, business), lambda: attempt(right, business))
    return racing.at_once(*both) if how == "at once" else racing.overlapping(*both)


HOW = ("at once", "overlapping")


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("kind", ASKS)
def test_what_is_sent_twice_is_asked_once(kind: Kind, how: str) -> None:
    business = a_business("approval")
    assert sorted(together(business, asking(kind), asking(kind), how)) == ["done", "refused"]
    with inside(business):
        assert ServiceRequest.objects.count() == 1


@pytest.mark.parametrize("how", HOW)
def test_what_is_sent_twice_is_done_once(how: str) -> None:
    business = a_business("instant")
    assert sorted(together(business, asking(Kind.EXTRA), asking(Kind.EXTRA), how)) == ["done", "refused"]
    with inside(business):
        assert Extra.objects.count() == 1
        assert Stop.objects.filter(extra__isnull=False).count() == 1


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("pair", [(approve, decline), (approve, approve), (decline, withdraw)])
def test_of_two_answers_one_wins(pair: tuple[Act, Act], how: str) -> None:
    business = a_business("approval")
    asking(Kind.EXTRA)(business)
    assert sorted(together(business, *pair, how)) == ["done", "refused"]
    with inside(business):
        approved = the_request(business).answer_state == State.APPROVED
        assert Extra.objects.count() == int(approved)


@pytest.mark.parametrize("order", [(approve, withdraw), (withdraw, approve)])
@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("kind", [Kind.EXTRA, Kind.PLAN_CHANGE, Kind.CANCELLATION])
def test_what_is_taken_back_while_it_is_approved_ends_as_never_asked(
    kind: Kind, how: str, order: tuple[Act, Act]
) -> None:
    """Either the approval comes too late, or it is undone."""
    business = a_business("approval")
    asking(kind)(business)
    answers = dict(zip(order, together(business, *order, how), strict=True))
    assert answers[withdraw] == "done"
    with inside(business):
        assert the_request(business).answer_state == State.WITHDRAWN
        standing = Stop.objects.filter(removed_at=None, due_on__gte=TODAY)
        assert {one.subscription.starts_on for one in standing.select_related("subscription") if one.subscription} == {
            D("2026-01-01")
        }
        assert standing.count() == 6
        assert scene.subscription(ada_of(business)).ends_on is None
