"""Telling owes a message: a row in the action's transaction, and the worker is woken once it is over."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import transaction

from nextroute.core import scope
from nextroute.customers.models import Customer
from nextroute.notifications import telling
from nextroute.notifications.models import Delivery
from nextroute.notifications.telling import Notice, Recipient
from nextroute.notifications.triggers import Trigger
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON, inside
from tests.doors import statements

ADA = Recipient(None, "ada@example.com", "+13035550142", "es")


def told() -> list[tuple[str, str]]:
    return list(Delivery.objects.order_by("id").values_list("channel", "address"))


def test_a_notice_is_owed_with_what_it_is_about(bright: Business, ada: Customer) -> None:
    to = Recipient(ada.pk, ada.email, language="es")
    until = NOON + timedelta(days=1)
    notice = Notice(to, {"day": "2026-06-02"})
    telling.tell(Trigger.SERVICE_REMINDER, bright.pk, [notice], now=NOON, due_at=until, not_after=until)
    one = Delivery.objects.get()
    assert (one.customer_id, one.trigger, one.address, one.language) == (ada.pk, "service_reminder", ada.email, "es")
    assert (one.facts, one.due_at, one.not_after) == ({"day": "2026-06-02"}, until, until)
    assert (one.status, one.attempts, one.urgent) == ("queued", 0, False)


def test_it_goes_by_the_channels_that_reach_its_reader(bright: Business) -> None:
    telling.tell(Trigger.SERVICE_REMINDER, bright.pk, [Notice(ADA)], now=NOON)
    assert told() == [("email", ADA.email)], "nobody agreed to text messages"


def test_somebody_without_an_address_is_owed_nothing(bright: Business) -> None:
    assert telling.tell(Trigger.SERVICE_REMINDER, bright.pk, [Notice(Recipient(None, ""))], now=NOON) == 0
    assert told() == []


def test_what_waits_at_the_screen_is_urgent(bright: Business) -> None:
    telling.tell(Trigger.SIGN_IN_LINK, bright.pk, [Notice(ADA)], now=NOON)
    assert Delivery.objects.get().urgent


def test_what_has_a_key_is_said_once(bright: Business) -> None:
    for key in ("2026-06-02", "2026-06-02", "2026-06-09"):
        telling.tell(Trigger.SERVICE_REMINDER, bright.pk, [Notice(ADA, key=key)], now=NOON)
    assert Delivery.objects.count() == 2
    for _ in range(2):
        telling.tell(Trigger.SERVICE_REMINDER, bright.pk, [Notice(ADA)], now=NOON)
    assert Delivery.objects.count() == 4


def test_many_are_told_in_as_many_statements_as_one(bright: Business) -> None:
    for count in (1, 300):
        notices = [Notice(Recipient(None, f"a{n}@example.com", f"+1303555{n:04}")) for n in range(count)]
        with statements() as sent:
            telling.tell(Trigger.SERVICE_REMINDER, bright.pk, notices, now=NOON)
        assert len(sent) == 2, sent


def jobs_of(owner: psycopg.Connection[Any], business: UUID) -> list[tuple[str, int]]:
    found = owner.execute(
        "SELECT task_name, priority FROM procrastinate.procrastinate_jobs WHERE args ->> 'key' = %s", [str(business)]
    )
    return [(name, priority) for name, priority in found]


def test_the_worker_is_woken_once_when_the_action_is_done(committed: None, owner: psycopg.Connection[Any]) -> None:
    business = cast.a_business("bright-bins")
    with inside(business):
        telling.tell(Trigger.SERVICE_REMINDER, business.pk, [Notice(ADA)], now=NOON)
        telling.tell(Trigger.SERVICE_REMINDER, business.pk, [Notice(ADA)], now=NOON)
        assert jobs_of(owner, business.pk) == []
    assert jobs_of(owner, business.pk) == [("deliver", 0)]


def test_an_action_that_is_undone_tells_nobody(committed: None, owner: psycopg.Connection[Any]) -> None:
    business = cast.a_business("bright-bins")

    def act() -> None:
        with transaction.atomic(), scope.business(business.pk):
            telling.tell(Trigger.SERVICE_REMINDER, business.pk, [Notice(ADA)], now=NOON)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert jobs_of(owner, business.pk) == []
    with inside(business):
        assert told() == []
