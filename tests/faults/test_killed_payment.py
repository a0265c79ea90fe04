"""Whoever deals with money is killed between any two steps, or Stripe stalls or breaks: money moves once, and the sweep
or an event finds what was left. The rule: docs/rules/payments.md.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from nextroute.billing import comparing, hearing
from nextroute.billing.autopay import charging
from nextroute.billing.models import Announcement, Invoice, Payment, Refund, StripeEvent
from nextroute.billing.stripe import client
from nextroute.billing.stripe.client import NoAnswer
from nextroute.billing.stripe.fake import FakeStripe
from nextroute.config.embedded_postgres import Addresses
from nextroute.notifications.models import Delivery
from tests import cast
from tests.billing import till as tills
from tests.billing.test_machine import Books
from tests.billing.till import Till

CENTS, BACK = 1250, 500
MOST = 40  # steps; more would be a loop
PATIENCE = 0.25  # seconds, instead of ten


@pytest.fixture
def till(stripe: FakeStripe, committed: None) -> Till:
    return tills.open_at(stripe, cast.a_business("bright-bins", email="office@bright-bins.example"))


@pytest.fixture(scope="module")
def payer(postgres: Addresses) -> Iterator["subprocess.Popen[str]"]:
    env = os.environ | {"DATABASE_URL": postgres.app, "DJANGO_SETTINGS_MODULE": "nextroute.config.settings"}
    command = [sys.executable, "-c", "import django; django.setup(); from tests.faults import payer; payer.main()"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=env, **pipes) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


@dataclass
class Deed:
    """What is done with money. `before`: what it takes, and what it is done to; `here`: by this process; `after`: what
    the customer does then, who knows of nothing."""

    before: Callable[[Till], object]
    here: Callable[[Till, object], object]
    after: Callable[[Till, object], object] = lambda _till, _of: None
    invoices: int = 1
    refunds: int = 0


def a_paid_page(till: Till) -> object:
    """Nobody has come back from it yet."""
    payment = till.page(CENTS, till.invoice(CENTS))
    till.fake.pay(str(payment.stripe_session))
    return payment.pk


def told(till: Till) -> object:
    a_paid_page(till)
    till.fake.deliver()
    return ""


def act(till: Till, _of: object) -> None:
    for key in list(StripeEvent.objects.filter(outcome="waiting").values_list("id", flat=True)):
        hearing.act(key, now=till.now)


def announced(till: Till) -> object:
    """Charged as of now."""
    if not till.customers_at_stripe():
        till.morning()
        till.save()
        till.agree()
    till.invoice(CENTS, on=till.business.today(till.now).isoformat())
    till.morning()
    till.later(days=2)
    with cast.inside(till.business):
        return Announcement.objects.latest("id").pk


def pay_at_last(till: Till, of: object) -> None:
    with cast.inside(till.business):
        invoice = Invoice.objects.get(pk=str(of))
    till.pay(CENTS, invoice)


def payment(till: Till, of: object) -> Payment:
    return next(one for one in till.payments() if one.pk == of)


def give_back(till: Till, of: object) -> Refund:
    return till.give_back(payment(till, of), BACK, key=f"back {of}")


DEEDS = {
    "page": Deed(
        before=lambda till: till.invoice(CENTS).pk,
        here=lambda till, of: till.page(CENTS, Invoice(id=of)),  # type: ignore[misc]
        after=pay_at_last,
    ),
    "give_back": Deed(
        before=lambda till: till.pay(CENTS, till.invoice(CENTS)).pk,
        here=give_back,
        refunds=1,
    ),
    "follow": Deed(before=a_paid_page, here=lambda till, of: till.follow(payment(till, of))),
    "hear": Deed(before=told, here=act),
    "charge": Deed(
        before=announced,
        here=lambda till, of: charging.charge(till.business, of, now=till.now),  # type: ignore[arg-type]
    ),
}
# The one question of each that moves money, or says that it has moved.
ASKED = {
    "page": "post checkout",
    "give_back": "post refunds",
    "follow": "get payment_intents",
    "hear": "get payment_intents",
    "charge": "post payment_intents",
}


@pytest.mark.parametrize("deed", DEEDS)
def test_killed_at_any_step_money_moves_once(till: Till, payer: "subprocess.Popen[str]", deed: str) -> None:
    died = []
    for at in count():
        assert at < MOST
        of = DEEDS[deed].before(till)
        died.append(killed(payer, till, deed, of, at))
        mended(till, of, deed, told_first=at % 2 == 0, times=at + 1)
        if not died[-1]:
            break
    assert {"committed", f"after {ASKED[deed]}"} <= set(died)
    assert ASKED[deed].startswith("get") or f"before {ASKED[deed]}" in died


@pytest.mark.parametrize("how", [{"stall": 1.8 * PATIENCE}, {"status": 500}, {"status": 500, "done": True}], ids=str)
@pytest.mark.parametrize("deed", DEEDS)
def test_stripe_stalls_or_breaks_and_money_moves_once(
    till: Till, monkeypatch: pytest.MonkeyPatch, deed: str, how: dict[str, Any]
) -> None:
    of = DEEDS[deed].before(till)
    method, path = ASKED[deed].split()
    till.fake.befall(path=f"/v1/{path}", method=method.upper(), **how)
    with monkeypatch.context() as hurried:
        hurried.setattr(client, "SECONDS", PATIENCE)
        client._client.cache_clear()
        with suppress(NoAnswer):
            DEEDS[deed].here(till, of)
    client._client.cache_clear()
    assert not till.fake.line.mishaps, "it befell"
    if "stall" in how:
        time.sleep(PATIENCE)  # it is done now
    mended(till, of, deed, told_first=False, times=1)


def killed(payer: "subprocess.Popen[str]", till: Till, deed: str, of: object, at: int) -> str:
    """The step it died at; "" where it came to its end before."""
    assert payer.stdin
    assert payer.stdout
    known = {"stripe": (till.fake.url, till.fake.key), "business": str(till.business.pk), "now": till.now.isoformat()}
    payer.stdin.write(json.dumps(known | {"do": deed, "of": str(of), "at": at}) + "\n")
    payer.stdin.flush()
    said = payer.stdout.readline().rstrip("\n")
    assert "broke" not in said
    return said


def mended(till: Till, of: object, deed: str, *, told_first: bool, times: int) -> None:
    """All that a business relies on: events in some order with the sweep; and the customer goes on."""
    if told_first:
        till.hear()
        DEEDS[deed].after(till, of)
    till.sweep()
    if not told_first:
        DEEDS[deed].after(till, of)
        till.hear()
    is_true(till, invoices=times * DEEDS[deed].invoices, refunds=times * DEEDS[deed].refunds)


def is_true(till: Till, *, invoices: int, refunds: int) -> None:
    charges = [one["id"] for one in till.fake.charges(till.account) if one["status"] == "succeeded"]
    with cast.inside(till.business):
        Books(till.customers).check()
        states = Counter(Payment.objects.values_list("state", flat=True))
        paid = Payment.objects.filter(state="succeeded").values_list("stripe_charge", flat=True)
        given_back = list(Refund.objects.values_list("state", "cents"))
        receipts = Delivery.objects.filter(trigger="payment_received").count()
        unpaid = Invoice.objects.with_money().open().count()
        assert Counter(paid) == Counter(charges), "charged once, and known"
    assert (len(charges), unpaid, receipts) == (invoices, 0, invoices)
    assert states.keys() <= {"succeeded", "canceled"}, "nothing hangs"
    assert given_back == [("succeeded", BACK)] * refunds
    theirs = till.fake.books(till.account)
    assert (theirs.charged, theirs.refunded) == (invoices * CENTS, refunds * BACK)
    assert not list(comparing.differences(till.business, since=till.now - timedelta(days=365)))
