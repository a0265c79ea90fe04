"""Mandate: that a customer agreed to be charged by themselves, in which words, up to what, from when to when."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext as _

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.billing import accounts, locks
from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.errors import Refused
from nextroute.core.rows import BusinessRow, same_business
from nextroute.core.verbs import verb
from nextroute.customers.customers import Customer

if TYPE_CHECKING:
    from nextroute.billing.autopay.methods import SavedMethod


class MandateQuerySet(models.QuerySet["Mandate"]):
    def standing(self) -> Self:
        return self.filter(ended_at=None)


class Mandate(BusinessRow):
    """Autopay is on while one stands. `words`: what they agreed to, as they read it. Nothing above `ceiling_cents` is
    charged by itself.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="mandates"
    )
    words = models.TextField()
    ceiling_cents = models.BigIntegerField()
    agreed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        constraints = [
            same_business("customer", name="mandate_of_customer"),
            models.UniqueConstraint(fields=["customer"], condition=models.Q(ended_at=None), name="mandate_one_stands"),
            models.CheckConstraint(condition=models.Q(ceiling_cents__gt=0), name="mandate_ceiling"),
            models.CheckConstraint(condition=~models.Q(words=""), name="mandate_words"),
        ]
        indexes = [
            models.Index(fields=["business", "customer"], condition=models.Q(ended_at=None), name="mandate_standing"),
            models.Index(fields=["customer", "-agreed_at"], name="mandate_latest"),
        ]


def standing(customer: Customer) -> Mandate | None:
    """In the customer's scope or the business's."""
    return Mandate.objects.standing().filter(customer=customer).first()


@verb
def agree(
    *, customer: Customer, ceiling_cents: int, words: str, method: "SavedMethod", actor: Actor, now: datetime
) -> Mandate:
    """Turn autopay on, or agree to it anew with another ceiling. `method`: what they were told would be charged.

    Raises Refused for no amount, without an address to tell them at, when `method` is not what would be charged any
    more, and where the business cannot be paid online.
    """
    locks.books_of(customer)
    with scope.business(customer.business_id):
        if ceiling_cents <= 0:
            raise Refused(_("Enter an amount above zero."), field="ceiling")
        if not customer.email:
            raise Refused(
                _("We tell you by e-mail before we charge, and have no e-mail address of yours. Please call us.")
            )
        if method.kind not in accounts.ways(customer.business):
            raise Refused(_("We can’t charge by ourselves at the moment."))
        if not customer.saved_methods.usable().filter(id=method.pk, is_default=True).exists():
            raise Refused(_("Your saved cards have changed meanwhile. Please look again."))
        Mandate.objects.standing().filter(customer=customer).update(ended_at=now)
        made = Mandate.objects.create(
            business_id=customer.business_id,
            customer=customer,
            words=words,
            ceiling_cents=ceiling_cents,
            agreed_at=now,
        )
        _record(Verb.AUTOPAY_AGREED, made, actor)
        return made


@verb
def end(*, customer: Customer, actor: Actor, now: datetime) -> Mandate | None:
    """Turn autopay off: nothing is charged any more; what is on its way already arrives. None when it was off."""
    locks.books_of(customer)
    with scope.business(customer.business_id):
        found = standing(customer)
        if found:
            found.ended_at = now
            found.save(update_fields=["ended_at"])
            _record(Verb.AUTOPAY_ENDED, found, actor)
        return found


def _record(what: Verb, mandate: Mandate, actor: Actor) -> None:
    record(
        what,
        actor=actor,
        business_id=mandate.business_id,
        subject=mandate,
        customer_id=mandate.customer_id,
        detail={"ceiling_cents": mandate.ceiling_cents, "words": mandate.words},
    )
