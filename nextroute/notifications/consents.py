"""Consent: whether a phone number may be written to by a business. STOP ends it, START gives it back."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import models

from nextroute.audit import recording as audit
from nextroute.audit.verbs import Verb
from nextroute.core.actors import Actor
from nextroute.core.rows import BusinessRow
from nextroute.core.verbs import verb


class Consent(BusinessRow):
    """Somebody with this phone number (E.164) agreed to text messages; `how` says where. `stopped_at`: by STOP."""

    phone = models.TextField()
    given_at = models.DateTimeField()
    how = models.TextField()
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["business", "phone"], name="consent_of_phone")]


def of(business_id: UUID, phones: Collection[str]) -> set[str]:
    """Those of the numbers that may be written to. One statement, in scope."""
    asked = Consent.objects.filter(business_id=business_id, phone__in={*phones} - {""}, stopped_at=None)
    return set(asked.values_list("phone", flat=True))


@verb
def give(
    business_id: UUID, phone: str, *, how: str, actor: Actor, now: datetime, customer_id: UUID | None = None
) -> None:
    """The number may be written to from now on, again if it had been stopped. In the business's scope.

    `customer_id`: in whose trail it stands; so below.
    """
    consent, made = Consent.objects.select_for_update(no_key=True).get_or_create(
        business_id=business_id, phone=phone, defaults={"given_at": now, "how": how}
    )
    if made or consent.stopped_at:
        _change(consent, Verb.SMS_STARTED, actor, customer_id, given_at=now, how=how, stopped_at=None)


@verb
def give_back(business_id: UUID, phone: str, *, actor: Actor, now: datetime, customer_id: UUID | None = None) -> None:
    """START: whoever had stopped may be written to again. It says nothing for a number that had not. In scope."""
    for consent in Consent.objects.select_for_update(no_key=True).filter(
        business_id=business_id, phone=phone, stopped_at__isnull=False
    ):
        _change(consent, Verb.SMS_STARTED, actor, customer_id, given_at=now, how="start", stopped_at=None)


@verb
def stop(business_id: UUID, phone: str, *, actor: Actor, now: datetime, customer_id: UUID | None = None) -> None:
    """No text message to this number from now on, whether it had agreed or not. In scope."""
    consent, made = Consent.objects.select_for_update(no_key=True).get_or_create(
        business_id=business_id, phone=phone, defaults={"given_at": now, "how": "stop"}
    )
    if made or not consent.stopped_at:
        _change(consent, Verb.SMS_STOPPED, actor, customer_id, stopped_at=now)


def _change(consent: Consent, what: Verb, actor: Actor, customer_id: UUID | None, **fields: object) -> None:
    Consent.objects.filter(id=consent.id).update(**fields)
    audit.record(
        what,
        actor=actor,
        business_id=consent.business_id,
        subject=consent,
        customer_id=customer_id,
        detail={"phone": consent.phone},
    )
