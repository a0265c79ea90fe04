"""Setup: a page at Stripe on which a customer leaves a card or bank account, and what came of it."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import models, transaction
from django.utils.translation import gettext as _

from nextroute.billing import accounts
from nextroute.billing.autopay import customers, methods
from nextroute.billing.paying import PAGE
from nextroute.billing.stripe import client, gateway
from nextroute.billing.stripe.states import Checkout, SetupState
from nextroute.core import scope
from nextroute.core.errors import Refused
from nextroute.core.rows import BusinessRow, same_business
from nextroute.core.verbs import verb
from nextroute.customers.customers import Customer
from nextroute.tenancy.links import Link


class State(models.TextChoices):
    OPEN = "open"
    CONFIRMING = "confirming"  # small deposits are on their way, which prove the account
    SAVED = "saved"
    OVER = "over"


class Setup(BusinessRow):
    """`page_url`: where the card is left while it is open, until `page_until`; where the account is proved while it is
    confirming. `failure`: why the last try came to nothing, as a code of Stripe's.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="setups"
    )
    state = models.TextField(choices=State, default=State.OPEN)
    idempotency_key = models.TextField()
    begun_at = models.DateTimeField()
    page_until = models.DateTimeField()
    stripe_session = models.TextField(null=True)
    stripe_setup = models.TextField(default="")
    page_url = models.TextField(default="")
    failure = models.TextField(default="")

    class Meta:
        constraints = [
            same_business("customer", name="setup_of_customer"),
            models.UniqueConstraint(fields=["business", "idempotency_key"], name="setup_once"),
            models.UniqueConstraint(fields=["business", "stripe_session"], name="setup_of_session"),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="setup_state"),
        ]
        indexes = [
            models.Index(fields=["customer", "-begun_at"], name="setup_latest"),
            models.Index(fields=["business", "stripe_setup"], name="setup_at_stripe"),
        ]


def page(*, customer: Customer, now: datetime, link: Link) -> Setup:
    """A page to leave a card or bank account on. Outside of any transaction; nothing is charged there.

    Raises Refused where the business cannot be paid online; NoAnswer when Stripe does not answer: then the same again
    is safe.
    """
    account, ways, setup = _begin(customer, now)
    name = customers.named(customer, account, now=now)
    back = link("portal_autopay_added", customer.business, setup=str(setup.pk), absolute=True)
    try:
        made = gateway.create_setup(
            account,
            reference=str(setup.pk),
            customer=name,
            currency=customer.business.currency,
            ways=ways,
            success_url=back,
            cancel_url=back,
            until=setup.page_until,
            key=setup.idempotency_key,
        )
    except client.Refused as no:
        raise Refused(_("We can’t save a card at the moment. Please call us.")) from no
    return _opened(setup, made)


def follow(setup: Setup, *, now: datetime) -> Setup:
    """Book what came of it, and what is saved now. Outside of any transaction; raises NoAnswer, also where we may not
    look any more.
    """
    with transaction.atomic(), scope.business(setup.business_id):
        account = accounts.of(setup.customer.business)
    if account is None or account.stripe_id is None or not setup.stripe_session:
        return setup
    try:
        seen = gateway.retrieve_checkout(account.stripe_id, setup.stripe_session)
        tried = gateway.retrieve_setup(account.stripe_id, seen.setup) if seen.setup else None
        if tried and tried.status == "succeeded":
            methods.look(setup.customer, now=now)
    except client.Refused as no:
        raise client.NoAnswer(f"it is not shown: {no.code}") from no
    return _booked(setup, seen, tried)


def read(business_id: UUID, **by: object) -> Setup | None:
    """One of the business's, its customer and business at hand."""
    with transaction.atomic(), scope.business(business_id):
        return Setup.objects.select_related("customer__business").filter(business_id=business_id, **by).first()


def of(customer: Customer, key: UUID) -> Setup | None:
    """One of theirs, in the customer's scope or the business's."""
    return Setup.objects.filter(customer=customer, id=key).first()


def state_of(page: Checkout, setup: SetupState | None) -> State:
    """How far it has come."""
    status = setup.status if setup else ""
    if status == "succeeded":
        return State.SAVED
    if page.status == "open":
        return State.OPEN
    return State.CONFIRMING if status == "requires_action" and page.status == "complete" else State.OVER


@verb
def _begin(customer: Customer, now: datetime) -> tuple[str, tuple[str, ...], Setup]:
    with scope.business(customer.business_id):
        account = accounts.of(customer.business)
        ways = account.ways(customer.business.currency) if account else ()
        if account is None or account.stripe_id is None or not ways:
            raise Refused(_("We can’t save a card at the moment. Please call us."))
        setup = Setup.objects.create(
            business_id=customer.business_id,
            customer=customer,
            idempotency_key=f"setup {uuid4()}",
            begun_at=now,
            page_until=now + PAGE,
        )
        return account.stripe_id, ways, setup


@verb
def _opened(setup: Setup, made: Checkout) -> Setup:
    with scope.business(setup.business_id):
        setup.stripe_session, setup.stripe_setup, setup.page_url = made.id, made.setup, made.url
        setup.save(update_fields=["stripe_session", "stripe_setup", "page_url"])
        return setup


@verb
def _booked(setup: Setup, page: Checkout, tried: SetupState | None) -> Setup:
    """What is saved, or over, stays so."""
    with scope.business(setup.business_id):
        state = state_of(page, tried)
        where = page.url if state == State.OPEN else tried.action_url if tried and state == State.CONFIRMING else ""
        known = {"state": state, "page_url": where, "failure": tried.failure if tried else ""}
        rows = Setup.objects.filter(id=setup.pk)
        rows.filter(state__in=[State.OPEN, State.CONFIRMING]).update(**known, stripe_setup=page.setup)
        return rows.select_related("customer__business").get()
