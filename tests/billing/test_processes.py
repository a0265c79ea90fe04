"""Eight processes of the operating system bill and send one business at once, as `nextroute bill` does: each visit is
charged once, and numbers have no gap."""

import os
import subprocess
import sys

import pytest

from nextroute.billing.models import BilledStop, Invoice, InvoiceLine, UnbilledVisit
from nextroute.config.embedded_postgres import Addresses
from nextroute.core.actors import SYSTEM
from nextroute.core.days import ONE_DAY, add_months
from nextroute.tenancy import businesses, settings
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.billing.books import numbers, visit
from tests.cast import inside

EIGHT, CUSTOMERS = 8, 40
SECONDS = 60
# What the command does, but that all of them begin when they are told to.
COMMAND = """
import sys
from nextroute.config.cli import main
print("ready", flush=True)
sys.stdin.readline()
main(sys.argv[1:])
"""


@pytest.fixture
def busy(committed: None) -> Business:
    """Customers with three visits each in a month that is over."""
    business = cast.a_business("bright-bins")
    first = add_months(business.today(businesses.utc_now()).replace(day=1), -2)
    with inside(business):
        for n in range(CUSTOMERS):
            subscription = cast.served(cast.a_customer(business, f"c{n:02}"))
            for week in range(3):
                visit(subscription, (first + (1 + 7 * week) * ONE_DAY).isoformat())
    settings.change(business, {"auto_send": "on"}, actor=SYSTEM)
    return business


def month_of(business: Business) -> str:
    return f"{add_months(business.today(businesses.utc_now()).replace(day=1), -2):%Y-%m}"


def at_once(postgres: Addresses, *arguments: str) -> list[str]:
    """What each of the eight says in the end."""
    env = os.environ | {"DATABASE_URL": postgres.app, "DJANGO_SETTINGS_MODULE": "nextroute.config.settings"}
    command = [sys.executable, "-c", COMMAND, *arguments]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    started = [subprocess.Popen(command, env=env, **pipes) for _ in range(EIGHT)]  # type: ignore[call-overload]
    try:
        assert [one.stdout.readline() for one in started] == ["ready\n"] * EIGHT
        for one in started:
            one.stdin.write("\n")
            one.stdin.flush()
        said = [one.communicate(timeout=SECONDS)[0] for one in started]
    finally:
        for one in started:
            one.kill()
    assert [one.returncode for one in started] == [0] * EIGHT, said
    return said


def test_eight_processes_bill_a_month_once_and_number_it_without_a_gap(busy: Business, postgres: Addresses) -> None:
    said = at_once(postgres, "bill", "bright-bins", "--period", month_of(busy))
    assert sum(f"{CUSTOMERS} drafts" in one for one in said) == 1, said
    assert sum("invoices sent" in one for one in said) == 1, said
    with inside(busy):
        assert (Invoice.objects.count(), InvoiceLine.objects.count()) == (CUSTOMERS, CUSTOMERS)
        assert (BilledStop.objects.count(), UnbilledVisit.objects.count()) == (3 * CUSTOMERS, 0)
        assert {one.total_cents for one in Invoice.objects.all()} == {3750}
        assert numbers() == [f"INV-{1001 + n}" for n in range(CUSTOMERS)]
