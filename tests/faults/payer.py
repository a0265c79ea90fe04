"""A process that does what it is told with money, and dies of SIGKILL at the step it is told.

Each task is done by a fork of its own. Steps are counted from 0: whatever was committed, what Stripe is to do
before it is asked, every answer of Stripe's before anything is done with it.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.postgresql.base import DatabaseWrapper
from stripe import RequestsClient

from nextroute.billing import following, hearing, paying, refunding
from nextroute.billing.autopay import charging
from nextroute.billing.models import Invoice, StripeEvent
from nextroute.config import links
from nextroute.core import scope
from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from nextroute.tenancy import businesses

type Task = dict[str, Any]


def main() -> None:
    """One task a line, as JSON; answered with the step it died at, or nothing when it was done."""
    print("ready", flush=True)
    for line in sys.stdin:
        if child := os.fork():
            _, status = os.waitpid(child, 0)
            fault = "" if os.waitstatus_to_exitcode(status) in (0, -signal.SIGKILL) else " broke"
            print(fault, flush=True)
        else:
            _die_at(json.loads(line))


def _die_at(task: Task) -> None:
    settings.STRIPE_URL, settings.STRIPE_KEY = task["stripe"]
    steps = count()

    def step(name: str) -> None:
        if next(steps) == task["at"]:
            print(name, end="", flush=True)
            os.kill(os.getpid(), signal.SIGKILL)

    _watch_commits(step)
    _watch_stripe(step)
    code = 1
    try:
        DEEDS[task["do"]](task, datetime.fromisoformat(task["now"]))
        code = 0
    finally:
        os._exit(code)


def _watch_commits(step: Callable[[str], None]) -> None:
    """Of what wrote anything."""
    real = DatabaseWrapper.commit

    def commit(self: DatabaseWrapper) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id_if_assigned()")
            wrote = cursor.fetchone() != (None,)
        real(self)
        if wrote:
            step("committed")

    DatabaseWrapper.commit = commit  # type: ignore[method-assign, assignment]


def _watch_stripe(step: Callable[[str], None]) -> None:
    real = RequestsClient.request

    def request(self: RequestsClient, method: str, url: str, *rest: Any) -> Any:
        what = f"{method} {url.removeprefix(settings.STRIPE_URL).partition('?')[0].split('/')[2]}"
        if method == "post":  # before a mere look nothing is otherwise than after it
            step(f"before {what}")
        answer = real(self, method, url, *rest)
        step(f"after {what}")
        return answer

    RequestsClient.request = request  # type: ignore[method-assign, assignment]


def _page(task: Task, now: datetime) -> None:
    with transaction.atomic(), scope.business(UUID(task["business"])):
        invoice = Invoice.objects.get(id=task["of"])
        customer = Customer.objects.select_related("business").get(id=invoice.customer_id)
    cents = invoice.total_cents
    paying.page(customer=customer, cents=cents, invoices=[invoice], actor=SYSTEM, now=now, link=links.to)


def _give_back(task: Task, now: datetime) -> None:
    payment = following.read(UUID(task["business"]), UUID(task["of"]))
    refunding.give_back(payment=payment, cents=500, key=f"back {payment.pk}", actor=SYSTEM, now=now)


def _follow(task: Task, now: datetime) -> None:
    following.follow(following.read(UUID(task["business"]), UUID(task["of"])), now=now)


def _hear(task: Task, now: datetime) -> None:
    event = StripeEvent.objects.filter(outcome="waiting", subject__startswith="pi_").earliest("heard_at")
    hearing.act(event.pk, now=now)


def _charge(task: Task, now: datetime) -> None:
    charging.charge(businesses.get(UUID(task["business"])), UUID(task["of"]), now=now)


DEEDS = {"page": _page, "give_back": _give_back, "follow": _follow, "hear": _hear, "charge": _charge}
