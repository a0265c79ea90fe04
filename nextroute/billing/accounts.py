"""StripeAccount: where a business's online money goes, and whether it can be paid there. docs/rules/payments.md."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.utils.translation import gettext as _

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.billing.stripe import gateway
from nextroute.billing.stripe.states import AccountState
from nextroute.core import scope
from nextroute.core.actors import STRIPE, Actor
from nextroute.core.errors import Refused
from nextroute.core.rows import BusinessRow
from nextroute.core.verbs import verb
from nextroute.tenancy import businesses
from nextroute.tenancy.businesses import Business
from nextroute.tenancy.links import Link

COUNTRIES = ("US", "CA", "GB", "ES", "MX")  # where the locales we speak are spoken


class StripeAccount(BusinessRow):
    """The business's own account at Stripe: `stripe_id`, null until Stripe has answered. `cards`, `banks`: Stripe's
    word for whether it may take them; `needs`: what Stripe still wants to be told. `heard_through`: all that Stripe had
    to tell of it until then has been read; `autopaid_through`: autopay's work of this local day is done.
    """

    stripe_id = models.TextField(null=True)
    country = models.TextField()
    idempotency_key = models.TextField()
    cards = models.TextField(default="")
    banks = models.TextField(default="")
    needs = ArrayField(models.TextField(), default=list)
    closed = models.BooleanField(default=False)
    begun_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)
    heard_through = models.DateTimeField()
    autopaid_through = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business"], name="stripeaccount_once"),
            models.UniqueConstraint(fields=["stripe_id"], name="stripeaccount_of_one"),
            models.CheckConstraint(condition=models.Q(country__regex="^[A-Z]{2}$"), name="stripeaccount_country"),
        ]

    def ways(self, currency: str) -> tuple[str, ...]:
        """How it can be paid now; US bank accounts in dollars, in the US."""
        banks = self.banks if (self.country, currency) == ("US", "USD") else ""
        return AccountState(self.stripe_id or "", self.cards, banks, (), self.closed).ways if self.stripe_id else ()


def configured() -> bool:
    """Whether this portal takes payments by Stripe at all."""
    return bool(settings.STRIPE_URL)


def of(business: Business) -> StripeAccount | None:
    """In the business's scope, or a customer's. One statement; none where Stripe is not configured."""
    columns = ("id", "business_id", "stripe_id", "country", "cards", "banks", "closed")
    return StripeAccount.objects.filter(business=business).only(*columns).first() if configured() else None


def ways(business: Business) -> tuple[str, ...]:
    """How the business can be paid online now: "card", "us_bank_account"; nothing when it cannot."""
    found = of(business)
    return found.ways(business.currency) if found else ()


def business_of(stripe_id: str) -> Business | None:
    """Whose account it is, for whoever is told about it by Stripe."""
    with transaction.atomic(), scope.presenting(stripe_id):
        key = StripeAccount.objects.filter(stripe_id=stripe_id).values_list("business_id", flat=True).first()
    return businesses.get(key) if key else None


def connect(business: Business, *, country: str, actor: Actor, now: datetime, link: Link) -> str:
    """The address of Stripe's page about the business, which gets an account there first. Called outside of any
    transaction. Raises Refused for a country, NoAnswer when Stripe does not answer: then the same again is safe.
    """
    if country not in COUNTRIES:
        raise Refused(_("Choose a country from the list."), field="country")
    if not business.email:
        raise Refused(_("Stripe needs an e-mail address of the business. Please set it first."))
    account = _begun(business, country, now)
    if not account.stripe_id:
        made = gateway.create_account(
            name=business.name, email=business.email, country=account.country, key=account.idempotency_key
        )
        account = _named(business, made, actor)
    assert account.stripe_id
    return gateway.account_link(
        account.stripe_id,
        return_url=link("dashboard_stripe_back", absolute=True),
        refresh_url=link("dashboard_stripe_again", absolute=True),
    )


def look(business_id: UUID, *, now: datetime) -> StripeAccount | None:
    """Ask Stripe how the account stands, outside of any transaction. May raise NoAnswer."""
    with transaction.atomic(), scope.business(business_id):
        account = StripeAccount.objects.exclude(stripe_id=None).first()
    return _stands(account, gateway.account_state(account.stripe_id or ""), now) if account else None


def closed(business_id: UUID, *, now: datetime) -> None:
    """The business has taken our access to its account away."""
    with transaction.atomic(), scope.business(business_id):
        account = StripeAccount.objects.exclude(stripe_id=None).first()
    if account:
        _stands(account, AccountState(account.stripe_id or "", "", "", (), closed=True), now)


@verb
def _begun(business: Business, country: str, now: datetime) -> StripeAccount:
    with scope.business(business.id):
        known = {"country": country, "begun_at": now, "heard_through": now, "idempotency_key": f"account {business.id}"}
        return StripeAccount.objects.get_or_create(business=business, defaults=known)[0]


@verb
def _named(business: Business, stripe_id: str, actor: Actor) -> StripeAccount:
    with scope.business(business.id):
        account = StripeAccount.objects.select_for_update(no_key=True).get(business=business)
        if account.stripe_id is None:
            account.stripe_id = stripe_id
            account.save(update_fields=["stripe_id"])
            _record(Verb.STRIPE_CONNECTED, account, actor, [])
        return account


@verb
def _stands(account: StripeAccount, state: AccountState, now: datetime) -> StripeAccount:
    with scope.business(account.business_id):
        found = StripeAccount.objects.select_for_update(no_key=True).get(id=account.pk)
        news = {"cards": state.cards, "banks": state.banks, "needs": list(state.needs), "closed": state.closed}
        changed = [name for name, value in news.items() if getattr(found, name) != value]
        for name, value in news.items():
            setattr(found, name, value)
        found.looked_at = now
        found.save(update_fields=[*news, "looked_at"])
        if changed:
            _record(Verb.STRIPE_CHANGED, found, STRIPE, changed)
        return found


def _record(what: Verb, account: StripeAccount, actor: Actor, fields: list[str]) -> None:
    record(what, actor=actor, business_id=account.business_id, subject=account, changed=fields)
