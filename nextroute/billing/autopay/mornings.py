"""Autopay's morning: once a day of the business; safe to repeat, and to kill at any point."""

from collections.abc import Callable
from datetime import datetime, time
from uuid import UUID

from django.conf import settings
from django.db import transaction

from nextroute.billing import accounts
from nextroute.billing.accounts import StripeAccount
from nextroute.billing.autopay import announcing, charging, methods
from nextroute.core import scope
from nextroute.tenancy import businesses
from nextroute.tenancy.businesses import Business

AUTOPAY = "autopay"
BEGINS = time(8)  # local: nobody's money moves at night


def due(business: Business, now: datetime) -> bool:
    """Whether the day's work is still to be done there."""
    here = business.here(now)
    if not settings.STRIPE_URL or here.time() < BEGINS:
        return False
    with transaction.atomic(), scope.business(business.id):
        rows = StripeAccount.objects.exclude(stripe_id=None).exclude(autopaid_through__gte=here.date())
        return rows.exists()


def run(business_id: UUID, *, clock: Callable[[], datetime]) -> None:
    """Tell who is charged next, charge whose day has come, tell whose card expires. Nothing is charged, and nobody told
    so, where the business cannot be paid.
    """
    now = clock()
    business = businesses.get(business_id)
    if not due(business, now):
        return
    today = business.today(now)
    with transaction.atomic(), scope.business(business.id):
        can_charge, to_forget = bool(accounts.ways(business)), methods.forgotten_by_us_only(business.id)
    if can_charge:
        announcing.announce(business, now=now)
        announcing.expiring(business, now=now)
        with transaction.atomic(), scope.business(business.id):
            ready = charging.ready(business, today)
        for key in ready:
            charging.charge(business, key, now=clock())
    for method in to_forget:
        methods.forget(method, now=clock())
    with transaction.atomic(), scope.business(business.id):
        StripeAccount.objects.filter(business=business).update(autopaid_through=today)
