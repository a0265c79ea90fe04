"""Announcement: an invoice that is charged by itself, as its customer was told; AutopayTry: each time it was tried."""

from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.billing import messages
from nextroute.billing.autopay import days
from nextroute.core.actors import SYSTEM
from nextroute.core.rows import BusinessRow, same_business

if TYPE_CHECKING:
    from nextroute.billing.payments import Payment


class Stopped(models.TextChoices):
    """Why nothing more is charged by itself for an invoice."""

    CEILING = "ceiling"  # more is open than the customer allowed
    DECLINED = "declined"  # the last try came to nothing
    CONFIRM = "confirm"  # the bank wants its customer there
    UNTOLD = "untold"  # the mail before it did not arrive
    NO_METHOD = "no_method"  # there is nothing to charge any more
    PAID = "paid"  # by us, or otherwise: what goes back later is not taken again


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def going(self) -> Self:
        """Of which something may still be charged."""
        return self.filter(stopped="", mandate__ended_at=None)


class Announcement(BusinessRow):
    """At most `cents` of an invoice are charged on `next_on` (a local day), under a mandate; or nothing is, because it
    `stopped`. `key`: there is one for an invoice under a mandate, and one mail for it.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="announcements"
    )
    mandate = models.ForeignKey(
        "billing.Mandate", models.PROTECT, db_constraint=False, db_index=False, related_name="announcements"
    )
    invoice = models.ForeignKey(
        "billing.Invoice", models.PROTECT, db_constraint=False, db_index=False, related_name="announcements"
    )
    key = models.TextField()
    cents = models.BigIntegerField()
    told_at = models.DateTimeField()
    next_on = models.DateField()
    stopped = models.TextField(choices=Stopped, default="", blank=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        constraints = [
            same_business("customer", name="announcement_of_customer"),
            models.UniqueConstraint(fields=["business", "key"], name="announcement_once"),
            models.CheckConstraint(condition=models.Q(cents__gt=0), name="announcement_cents"),
            models.CheckConstraint(condition=models.Q(stopped__in=["", *Stopped.values]), name="announcement_stopped"),
        ]
        indexes = [
            models.Index(fields=["mandate", "invoice"], name="announcement_of_mandate"),
            models.Index(fields=["customer"], name="announcement_of_person"),
            models.Index(fields=["business", "next_on"], condition=models.Q(stopped=""), name="announcement_going"),
        ]


def key_of(invoice_id: UUID, mandate_id: UUID) -> str:
    return f"{invoice_id}:{mandate_id}"


class AutopayTry(BusinessRow):
    """One payment of an announcement, from one saved method, on a local day. However often it is asked for, it is with
    what is written here. `key`: the payment's own, so there is one try for a payment.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    announcement = models.ForeignKey(
        Announcement, models.PROTECT, db_constraint=False, db_index=False, related_name="tries"
    )
    payment = models.ForeignKey(
        "billing.Payment", models.PROTECT, db_constraint=False, db_index=False, related_name="autopay_tries"
    )
    method = models.ForeignKey(
        "billing.SavedMethod", models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    key = models.TextField()
    tried_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["business", "key"], name="autopaytry_once")]
        indexes = [
            models.Index(fields=["payment"], name="autopaytry_of_payment"),
            models.Index(fields=["announcement"], name="autopaytry_of_announcement"),
            models.Index(fields=["customer"], name="autopaytry_of_customer"),
        ]


def failed(payment: "Payment", *, now: datetime) -> None:
    """A charge came to nothing: its next day, or the end of it; the customer is told, at the end the office, too.

    In the business's scope, under the lock of the customer's books, when the payment's row says so already.
    """
    rows = AutopayTry.objects.filter(payment_id=payment.pk).select_related("announcement")
    found = rows.first()
    if found is None:
        messages.payment_failed(payment, now=now)
        return
    announcement = found.announcement
    in_vain = announcement.tries.filter(payment__state="failed").count()
    first = announcement.tries.order_by("tried_on").values_list("tried_on", flat=True)[0]
    today = payment.customer.business.today(now)
    again = days.next_try(first, in_vain, today, payment.failure)
    if again:
        announcement.next_on = again
        announcement.save(update_fields=["next_on"])
    else:
        stop(announcement, Stopped.CONFIRM if payment.failure == "authentication_required" else Stopped.DECLINED)
        messages.office_autopay_ended(payment, now=now)
    messages.autopay_failed(payment, announcement.pk, now=now)


def charged(payment: "Payment") -> None:
    """A charge arrived: once is enough. In the business's scope, under the lock of the customer's books."""
    Announcement.objects.filter(tries__payment=payment).update(stopped=Stopped.PAID)


def stop(announcement: Announcement, why: Stopped) -> None:
    """Charge nothing more for it by itself."""
    announcement.stopped = why
    announcement.save(update_fields=["stopped"])
    record(
        Verb.AUTOPAY_STOPPED,
        actor=SYSTEM,
        business_id=announcement.business_id,
        subject=announcement,
        label=why,
        customer_id=announcement.customer_id,
        detail={"invoice": announcement.invoice_id},
    )
