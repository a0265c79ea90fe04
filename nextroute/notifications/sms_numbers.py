"""SmsNumber: the number a business's text messages come from, and answers to them go to."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from nextroute.audit import recording as audit
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.errors import Refused
from nextroute.core.phones import e164
from nextroute.core.rows import BusinessRow
from nextroute.core.verbs import verb
from nextroute.tenancy.businesses import Business


class SmsNumber(BusinessRow):
    """One number (E.164), of one business: who answers it names the business it was sent to."""

    business = models.OneToOneField("tenancy.Business", models.PROTECT, db_constraint=False, related_name="sms_number")
    number = models.TextField(help_text="E.164")
    given_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number"], name="sms_number_once")]


def of(business: Business) -> str:
    """The business's number; "" when it has none, and sends no text messages. In scope."""
    own: SmsNumber | None = getattr(business, "sms_number", None)
    return own.number if own else ""


def owner(number: str) -> UUID | None:
    """The business a message to this number is for. In a transaction, in nobody's scope yet."""
    with scope.presenting(number):
        found = SmsNumber.objects.filter(number=number).first()
    return found.business_id if found else None


@verb
def give(*, business: Business, number: str, actor: Actor, now: datetime) -> str:
    """Send the business's text messages from this number from now on; returns it as E.164.

    Raises Refused (field "number") when it can be none, or is another business's.
    """
    own = _read(number)
    with scope.business(business.id):
        if not SmsNumber.objects.filter(business=business, number=own).exists():
            row = _given(business, own, now)
            audit.record(Verb.SMS_NUMBER_GIVEN, actor=actor, business_id=business.id, subject=row, label=own)
    return own


@verb
def take_back(*, business: Business, actor: Actor) -> str:
    """The business sends no text messages any more, and another one may have its number; returns it, "" for none."""
    with scope.business(business.id):
        row = SmsNumber.objects.select_for_update().filter(business=business).first()
        if row is None:
            return ""
        audit.record(Verb.SMS_NUMBER_TAKEN_BACK, actor=actor, business_id=business.id, subject=row, label=row.number)
        row.delete()
    return row.number


def _given(business: Business, number: str, now: datetime) -> SmsNumber:
    try:
        with transaction.atomic():
            row, _made = SmsNumber.objects.update_or_create(
                business=business, defaults={"number": number, "given_at": now}
            )
    except IntegrityError as taken:
        raise Refused(_("Another business has this number."), field="number") from taken
    return row


def _read(number: str) -> str:
    try:
        own = e164(number)
    except ValueError:
        own = ""
    if not own:
        raise Refused(_("Use an international number, such as +13035550142."), field="number")
    return own
