"""Bounce: an e-mail address that did not take our mail, or whose owner called it spam."""

from datetime import datetime
from uuid import UUID

from django.db import models

from nextroute.core.rows import BusinessRow


class Bounce(BusinessRow):
    """Nothing but security mail goes to this address until the office clears it. `why`: bounced, complained, …"""

    address = models.TextField()
    why = models.TextField()
    at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business", "address"], condition=models.Q(cleared_at=None), name="bounce_of_address"
            )
        ]


def stands(business_id: UUID, address: str) -> bool:
    """Whether the address has bounced and was not cleared. In scope."""
    return Bounce.objects.filter(business_id=business_id, address=address, cleared_at=None).exists()


def note(business_id: UUID, address: str, *, why: str, now: datetime) -> None:
    """Remember that the address bounced; once."""
    Bounce.objects.bulk_create(
        [Bounce(business_id=business_id, address=address, why=why, at=now)], ignore_conflicts=True
    )


def clear(business_id: UUID, address: str, *, now: datetime) -> int:
    """Write to the address again; returns whether it had bounced."""
    return Bounce.objects.filter(business_id=business_id, address=address, cleared_at=None).update(cleared_at=now)
