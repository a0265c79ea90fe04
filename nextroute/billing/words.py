"""Money as people say it, in the active language: lines of an invoice, ways to pay. Lines keep no sentence."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nextroute.billing.lines import InvoiceLine, Kind
from nextroute.core.days import first_of_month
from nextroute.core.words import capital, money, month, month_year

if TYPE_CHECKING:
    from nextroute.billing.payments import Payment


def title(line: InvoiceLine) -> str:
    """What is charged: Weekly Bin Cleaning."""
    plan = line.plan_name or _("Service")
    titles = {
        Kind.SETUP: _("Set-up: %(plan)s"),
        Kind.BINS: _("More bins: %(plan)s"),
        Kind.CREDIT: _("Credit: %(plan)s"),
    }
    return titles.get(Kind(line.kind), "%(plan)s") % {"plan": plan}


def detail(line: InvoiceLine, days: Sequence[date], currency: str, today: date) -> str:
    """How it comes about: 4 visits at $12.00: May 5, 12, 19, 26. `days` (local): the visits it charges, in order."""
    if line.kind == Kind.VISIT:
        said = ngettext("%(count)s visit at %(price)s", "%(count)s visits at %(price)s", line.quantity)
        return ": ".join(filter(None, (said % _counted(line, currency), days_of(days))))
    if line.kind == Kind.BINS:
        return _("%(count)s at %(price)s") % _counted(line, currency)
    if line.kind == Kind.EXTRA:
        return days_of(days)
    if line.kind in (Kind.FLAT, Kind.CREDIT) and line.month:
        return _of_month(line, currency, capital(month_year(line.month, today)))
    return ""


def days_of(days: Sequence[date]) -> str:
    """May 5, 12, 19, 26; June 2. A year is not said: the paper has one."""
    pattern = _("%(month)s %(days)s")
    by_month = groupby(days, key=first_of_month)
    return "; ".join(
        pattern % {"month": month(first), "days": ", ".join(str(day.day) for day in of_month)}
        for first, of_month in by_month
    )


def paid_by(payment: "Payment") -> str:
    """By card, as a part of a sentence; "" for what has no name."""
    return way(payment.method)


def way(method: str) -> str:
    """The same of a way to pay."""
    words = {
        "card": _("by card"),
        "us_bank_account": _("by bank transfer"),
        "online": _("online"),
        "cash": _("in cash"),
        "check": _("by check"),
    }
    return words.get(method, "")


def _counted(line: InvoiceLine, currency: str) -> dict[str, object]:
    return {"count": line.quantity, "price": money(line.unit_cents, currency)}


def _of_month(line: InvoiceLine, currency: str, of: str) -> str:
    if line.kind == Kind.CREDIT:
        said = ngettext("%(month)s: %(count)s visit fell away", "%(month)s: %(count)s visits fell away", line.quantity)
        return said % {"month": of, "count": line.quantity} if line.quantity else of
    if line.amount_cents == line.unit_cents:
        return of
    return _("%(month)s, in part: the whole month is %(price)s") % {"month": of, **_counted(line, currency)}
