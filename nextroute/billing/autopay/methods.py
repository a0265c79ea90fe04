"""SavedMethod: a card or bank account a customer has left at Stripe, by the name people know it by, not its number."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext as _

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.billing import accounts, locks
from nextroute.billing.autopay import customers
from nextroute.billing.autopay.customers import StripeCustomer
from nextroute.billing.autopay.mandates import Mandate
from nextroute.billing.payments import Method
from nextroute.billing.stripe import client, gateway, states
from nextroute.billing.stripe.client import NoAnswer
from nextroute.core import scope
from nextroute.core.actors import STRIPE, Actor
from nextroute.core.days import last_of_month
from nextroute.core.errors import Refused
from nextroute.core.rows import BusinessRow, same_business
from nextroute.core.verbs import verb
from nextroute.customers.customers import Customer

KINDS = (Method.CARD, Method.US_BANK_ACCOUNT)


class SavedMethodQuerySet(models.QuerySet["SavedMethod"]):
    def usable(self) -> Self:
        """Those that can be charged, the default first, then the newest."""
        return self.filter(let_go_at=None, gone_at=None).order_by("-is_default", "-saved_at", "-id")


class SavedMethod(BusinessRow):
    """`kind`: card or US bank account. `brand`: the card's, or the bank's name. `good_through`: a card's last day. It
    is used no more once the customer has let go of it (`let_go_at`), or Stripe has it no more (`gone_at`).
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="saved_methods"
    )
    stripe_id = models.TextField()
    kind = models.TextField(choices=Method)
    brand = models.TextField()
    last4 = models.TextField()
    good_through = models.DateField(null=True)
    is_default = models.BooleanField(default=False)
    saved_at = models.DateTimeField()
    let_go_at = models.DateTimeField(null=True)
    gone_at = models.DateTimeField(null=True)

    objects = SavedMethodQuerySet.as_manager()

    class Meta:
        constraints = [
            same_business("customer", name="savedmethod_of_customer"),
            models.UniqueConstraint(fields=["business", "stripe_id"], name="savedmethod_once"),
            models.UniqueConstraint(
                fields=["customer"], condition=models.Q(is_default=True), name="savedmethod_one_default"
            ),
            models.CheckConstraint(
                condition=models.Q(is_default=False) | models.Q(let_go_at=None, gone_at=None),
                name="savedmethod_default_is_usable",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in KINDS]), name="savedmethod_kind"
            ),
            models.CheckConstraint(condition=models.Q(last4__regex="^[0-9]{0,4}$"), name="savedmethod_names_only"),
        ]
        indexes = [
            models.Index(fields=["customer", "-saved_at"], name="savedmethod_latest"),
            models.Index(
                fields=["business", "good_through"],
                condition=models.Q(is_default=True, good_through__isnull=False),
                name="savedmethod_expiring",
            ),
        ]

    def __str__(self) -> str:
        """Visa ending in 4242, in the active language."""
        brand = self.brand.title() if self.brand.islower() or self.brand.isupper() else self.brand
        return _("%(brand)s ending in %(last4)s") % {"brand": brand, "last4": self.last4}


def default_of(customer: Customer) -> SavedMethod | None:
    """What autopay charges, in the customer's scope or the business's."""
    return SavedMethod.objects.usable().filter(customer=customer, is_default=True).first()


def look(customer: Customer, *, now: datetime) -> None:
    """Read at Stripe what they have left there, outside of any transaction. May raise NoAnswer."""
    if names := customers.known(customer):
        _stand(customer, gateway.saved_methods(*names), now)


@verb
def choose(*, method: SavedMethod, actor: Actor) -> SavedMethod:
    """Charge this one from now on. Raises Refused when it is not there any more."""
    customer = method.customer
    locks.books_of(customer)
    with scope.business(customer.business_id):
        found = _usable(customer, method.pk)
        if not found.is_default:
            _make_default(customer, found)
            _record(Verb.METHOD_CHOSEN, found, actor)
        return found


def let_go(*, method: SavedMethod, actor: Actor, now: datetime) -> None:
    """Use it no more, and have Stripe forget it, outside of any transaction. Where Stripe does not answer it is told
    again later. Raises Refused for the last one while autopay is on.
    """
    forget(_let_go(method, actor, now), now=now)


def forget(method: SavedMethod, *, now: datetime) -> None:
    """Have Stripe forget what a customer has let go of. Again is safe."""
    with transaction.atomic(), scope.business(method.business_id):
        account = accounts.of(method.customer.business)
    if account is None or account.stripe_id is None:
        return
    try:
        gateway.detach_method(account.stripe_id, method.stripe_id, key=f"detach {method.pk}")
    except NoAnswer:
        return
    except client.Refused:  # it is gone already, or the account is
        pass
    with transaction.atomic(), scope.business(method.business_id):
        SavedMethod.objects.filter(id=method.pk, gone_at=None).update(gone_at=now)


def forgotten_by_us_only(business_id: UUID) -> list[SavedMethod]:
    """What Stripe has still to be told of, in the business's scope."""
    rows = SavedMethod.objects.filter(business_id=business_id, let_go_at__isnull=False, gone_at=None)
    return list(rows.select_related("customer__business"))


@verb
def _let_go(method: SavedMethod, actor: Actor, now: datetime) -> SavedMethod:
    customer = method.customer
    locks.books_of(customer)
    with scope.business(customer.business_id):
        found = _usable(customer, method.pk)
        others = SavedMethod.objects.usable().filter(customer=customer).exclude(id=found.pk)
        if not others.exists() and Mandate.objects.standing().filter(customer=customer).exists():
            raise Refused(_("Autopay is on, and this is what it charges. Add another card first, or turn autopay off."))
        was_default, found.is_default, found.let_go_at = found.is_default, False, now
        found.save(update_fields=["is_default", "let_go_at"])
        if was_default and (other := others.first()):
            _make_default(customer, other)
        _record(Verb.METHOD_REMOVED, found, actor)
        return found


@verb
def _stand(customer: Customer, found: Sequence[states.Method], now: datetime) -> None:
    """Book a reading, unless a later one is booked already."""
    locks.books_of(customer)
    with scope.business(customer.business_id):
        fresh = StripeCustomer.objects.filter(customer=customer).exclude(looked_at__gt=now)
        if not fresh.update(looked_at=now):
            return
        kept = [_kept(customer, method, now) for method in found if method.type in KINDS]
        _let_go_of_the_rest(customer, [method.stripe_id for method, _new in kept], now)
        _see_to_a_default(customer, [method.pk for method, new in kept if new])


def _kept(customer: Customer, method: states.Method, now: datetime) -> tuple[SavedMethod, bool]:
    last_day = last_of_month(date(*method.expires, 1)) if method.expires else None
    seen: dict[str, Any] = {"brand": method.brand, "last4": method.last4, "good_through": last_day}
    row, new = SavedMethod.objects.get_or_create(
        business_id=customer.business_id,
        stripe_id=method.id,
        defaults=seen | {"customer": customer, "kind": method.type, "saved_at": now},
    )
    if new:
        _record(Verb.METHOD_SAVED, row, STRIPE)
    elif row.let_go_at is None:
        SavedMethod.objects.filter(id=row.pk).update(**seen, gone_at=None)
    return row, new


def _let_go_of_the_rest(customer: Customer, keys: Sequence[str], now: datetime) -> None:
    gone = SavedMethod.objects.filter(customer=customer, gone_at=None).exclude(stripe_id__in=keys)
    for method in gone.filter(let_go_at=None):
        _record(Verb.METHOD_REMOVED, method, STRIPE)
    gone.update(gone_at=now, is_default=False)


def _see_to_a_default(customer: Customer, new: Sequence[UUID]) -> None:
    """Somebody's first card is what is charged. While autopay is on nothing takes the place of what is gone but what
    they have just added.
    """
    usable = SavedMethod.objects.usable().filter(customer=customer)
    if usable.filter(is_default=True).exists():
        return
    on = Mandate.objects.standing().filter(customer=customer).exists()
    if first := (usable.filter(id__in=new) if on else usable).first():
        _make_default(customer, first)


def _make_default(customer: Customer, method: SavedMethod) -> None:
    SavedMethod.objects.filter(customer=customer, is_default=True).update(is_default=False)
    method.is_default = True
    method.save(update_fields=["is_default"])


def _usable(customer: Customer, key: UUID) -> SavedMethod:
    found = SavedMethod.objects.usable().filter(customer=customer, id=key).first()
    if found is None:
        raise Refused(_("This card or account isn’t saved any more."))
    return found


def _record(what: Verb, method: SavedMethod, actor: Actor) -> None:
    record(
        what,
        actor=actor,
        business_id=method.business_id,
        subject=method,
        label=method.kind,
        customer_id=method.customer_id,
        detail={"brand": method.brand, "last4": method.last4},
    )
