"""Consent: whether a phone number may be written to by a business. STOP ends it, START gives it back."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import models

from nextroute.core.rows import BusinessRow


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


def give(business_id: UUID, phone: str, *, how: str, now: datetime) -> None:
    """Note that the number may be written to, again if it had been stopped."""
    Consent.objects.update_or_create(
        business_id=business_id, phone=phone, defaults={"given_at": now, "how": how, "stopped_at": None}
    )


def stop(business_id: UUID, phone: str, *, now: datetime) -> None:
    """No text message to this number from now on, whether it had agreed or not."""
    Consent.objects.update_or_create(
        business_id=business_id,
        phone=phone,
        defaults={"stopped_at": now},
        create_defaults={"given_at": now, "how": "stop", "stopped_at": now},
    )
