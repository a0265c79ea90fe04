"""Paying online, and the owner's page about it."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from django.http import HttpResponse

from nextroute.billing.accounts import StripeAccount
from nextroute.billing.invoices import Invoice
from nextroute.billing.payments import Payment
from nextroute.dashboard.stripe_account import CountryForm
from nextroute.portal.pay_forms import PayForm
from nextroute.ui import pages
from tests.ui.every_page.money import CHECKS, KEY, OPEN
from tests.ui.rendering import request, staff_request

PAGE = "https://checkout.stripe.com/c/pay/cs_test"


def pay(
    payable: Sequence[Invoice] = OPEN,
    *,
    amount: str = "",
    can_pay: bool = True,
    look: bool = True,
    changed: bool = False,
    **books: int,
) -> HttpResponse:
    asked: Any = request()
    asked.business = SimpleNamespace(currency="USD")
    form = PayForm({"invoices": [one.number for one in payable], "amount": amount}, payable, asked)
    if look:
        form.overlook()
    context: dict[str, Any] = {"owed": 1208119, "processing": 0, "changed": False} | books
    cents = 0 if form.errors else form.cents()
    context |= {
        "form": form,
        "changed": changed,
        "cents": cents,
        "count": 2,
        "can_pay": can_pay,
        "currency": "USD",
        "instructions": CHECKS,
    }
    return pages.page(asked, "portal/pay.html", **context)


def paid(state: str, *, known: bool = True, failure: str = "", still_owed: int = 0) -> HttpResponse:
    payment = Payment(id=KEY, state=state, amount_cents=1208119, currency="USD", page_url=PAGE, failure=failure)
    context: dict[str, Any] = {"payment": payment, "known": known, "still_owed": still_owed}
    numbers = ["INV-1033", "INV-1042"]
    return pages.page(request(), "portal/paid.html", numbers=numbers, email="dolores.diaz@example.com", **context)


def account(needs: Sequence[str] = (), *, ways: Sequence[str] = (), refusal: str = "", **known: Any) -> HttpResponse:
    row = StripeAccount(stripe_id="acct_1", country="US", needs=list(needs), **known)
    context: dict[str, Any] = {"form": CountryForm(), "account": row, "ways": ways, "refusal": refusal}
    return pages.page(staff_request(), "dashboard/stripe.html", **context)


def no_account() -> HttpResponse:
    form = CountryForm({"country": "XX"})
    return pages.page(staff_request(), "dashboard/stripe.html", form=form, account=None, ways=(), refusal="")


NEEDS = ("representative.verification.document", "external_account")
PAGES: dict[str, Callable[[], HttpResponse]] = {
    "pay": pay,
    "pay, one": lambda: pay(OPEN[:1]),
    "pay, wrong": lambda: pay(amount="a lot", look=False),
    "pay, changed": lambda: pay(changed=True, amount="20"),
    "pay, nothing": lambda: pay([], owed=0),
    "pay, on its way": lambda: pay([], owed=0, processing=1208119),
    "pay, not online": lambda: pay(can_pay=False),
    "paid": lambda: paid("succeeded", still_owed=8119),
    "paid, on its way": lambda: paid("processing"),
    "paid, to confirm": lambda: paid("action_required"),
    "paid, not yet": lambda: paid("created", failure="generic_decline"),
    "paid, silence": lambda: paid("created", known=False),
    "paid, failed": lambda: paid("failed"),
    "paid, left": lambda: paid("canceled"),
    "stripe": lambda: account(ways=("card", "us_bank_account")),
    "stripe, none": no_account,
    "stripe, missing": lambda: account(NEEDS, ways=("card",), refusal="Stripe doesn’t answer at the moment."),
    "stripe, checking": account,
    "stripe, refused": lambda: account(cards="rejected"),
    "stripe, gone": lambda: account(closed=True),
}
