"""Customer: who is served and billed."""

from datetime import date
from enum import StrEnum

from django.db import models

from nextroute.core.rows import BusinessRow, same_business
from nextroute.notifications.telling import Recipient


class BillingStatus(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    CANCELED = "canceled"


class Language(models.TextChoices):
    ENGLISH = "en", "English"
    SPANISH = "es", "Español"


class Customer(BusinessRow):
    """A customer of one business. `ref` is the office's own number for them; `email` is normalised or empty.

    The billing status is read from dated rows: `activated_on` (none: pending), pauses, `canceled_on` (the first day
    without service).
    """

    ref = models.TextField()
    first_name = models.TextField(blank=True, default="")
    last_name = models.TextField(blank=True, default="")
    company = models.TextField(blank=True, default="")
    email = models.TextField(blank=True, default="")
    phone = models.TextField(blank=True, default="", help_text="E.164")
    language = models.TextField(choices=Language, default=Language.ENGLISH)
    activated_on = models.DateField(null=True, blank=True)
    canceled_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            same_business(name="customer_in_business"),
            models.UniqueConstraint(fields=["business", "ref"], name="customer_ref"),
            models.CheckConstraint(condition=models.Q(language__in=Language.values), name="customer_language"),
        ]

    def __str__(self) -> str:
        return self.company or f"{self.first_name} {self.last_name}".strip() or self.ref

    @property
    def recipient(self) -> Recipient:
        """Where and how they are told something."""
        return Recipient(self.pk, self.email, self.phone, self.language)

    def billing_status(self, on: date) -> BillingStatus:
        """The status on a local day. Asks the database about pauses unless they are prefetched."""
        if self.canceled_on and self.canceled_on <= on:
            return BillingStatus.CANCELED
        if self.activated_on is None:
            return BillingStatus.PENDING
        if any(pause.covers(on) for pause in self.pauses.all()):
            return BillingStatus.PAUSED
        return BillingStatus.ACTIVE
