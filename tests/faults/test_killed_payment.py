"""kill -9 between any two steps of a payment: never charged twice, never lost, at worst unfinished until the sweep."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from nextroute.billing import comparing
from nextroute.billing.models import Payment, Refund
from nextroute.billing.stripe.fake import FakeStripe
from nextroute.config.embedded_postgres import Addresses
from nextroute.notifications.models import Delivery
from tests import cast
from tests.billing import till as tills
from tests.billing.till import Till

# One deed in a process of its own, which dies as it asks Stripe, or as the answer has come.
DEED = """
import os, signal, sys
from datetime import UTC, datetime
import django
django.setup()
from nextroute.billing import following, paying
from nextroute.billing.stripe import gateway
from nextroute.billing.models import Invoice
from nextroute.config import links
from nextroute.core.actors import SYSTEM
from django.db import transaction
from nextroute.core import scope

deed, point, asks, business, key = sys.argv[1:]
real = getattr(gateway, asks)

def dying(*given, **more):
    if point == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    real(*given, **more)
    os.kill(os.getpid(), signal.SIGKILL)

now = datetime.now(UTC)
if deed == "pay":
    with transaction.atomic(), scope.business(business):
        invoice = Invoice.objects.with_money().select_related("customer__business").get(id=key)
    setattr(gateway, asks, dying)
    known = {"customer": invoice.customer, "cents": invoice.open_cents, "invoices": [invoice]}
    paying.page(**known, actor=SYSTEM, now=now, link=links.to)
else:
    payment = following.read(business, key)
    setattr(gateway, asks, dying)
    if deed == "refund":
        paying.give_back(payment=payment, cents=1000, key="back", actor=SYSTEM, now=now)
    else:
        following.follow(payment, now=now)
"""


@pytest.fixture
def till(stripe: FakeStripe, committed: None) -> Till:
    return tills.open_at(stripe, cast.a_business("bright-bins", email="office@bright-bins.example"))


def die(till: Till, postgres: Addresses, deed: str, point: str, asks: str, key: object) -> None:
    env = os.environ | {
        "DATABASE_URL": postgres.app,
        "DJANGO_SETTINGS_MODULE": "nextroute.config.settings",
        "NEXTROUTE_STRIPE_URL": till.fake.url,
        "NEXTROUTE_STRIPE_KEY": till.fake.key,
    }
    command = [sys.executable, "-c", DEED, deed, point, asks, str(till.business.pk), str(key)]
    ended = subprocess.run(command, env=env, check=False, capture_output=True, text=True, timeout=60)
    assert ended.returncode == -signal.SIGKILL, ended.stderr


def whole(till: Till) -> None:
    """Nothing hangs, and both books say the same."""
    for _ in range(2):
        till.hear()
        till.sweep()
    with cast.inside(till.business):
        states = set(Payment.objects.values_list("state", flat=True)) | set(
            Refund.objects.values_list("state", flat=True)
        )
        receipts = Delivery.objects.filter(trigger="payment_received").count()
        succeeded = Payment.objects.filter(state="succeeded").count()
    assert states <= {"succeeded", "canceled"}
    assert receipts == succeeded
    charges = [one for one in till.fake.charges(till.account) if one["status"] == "succeeded"]
    assert len(charges) == succeeded <= 1
    assert list(comparing.differences(till.business, since=till.now - timedelta(days=90))) == []


@pytest.mark.parametrize("point", ["before", "after"])
def test_killed_while_asking_for_a_page(till: Till, postgres: Addresses, point: str) -> None:
    invoice = till.invoice(3850)
    die(till, postgres, "pay", point, "create_checkout", invoice.pk)
    assert [one.state for one in till.payments()] == ["created"]
    till.pay(3850, invoice)
    whole(till)
    assert till.standing(invoice) == "paid"


@pytest.mark.parametrize("point", ["before", "after"])
def test_killed_while_asking_for_a_page_and_nobody_comes_again(till: Till, postgres: Addresses, point: str) -> None:
    invoice = till.invoice(3850)
    die(till, postgres, "pay", point, "create_checkout", invoice.pk)
    whole(till)
    assert [one.state for one in till.payments()] == ["canceled"]
    assert till.ledger().you_owe == 3850


@pytest.mark.parametrize("point", ["before", "after"])
@pytest.mark.parametrize("asks", ["retrieve_checkout", "retrieve_payment", "disputes_of"])
def test_killed_while_booking_what_was_paid(till: Till, postgres: Addresses, asks: str, point: str) -> None:
    invoice = till.invoice(3850)
    payment = till.page(3850, invoice)
    till.fake.pay(str(payment.stripe_session))
    die(till, postgres, "follow", point, asks, payment.pk)
    whole(till)
    assert till.standing(invoice) == "paid"


@pytest.mark.parametrize("point", ["before", "after"])
def test_killed_while_giving_back(till: Till, postgres: Addresses, point: str) -> None:
    payment = till.pay(3850, till.invoice(3850))
    die(till, postgres, "refund", point, "create_refund", payment.pk)
    whole(till)
    assert till.fake.books(till.account).refunded == 1000
    assert till.ledger().money == 2850


@pytest.mark.parametrize("point", ["before", "after"])
def test_killed_while_closing_the_page_before_another(till: Till, postgres: Addresses, point: str) -> None:
    first, second = till.invoice(3850), till.invoice(1250)
    till.page(3850, first)
    die(till, postgres, "pay", point, "expire_checkout", second.pk)
    whole(till)
    assert till.ledger().you_owe == 5100


@pytest.mark.parametrize("status", [0, 500])
@pytest.mark.parametrize("path", ["/v1/checkout/sessions", "/v1/payment_intents", "/v1/refunds", "/v1/disputes"])
def test_a_silent_or_broken_stripe_costs_time_and_no_money(till: Till, path: str, status: int) -> None:
    invoice = till.invoice(3850)
    payment = till.page(3850, invoice)
    till.fake.pay(str(payment.stripe_session))
    for _ in range(3):
        how = {"status": status} if status else {"lost": True}
        till.fake.befall(method="GET", path=path, **how)
    till.hear()
    till.fake.line.mishaps.clear()
    whole(till)
    assert till.standing(invoice) == "paid"
