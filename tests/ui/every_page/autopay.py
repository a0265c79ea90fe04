"""Autopay: what is charged, when, and with what."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.http import HttpResponse

from nextroute.billing.autopay.announcements import Stopped
from nextroute.billing.autopay.upcoming import Next
from nextroute.billing.models import Invoice, Mandate, SavedMethod, Setup
from nextroute.portal.autopay_forms import AutopayForm
from nextroute.ui import pages
from tests.ui.visits import task

VISA = SavedMethod(
    id=UUID(int=1), kind="card", brand="visa", last4="4242", good_through=date(2027, 8, 31), is_default=True
)
BANK = SavedMethod(id=UUID(int=2), kind="us_bank_account", brand="FIRST BANK OF COLORADO", last4="6789")
MANDATE = Mandate(ceiling_cents=15_000, agreed_at=datetime(2026, 5, 1, 12, tzinfo=UTC))


def _next_charge(number: int, cents: int, stopped: str = "") -> Next:
    invoice = Invoice(number=f"INV-{number}", sequence=number, due_date=date(2026, 6, 30), currency="USD")
    return Next(invoice, cents, date(2026, 6, 30), stopped)


COMING = [_next_charge(1042, 8119), _next_charge(1043, 1250)]
NEVER = [_next_charge(1044 + n, 20_000, why) for n, why in enumerate(Stopped.values)]


def autopay(**changes: Any) -> HttpResponse:
    """On, with all there can be on it, unless `changes` say otherwise."""
    context: dict[str, Any] = {
        "refusal": "",
        "methods": [VISA, BANK],
        "chosen": VISA,
        "mandate": MANDATE,
        "agreed_on": MANDATE.agreed_at.date(),
        "online": True,
        "can_charge": True,
        "under_way": 0,
        "coming": COMING + NEVER[:1],
        "email": "maria@example.com",
        "currency": "USD",
        "instructions": "Pay by check to Bright Bins.",
        "done": "",
    }
    return pages.page(task(), "portal/autopay.html", **{**context, **changes})


def autopay_on(**data: str) -> HttpResponse:
    asked: Any = SimpleNamespace(business=SimpleNamespace(name="Bright Bins", currency="USD"))
    form = AutopayForm(data, VISA, asked)
    if not data:
        form.overlook()
    context: dict[str, Any] = {"form": form, "on": False, "method": VISA, "coming": COMING, "currency": "USD"}
    return pages.page(task(), "portal/autopay_on.html", **context, email="maria@example.com")


def autopay_added(state: str, **changes: Any) -> HttpResponse:
    setup = Setup(id=UUID(int=3), state=state, page_url="https://stripe.example/")
    context: dict[str, Any] = {"setup": setup, "known": True, "newest": VISA, "on": False, "email": "maria@example.com"}
    return pages.page(task(), "portal/autopay_added.html", **{**context, **changes})


PAGES: dict[str, Callable[[], HttpResponse]] = {
    "autopay": autopay,
    "autopay, off": lambda: autopay(mandate=None, coming=[], done="off"),
    "autopay, nothing saved": lambda: autopay(mandate=None, coming=[], methods=[], chosen=None),
    "autopay, nothing open": lambda: autopay(coming=[], under_way=8119, done="on"),
    "autopay, nothing to charge": lambda: autopay(methods=[], chosen=None),
    "autopay, never": lambda: autopay(coming=NEVER, refusal="Autopay is on, and this is what it charges."),
    "autopay, not at the moment": lambda: autopay(online=False, can_charge=False),
    "autopay, not this one": lambda: autopay(chosen=BANK, can_charge=False),
    "autopay on": autopay_on,
    "autopay on, wrong": lambda: autopay_on(ceiling="a little"),
    "autopay added": lambda: autopay_added("saved"),
    "autopay added, confirm": lambda: autopay_added("confirming"),
    "autopay added, open": lambda: autopay_added("open"),
    "autopay added, silence": lambda: autopay_added("open", known=False),
}
