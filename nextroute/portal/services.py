"""What a customer has: their subscriptions of today and later, and what a plan is in words."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext as _

from nextroute.core.words import capital, money
from nextroute.customers.customers import Customer
from nextroute.scheduling import prices
from nextroute.scheduling.calendar import Frequency
from nextroute.scheduling.plans import Plan
from nextroute.scheduling.subscriptions import Subscription
from nextroute.ui.choices import Choice


def running(customer: Customer, today: date) -> Sequence[Subscription]:
    """Those that have a day from `today` (local) on, by address and first day. One statement, in the caller's scope."""
    not_over = Q(ends_on=None) | (Q(ends_on__gte=today) & Q(ends_on__gte=F("starts_on")))
    found = list(
        customer.subscriptions.filter(not_over)
        .select_related("plan", "property")
        .order_by("property__address1", "property__address2", "starts_on", "id")
    )
    for one in found:
        one.customer = customer
    return found


def find(customer: Customer, key: UUID, today: date) -> Subscription | None:
    """The running one with this key; none when it is not this customer's, or over."""
    return next((one for one in running(customer, today) if one.pk == key), None)


def price(plan: Plan, bins: int, currency: str) -> str:
    """$12.50 a visit; of a plan that is paid by the month, $49.00 a month."""
    amount = money(prices.in_all(plan, bins), currency)
    flat = plan.billing_mode == Plan.BillingMode.FLAT
    return (_("%(price)s a month") if flat else _("%(price)s a visit")) % {"price": amount}


def how_often(plan: Plan) -> str:
    """Every week, as a part of a sentence."""
    words = {
        Frequency.WEEKLY: _("every week"),
        Frequency.BIWEEKLY: _("every other week"),
        Frequency.MONTHLY: _("once a month"),
        Frequency.QUARTERLY: _("four times a year"),
        Frequency.ANNUALLY: _("once a year"),
        Frequency.SEASONAL: _("every week in season"),
    }
    return words.get(Frequency(plan.frequency), "")


def rate(plan: Plan, bins: int, currency: str) -> str:
    """$12.50 a visit, every week."""
    return ", ".join(filter(None, (price(plan, bins, currency), how_often(plan))))


def plan_choice(plan: Plan, bins: int, currency: str) -> tuple[str, Choice]:
    detail = rate(plan, bins, currency)
    return str(plan.pk), Choice(plan.name, f"{detail}. {plan.description}" if plan.description else detail)


def service_choice(one: Subscription, currency: str) -> tuple[str, Choice]:
    """A subscription to choose: what and where."""
    said = capital(rate(one.plan, one.property.bin_count, currency))
    return str(one.pk), Choice(one.plan.name, f"{one.property}. {said}")
