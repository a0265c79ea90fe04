"""Paying: money through Stripe, in three steps. What is meant is committed, Stripe is asked, its answer is committed.

Nothing here may be called inside a transaction. Whatever ends between two steps is found by `follow` later
(following.py, sweeping.py). The rule: docs/rules/payments.md.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from nextroute.billing import accounts, payments
from nextroute.billing.following import follow
from nextroute.billing.invoices import Invoice
from nextroute.billing.payments import Method, Payment, State, StillOpen
from nextroute.billing.stripe import client, gateway
from nextroute.billing.stripe.client import NoAnswer
from nextroute.billing.stripe.states import Checkout
from nextroute.core import scope
from nextroute.core.actors import STRIPE, Actor
from nextroute.core.errors import Refused
from nextroute.core.verbs import verb
from nextroute.customers.customers import Customer
from nextroute.tenancy.links import Link

PAGE = timedelta(minutes=35)  # Stripe's least is 30, by its own clock, which ours may be behind
_TABS = 3  # that may be in each other's way before we say so


def page(
    *, customer: Customer, cents: int, invoices: Sequence[Invoice], actor: Actor, now: datetime, link: Link
) -> Payment:
    """A payment with the page at Stripe to pay it on, `page_url`; the one that is open already, if it is for the same.

    Any other page of the customer's is closed first; what was paid there after all counts. Raises Refused as
    `payments.start` does, and where the business cannot be paid online; NoAnswer when Stripe does not answer: then
    nothing can be paid, and the same again is safe.
    """
    for _tab in range(_TABS):
        if same := close(customer, now=now, but=(cents, [one.pk for one in invoices])):
            return same
        try:
            payment, ways = _begin(customer, cents, invoices, actor, now)
        except StillOpen:
            _not_while_charging(customer)
            continue
        return _open(payment, ways, now, link)
    raise Refused(_("You opened this in another window. Please go on there, or try again."))


def close(customer: Customer, *, now: datetime, but: tuple[int, Sequence[object]] | None = None) -> Payment | None:
    """Nothing can be paid any more on what the customer has open at Stripe; complete after all, it is booked.

    `but`: leave a page alone that is for these cents and invoices, and return it. Raises NoAnswer.
    """
    for payment in _waiting(customer):
        found = follow(payment, now=now)
        if found.state == State.CREATED and found.page_url and but == (found.amount_cents, found.chosen):
            return found
        if found.state == State.CREATED and found.stripe_session:
            _expire(found, found.stripe_session)
            follow(found, now=now)
    return None


def fee_of(cents: int) -> int:
    """What the platform keeps of a payment, in cents, half a cent up."""
    share = Decimal(cents) * settings.STRIPE_FEE_PERCENT / 100
    return int(share.quantize(Decimal(1), ROUND_HALF_UP))


@verb
def _begin(
    customer: Customer, cents: int, invoices: Sequence[Invoice], actor: Actor, now: datetime
) -> tuple[Payment, tuple[str, ...]]:
    """The first step: what is meant."""
    with scope.business(customer.business_id):
        account = accounts.of(customer.business)
        ways = account.ways(customer.business.currency) if account else ()
        if account is None or not ways:
            raise Refused(_("You can’t pay online at the moment. %(how)s") % {"how": _otherwise(customer)})
        payment = payments.start(
            customer=customer,
            cents=cents,
            method=Method.ONLINE,
            key=f"pay {uuid4()}",
            invoices=invoices,
            actor=actor,
            now=now,
            account=account.stripe_id,
            until=now + PAGE,
            fee_cents=fee_of(cents),
        )
        return payment, ways


def _open(payment: Payment, ways: Sequence[str], now: datetime, link: Link) -> Payment:
    """The second step, and the third."""
    business, customer = payment.customer.business, payment.customer
    back = link("portal_paid", business, payment=str(payment.pk), absolute=True)
    try:
        made = gateway.create_checkout(
            payment.stripe_account or "",
            reference=str(payment.pk),
            amount=payment.amount_cents,
            currency=payment.currency,
            description=_("Payment to %(business)s") % {"business": business.name},
            ways=ways,
            success_url=back,
            cancel_url=back,
            until=payment.page_until or now + PAGE,
            key=payment.idempotency_key,
            email=customer.email,
            application_fee=payment.fee_cents,
        )
    except client.Refused as no:
        payments.move(payment=payment, to=State.CANCELED, actor=STRIPE, now=now, failure=no.code)
        raise Refused(_refusal(no.code, customer)) from no
    opened = _opened(payment, made)
    if opened is None:  # another window took it for lost meanwhile
        gateway.expire_checkout(payment.stripe_account or "", made.id, key=f"expire {made.id}")
        raise Refused(_("You opened this in another window. Please go on there, or try again."))
    return opened


@verb
def _opened(payment: Payment, made: Checkout) -> Payment | None:
    with scope.business(payment.business_id):
        rows = Payment.objects.filter(id=payment.pk, state=State.CREATED)
        if not rows.update(stripe_session=made.id, page_url=made.url):
            return None
        return rows.select_related("customer__business").get()


def _waiting(customer: Customer) -> list[Payment]:
    """What somebody may still pay on, or has still to confirm; the latter cannot be taken back from them."""
    with transaction.atomic(), scope.business(customer.business_id):
        at_stripe = Payment.objects.filter(customer=customer, stripe_account__isnull=False)
        states = [State.CREATED, State.ACTION_REQUIRED]
        return list(at_stripe.filter(state__in=states).select_related("customer__business").order_by("created_at"))


def _not_while_charging(customer: Customer) -> None:
    """A charge of autopay's cannot be called back, and must not be paid beside."""
    if any(payment.charged for payment in _waiting(customer)):
        raise Refused(_("Autopay is paying at this very moment. Please look again in a few minutes."))


def _expire(payment: Payment, session: str) -> None:
    try:
        gateway.expire_checkout(payment.stripe_account or "", session, key=f"expire {session}")
    except client.Refused as no:
        raise NoAnswer(f"it cannot be closed: {no.code}") from no


def _refusal(code: str, customer: Customer) -> str:
    if code == "amount_too_small":
        return _("This is too little to be paid online. %(how)s") % {"how": _otherwise(customer)}
    return _("You can’t pay online at the moment. %(how)s") % {"how": _otherwise(customer)}


def _otherwise(customer: Customer) -> str:
    return customer.business.payment_instructions or _("Please call us.")
