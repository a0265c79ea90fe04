"""The demo's money: months that were billed, what customers paid of them, and an account that can be paid online."""

import random
from datetime import date, datetime, timedelta
from typing import Protocol

from django.db import transaction

from nextroute.billing import accounts, following, paying, payments, refunding, run
from nextroute.billing.models import Invoice, StripeAccount
from nextroute.billing.payments import Method
from nextroute.config import links
from nextroute.core import scope
from nextroute.core.actors import SYSTEM
from nextroute.core.days import ONE_DAY, first_of_month
from nextroute.customers.models import Customer
from nextroute.tenancy import settings
from nextroute.tenancy.businesses import Business

HOW = "Pay by check to {business}, {address}, with the invoice’s number on it."
PAYS_AFTER = timedelta(days=9)


class Till(Protocol):
    """Of the stand-in for Stripe, what the demo needs."""

    def onboard(self, account: str, state: str = "finished") -> None: ...

    def pay(self, session: str, *, card: str = "", bank: str = "") -> object: ...


def agree(business: Business) -> None:
    """How invoices are sent and paid here."""
    words = HOW.format(business=business.name, address=business.address)
    settings.change(business, {"auto_send": "on", "payment_instructions": words}, actor=SYSTEM)


def live_through(business: Business, day: date, morning: datetime, late: set[str]) -> None:
    """On the first of a month the one before is billed; some days later most have paid by check or in cash. Those whose
    refs are `late` have not."""
    if day == first_of_month(day):
        run.bill(business, now=morning)
    if day == first_of_month(day) + PAYS_AFTER:
        _checks_come(business, day, morning, late)


def this_month(business: Business, *, today: date, now: datetime) -> None:
    """What the current month has come to so far."""
    run.draft(business, first=first_of_month(today), today=today, now=now, actor=SYSTEM)


def be_paid_online(business: Business, till: Till | None, refs: tuple[str, ...], *, now: datetime) -> None:
    """The account at the stand-in, made once; two of the customers have paid there, and one got some of it back."""
    with transaction.atomic(), scope.business(business.id):
        if till is None or StripeAccount.objects.exists():
            return
    accounts.connect(business, country="US", actor=SYSTEM, now=now, link=links.to)
    with transaction.atomic(), scope.business(business.id):
        account = StripeAccount.objects.get()
        paying_ones = [_with_open(business, ref) for ref in refs]
    till.onboard(account.stripe_id or "")
    accounts.look(business.id, now=now)
    for number, (customer, invoices) in enumerate(paying_ones):
        if invoices:
            _by_card(till, customer, invoices[:1], now, back=500 if number == 0 else 0)


def _by_card(till: Till, customer: Customer, invoices: list[Invoice], now: datetime, *, back: int) -> None:
    cents = sum(one.open_cents for one in invoices)
    page = paying.page(customer=customer, cents=cents, invoices=invoices, actor=SYSTEM, now=now, link=links.to)
    till.pay(page.stripe_session or "")
    paid = following.follow(page, now=now)
    if back:
        reason = "One bin was left behind."
        refunding.give_back(payment=paid, cents=back, key="demo", reason=reason, actor=SYSTEM, now=now)


def _with_open(business: Business, ref: str) -> tuple[Customer, list[Invoice]]:
    customer = Customer.objects.select_related("business").get(business=business, ref=ref)
    return customer, list(customer.invoices.payable())


def _checks_come(business: Business, day: date, morning: datetime, late: set[str]) -> None:
    chance = random.Random(f"{business.slug} pays {day}")  # noqa: S311 - the same demo every time
    with transaction.atomic(), scope.business(business.id):
        of_month = Invoice.objects.with_money().due().filter(invoice_date=day - PAYS_AFTER)
        waiting = list(of_month.select_related("customer__business"))
    for one in waiting:
        if one.customer.ref in late or chance.random() < 0.08:
            continue
        check = chance.random() < 0.8
        payments.record_manual(
            customer=one.customer,
            cents=one.open_cents,
            method=Method.CHECK if check else Method.CASH,
            reference=str(chance.randint(1001, 4999)) if check else "",
            received_on=day - chance.randint(0, 4) * ONE_DAY,
            invoices=[one],
            key=f"demo {one.pk}",
            actor=SYSTEM,
            now=morning,
        )
