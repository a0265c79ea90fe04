"""One row of every table for each of two businesses with two customers each: what isolation is proved on.

The businesses live in different weeks and on different weekdays, so that a row of one that is made to point into the
other breaks no rule but isolation.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import connection

from nextroute.audit import recording as audit
from nextroute.audit import sealing
from nextroute.audit.verbs import Verb
from nextroute.billing.models import (
    Allocation,
    Announcement,
    AutopayTry,
    BilledStop,
    Counter,
    CreditNote,
    Dispute,
    DisputeMove,
    Document,
    Invoice,
    InvoiceLine,
    Mandate,
    OpenInvoice,
    Payment,
    Refund,
    SavedMethod,
    Setup,
    StripeAccount,
    StripeCustomer,
    StripeEvent,
    UnbilledVisit,
)
from nextroute.core.actors import SYSTEM
from nextroute.core.days import ONE_DAY
from nextroute.customers.models import Customer, Pause
from nextroute.identity.models import Access, Ask, Login, PortalSession
from nextroute.notifications import bounces, consents
from nextroute.notifications.models import Delivery, Preference, SmsNumber, Wording
from nextroute.scheduling.models import (
    BlackoutDate,
    CalendarEvent,
    CalendarFeed,
    Extra,
    Hold,
    Photo,
    Route,
    Skip,
    Stop,
    Subscription,
)
from nextroute.service_requests.models import Ending, ServiceRequest
from nextroute.staff import members
from nextroute.staff.members import Role
from nextroute.staff.models import Session
from nextroute.tenancy.businesses import Business, utc_now
from tests import cast
from tests.cast import NOON, D

LATER = NOON + 30 * ONE_DAY


@dataclass(frozen=True, slots=True)
class House:
    """A business, two of its customers, and the secrets its rows can be found by.

    Somebody works there, and somebody for both businesses.
    """

    business: UUID
    customers: tuple[UUID, UUID]
    slug: str
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class World:
    """Ada and Eve are customers of `ours`, Dee and Fay of `theirs`."""

    ours: House
    theirs: House

    def __iter__(self) -> Iterator[House]:
        return iter((self.ours, self.theirs))


def build() -> World:
    """Every table filled and committed."""
    return World(
        ours=_house("bright-bins", ("ada", "eve"), D("2026-06-02")),
        theirs=_house("silk-city", ("dee", "fay"), D("2026-06-11")),
    )


def _house(slug: str, refs: tuple[str, str], day: date) -> House:
    business = cast.a_business(slug)
    with cast.inside(business):
        customers = [_customer(business, ref, day + n * ONE_DAY) for n, ref in enumerate(refs)]
        with connection.cursor() as cursor:
            cursor.execute("SELECT identity_throttle_take(ARRAY[%s], ARRAY[1], ARRAY[1], %s)", [slug, NOON])
    a, b = (customer.id for customer in customers)
    sealing.seal(business.id)
    with cast.inside(business):
        audit.record(Verb.DAY_CLOSED, actor=SYSTEM, business_id=business.id, subject="day")
        Counter.objects.create(business=business, series="INV", last=1000)
        account = {"country": "US", "idempotency_key": slug, "begun_at": NOON, "heard_through": NOON}
        StripeAccount.objects.create(business=business, stripe_id=f"account of {slug}", **account)
        told = {"type": "account.updated", "account": f"account of {slug}", "subject": "", "live": False}
        StripeEvent.objects.create(event_id=f"event of {slug}", heard_at=NOON, due_at=NOON, **told)
        consents.give(business.id, f"+1303555{business.slug}", how="form", actor=SYSTEM, now=NOON)
        SmsNumber.objects.create(business=business, number=f"number of {slug}", given_at=NOON)
        bounces.note(business.id, f"gone@{slug}.example", why="bounced", now=NOON)
        Wording.objects.create(business=business, trigger="welcome", channel="email", language="en", body="Hello")
    staff = [_member(business, email) for email in (f"owner@{slug}.example", "both@example.com")]
    Session.objects.create(session_key=f"hash of {slug}", session_data="", expire_date=LATER)
    keys = tuple(f"{what} {ref}" for what in ("hash of", "message to") for ref in refs)
    return House(business.id, (a, b), slug, (*keys, *staff, f"number of {slug}", f"account of {slug}"))


def _member(business: Business, email: str) -> str:
    """The key of somebody who works there."""
    added = members.add(business=business, email=email, name=email, role=Role.OWNER, password="x", actor=SYSTEM)
    return str(added.user_id)


def _customer(business: Business, ref: str, day: date) -> Customer:
    """A customer served on a route of their own, on `day`, and a row of everything a customer has."""
    zone = cast.a_zone(business, f"Zone of {ref}", weekday=day.isoweekday())
    route = Route.objects.create(business=business, master_route=zone.master_routes.get(), date=day, original_date=day)
    BlackoutDate.objects.create(business=business, zone=zone, date=day + 7 * ONE_DAY, name="Closed")
    customer = cast.a_customer(business, ref)
    _fill(business, customer, cast.served(customer, zone=zone), route)
    return customer


def _fill(business: Business, customer: Customer, subscription: Subscription, route: Route) -> None:
    of_customer: dict[str, Any] = {"business": business, "customer": customer}
    at_property = of_customer | {"property": subscription.property}
    day = route.date
    stop = Stop.objects.create(**at_property, subscription=subscription, route=route, due_on=day, service_date=day)
    digest = sha256(customer.ref.encode()).hexdigest()
    picture = {"digest": digest, "small_digest": digest, "content_type": "image/jpeg", "width": 1, "height": 1}
    Photo.objects.create(**of_customer, stop=stop, kind="before", taken_at=NOON, **picture)
    Hold.objects.create(**at_property, start_date=day, effective_from=day, end_date=day, placed_at=NOON)
    Skip.objects.create(**of_customer, subscription=subscription, due_on=day, placed_at=NOON)
    extra = Extra.objects.create(
        **at_property, plan=subscription.plan, day=day, price_cents=6500, ordered_at=NOON, dropped_at=NOON
    )
    request = ServiceRequest.objects.create(
        **at_property,
        kind="extra",
        answer_state="approved",
        asked_at=NOON,
        answered_at=NOON,
        subscription=subscription,
        new_subscription=subscription,
        plan=subscription.plan,
        stop=stop,
        extra=extra,
    )
    Ending.objects.create(**of_customer, request=request, subscription=subscription)
    _bill(of_customer, stop, extra)
    Pause.objects.create(**of_customer, first_day=day, last_day=day)
    of_entry: dict[str, Any] = {
        "actor": SYSTEM,
        "business_id": business.id,
        "subject": customer,
        "customer_id": customer.id,
    }
    audit.record(Verb.SIGNED_IN, **of_entry)
    audit.record(Verb.HOLD_PLACED, **of_entry, detail={"day": day})
    Delivery.objects.create(
        **of_customer,
        trigger="welcome",
        channel="email",
        address=customer.email,
        due_at=NOON,
        dedupe_key=f"welcome {customer.ref}",
        provider_id=f"message to {customer.ref}",
    )
    Preference.objects.create(**of_customer, category="visits", channel="sms", wanted=False)
    login = Login.objects.create(business=business, email=customer.email)
    for browser in ("phone", "desk"):
        Ask.objects.create(
            business_id=business.id,
            email=customer.email,
            person_hash=f"{customer.ref}",
            browser_hash=f"{browser} of {customer.ref}",
            token_hash=f"link to the {browser} of {customer.ref}",
            known=False,
            wants_password=False,
            ip="192.0.2.1",
            user_agent="",
            asked_at=utc_now(),
        )
    Access.objects.create(**of_customer, login=login)
    PortalSession.objects.create(
        **of_customer,
        login=login,
        token_hash=f"hash of {customer.ref}",
        started_at=NOON,
        seen_at=NOON,
        ends_at=LATER,
    )
    # Revoked: only one that stands could not be there twice.
    feed = CalendarFeed.objects.create(
        **of_customer, login=login, token_hash=f"hash of {customer.ref}", created_at=NOON, revoked_at=NOON
    )
    CalendarEvent.objects.create(
        **of_customer, feed=feed, uid=customer.ref, day=day, status="CONFIRMED", sequence=0, changed_at=NOON
    )


def _bill(of_customer: dict[str, Any], stop: Stop, extra: Extra) -> None:
    """A draft, which isolation alone keeps from being changed; and money that is not settled, for the same reason."""
    ref, day = of_customer["customer"].ref, stop.due_on
    invoice = Invoice.objects.create(
        **of_customer,
        period_first=day,
        period_last=day,
        subtotal_cents=100,
        total_cents=100,
        currency="USD",
        drafted_at=NOON,
    )
    line: dict[str, Any] = of_customer | {"property": stop.property, "quantity": 1, "position": 1, "tax_rate": 0}
    line |= {"unit_cents": 100, "amount_cents": 100, "plan_name": "Weekly"}
    charged = InvoiceLine.objects.create(**line, kind="visit", invoice=invoice)
    InvoiceLine.objects.create(**line, kind="extra", invoice=invoice, extra=extra)
    InvoiceLine.objects.create(**line, kind="flat", invoice=invoice, subscription=stop.subscription, month=day)
    BilledStop.objects.create(**of_customer, stop=stop, line=charged)
    OpenInvoice.objects.create(**of_customer, invoice=invoice, sequence=1001, due_date=day, cents=1)
    UnbilledVisit.objects.create(
        **of_customer,
        stop=stop,
        property_id=stop.property_id,
        due_on=day,
        service_date=day,
        plan_name="Weekly",
        price_cents=100,
        bins=1,
        additional_bin_price_cents=0,
        tax_rate=0,
    )
    payment = Payment.objects.create(
        **of_customer,
        method="card",
        amount_cents=100,
        currency="USD",
        idempotency_key=f"payment of {ref}",
        created_at=NOON,
        **{f"stripe_{what}": f"{what} of {ref}" for what in ("session", "intent")},
    )
    refund = Refund.objects.create(
        **of_customer,
        payment=payment,
        state="pending",
        cents=1,
        idempotency_key=f"refund of {ref}",
        made_at=NOON,
        went_at=NOON,
        stripe_refund=f"refund of {ref}",
    )
    note = CreditNote.objects.create(
        **of_customer,
        invoice=invoice,
        refund=refund,
        number=f"note of {ref}",
        issued_on=day,
        issued_at=NOON,
        subtotal_cents=1,
        tax_cents=0,
        total_cents=1,
        currency="USD",
    )
    InvoiceLine.objects.create(**line | {"amount_cents": 1, "unit_cents": 1}, kind="visit", credit_note=note)
    dispute = Dispute.objects.create(
        **of_customer, payment=payment, kind="dispute", state="open", key=f"dispute of {ref}", opened_at=NOON
    )
    DisputeMove.objects.create(**of_customer, dispute=dispute, cents=1, at=NOON)
    Allocation.objects.create(**of_customer, invoice=invoice, payment=payment, cents=1, made_at=NOON)
    Allocation.objects.create(**of_customer, invoice=invoice, credit_note=note, cents=1, made_at=NOON)
    Document.objects.create(**of_customer, key=sha256(ref.encode()).hexdigest(), digest="0" * 64, made_at=NOON)
    _autopay(of_customer, invoice, payment)


def _autopay(of_customer: dict[str, Any], invoice: Invoice, payment: Payment) -> None:
    """Ended, not chosen, without a name: of those that are there could not be two."""
    ref = of_customer["customer"].ref
    StripeCustomer.objects.create(**of_customer, idempotency_key=f"name of {ref}", asked_at=NOON)
    card = SavedMethod.objects.create(
        **of_customer, stripe_id=f"card of {ref}", kind="card", brand="visa", last4="4242", saved_at=NOON
    )
    Setup.objects.create(
        **of_customer,
        idempotency_key=f"setup of {ref}",
        begun_at=NOON,
        page_until=NOON,
        stripe_session=f"setup of {ref}",
    )
    mandate = Mandate.objects.create(
        **of_customer, words="Charge me.", ceiling_cents=100, agreed_at=NOON, ended_at=LATER
    )
    announced = Announcement.objects.create(
        **of_customer, mandate=mandate, invoice=invoice, key=ref, cents=100, told_at=NOON, next_on=NOON.date()
    )
    AutopayTry.objects.create(
        **of_customer, announcement=announced, payment=payment, key=ref, method=card, tried_on=NOON.date()
    )
