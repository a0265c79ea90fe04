"""Charging: an announced invoice is paid from what its customer has saved, in three steps, once.

The attempt is committed, Stripe is asked, its answer is committed; nothing here may be called inside a transaction.
What ends between two steps is asked for again, with the same key and the same words, while Stripe is sure to know the
key; after that it is only looked up. The rule: docs/rules/autopay.md.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from nextroute.billing import accounts, following, ledger, messages, paying, payments
from nextroute.billing.autopay import days, methods
from nextroute.billing.autopay.announcements import Announcement, AutopayTry, Stopped, stop
from nextroute.billing.autopay.customers import StripeCustomer
from nextroute.billing.invoices import Invoice
from nextroute.billing.locks import books_of
from nextroute.billing.payments import Method, Payment, State, StillOpen
from nextroute.billing.stripe import client, gateway, looking
from nextroute.billing.stripe.client import NoAnswer
from nextroute.core import scope
from nextroute.core.actors import STRIPE, SYSTEM
from nextroute.core.errors import Refused
from nextroute.core.verbs import verb
from nextroute.notifications.deliveries import Delivery
from nextroute.notifications.triggers import Channel, Trigger
from nextroute.tenancy.businesses import Business

# Well before `following.KEY_HOLDS`, when what Stripe has never heard of is given up: nothing may be in flight by then,
# not even from a worker that was slow.
ASKED_AGAIN = following.KEY_HOLDS - timedelta(hours=3)
# Nothing that was sent so long ago is still on its way.
ARRIVED = timedelta(hours=1)
_UNFINISHED = (State.CREATED, State.ACTION_REQUIRED, State.PROCESSING)
_NEVER_CAME = (Delivery.Status.FAILED, Delivery.Status.BOUNCED, Delivery.Status.DROPPED)


def ready(business: Business, today: date) -> list[UUID]:
    """The announcements whose day has come, in the business's scope."""
    rows = Announcement.objects.going().filter(business=business, next_on__lte=today)
    return list(rows.order_by("next_on", "id").values_list("id", flat=True))


def charge(business: Business, key: UUID, *, now: datetime) -> Payment | None:
    """Charge an announced invoice, if everything still holds; else none. Stripe may not answer: then it is asked again
    by the sweep.
    """
    with transaction.atomic(), scope.business(business.pk):
        announcement = _find(key)
        if announcement is None:
            return None
        chargeable = _chargeable(announcement, now)
    if chargeable is None:
        _lay_by(announcement)
        return None
    try:
        paying.close(announcement.customer, now=now)
        tried = _begin(key, business, now)
        return send(tried, now=now) if tried else None
    except (NoAnswer, StillOpen, Refused, client.Refused):  # the last: we may not ask, for the account is gone
        return None


def send(payment: Payment, *, now: datetime) -> Payment:
    """Ask Stripe for a charge that is written down, or what became of it; again is the same one. `now`: of this moment,
    not of when the work began. Raises NoAnswer.
    """
    if payment.state == State.CREATED and now < payment.created_at + ASKED_AGAIN:
        try:
            asked = _ask(payment)
        except client.Refused as no:
            _unheard(payment, State.FAILED, no.code, now)
        else:
            if not asked and now >= payment.created_at + ARRIVED:
                _unheard(payment, State.CANCELED, "", now)
    return following.follow(payment, now=now)


def _ask(payment: Payment) -> bool:
    """With what was written down, to the letter: Stripe refuses a key with other words. Not, and false, once the
    customer has turned autopay off, or let go of what would be charged: what Stripe has heard of is found there.
    """
    with transaction.atomic(), scope.business(payment.business_id):
        rows = AutopayTry.objects.select_related("method", "announcement__invoice", "announcement__mandate")
        tried = rows.get(payment=payment)
        name = StripeCustomer.objects.get(customer_id=payment.customer_id).stripe_id
    if tried.announcement.mandate.ended_at or tried.method.let_go_at:
        return False
    gateway.charge_off_session(
        payment.stripe_account or "",
        reference=str(payment.pk),
        customer=name or "",
        method=tried.method.stripe_id,
        amount=payment.amount_cents,
        currency=payment.currency,
        description=str(tried.announcement.invoice),
        key=payment.idempotency_key,
        application_fee=payment.fee_cents,
    )
    return True


def _unheard(payment: Payment, to: State, code: str, now: datetime) -> None:
    """Stripe would not hear of it, or is not to: it ends so, unless it was heard before, and the answer was lost."""
    account = payment.stripe_account or ""
    try:
        made = looking.find_payment(account, reference=str(payment.pk), since=payment.created_at - following.CLOCKS)
    except client.Refused as no:
        raise NoAnswer(f"we may not look: {no.code}") from no
    if made is None:
        payments.move(payment=payment, to=to, actor=STRIPE, now=now, failure=code)


@verb
def _lay_by(announcement: Announcement) -> None:
    """It is over once nothing is open on the invoice: nobody looks at it each morning, and what goes back later is
    not taken on the word of long ago.
    """
    with scope.business(announcement.business_id):
        books_of(announcement.customer)
        invoice = Invoice.objects.with_money().get(id=announcement.invoice_id)
        if not invoice.open_cents:
            Announcement.objects.going().filter(id=announcement.pk).update(stopped=Stopped.PAID)


@verb
def _begin(key: UUID, business: Business, now: datetime) -> Payment | None:
    """The first step: everything is looked at again, under the lock of the customer's books, and one try is written."""
    with scope.business(business.pk):
        announcement = _find(key)
        if announcement is None:
            return None
        books_of(announcement.customer)
        announcement.refresh_from_db()
        found = _chargeable(announcement, now)
        if found is None or _stopped(announcement, found, now):
            return None
        return _try(announcement, found, now)


def _try(announcement: Announcement, invoice: Invoice, now: datetime) -> Payment | None:
    customer = announcement.customer
    account, method = accounts.of(customer.business), methods.default_of(customer)
    cents = min(invoice.open_cents, announcement.cents, ledger.you_owe(customer))
    if account is None or method is None or cents <= 0 or method.kind not in account.ways(customer.business.currency):
        return None
    payment = payments.start(
        customer=customer,
        cents=cents,
        method=Method(method.kind),
        key=f"autopay {announcement.pk} {announcement.tries.count() + 1}",
        invoices=[invoice],
        actor=SYSTEM,
        now=now,
        account=account.stripe_id,
        fee_cents=paying.fee_of(cents),
    )
    AutopayTry.objects.create(
        business_id=payment.business_id,
        customer=customer,
        announcement=announcement,
        payment=payment,
        key=payment.idempotency_key,
        method=method,
        tried_on=customer.business.today(now),
    )
    return payment


def _find(key: UUID) -> Announcement | None:
    rows = Announcement.objects.going().select_related("customer__business", "mandate")
    return rows.filter(id=key).first()


def _chargeable(announcement: Announcement, now: datetime) -> Invoice | None:
    """The invoice, if something is open on it, its day has come, and nothing of it is on its way. Read anew."""
    if announcement.stopped or announcement.next_on > announcement.customer.business.today(now):
        return None
    if not Announcement.objects.going().filter(id=announcement.pk).exists():
        return None
    if announcement.tries.filter(payment__state__in=_UNFINISHED).exists():
        return None
    return Invoice.objects.payable().filter(id=announcement.invoice_id).first()


def _stopped(announcement: Announcement, invoice: Invoice, now: datetime) -> bool:
    """Whether it must not be charged, now or ever; told where nothing will come of it."""
    delivery = Delivery.objects.filter(
        business_id=announcement.business_id,
        dedupe_key=f"{Trigger.AUTOPAY_AHEAD}:{Channel.EMAIL}:{announcement.key}",
    ).first()
    if delivery is None or delivery.status in _NEVER_CAME:
        stop(announcement, Stopped.UNTOLD)
    elif invoice.open_cents > announcement.mandate.ceiling_cents:
        stop(announcement, Stopped.CEILING)
        messages.autopay_above([announcement], now=now)
    elif methods.default_of(announcement.customer) is None:
        stop(announcement, Stopped.NO_METHOD)
        messages.autopay_no_method(announcement, now=now)
    else:
        return not _told_in_time(announcement.customer.business, delivery, now)
    return True


def _told_in_time(business: Business, mail: Delivery, now: datetime) -> bool:
    """Whether the mail has left at least two days ago, by the days of the business."""
    return mail.sent_at is not None and business.today(now) >= days.charged_on(date.min, business.today(mail.sent_at))
