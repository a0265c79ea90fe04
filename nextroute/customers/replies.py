"""Replies: what customers write back by text message."""

from datetime import datetime
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from nextroute.core import scope, words
from nextroute.core.actors import Actor, ActorKind
from nextroute.core.verbs import verb
from nextroute.customers.customers import Customer
from nextroute.notifications import consents, keywords, sms_numbers
from nextroute.notifications.keywords import Keyword
from nextroute.tenancy.businesses import Business

# Whoever holds the phone; no login proved itself.
HOLDER = Actor(ActorKind.CUSTOMER)


@verb
def heard(text: str, *, phone: str, number: str, now: datetime) -> str:
    """Do as the message from `phone` to a business's `number` says (both E.164); returns the answer, "" for none.

    STOP ends the phone's consent at that business alone, START gives it back, HELP says who writes. Anything else, and
    whatever is for a number that is no business's, is let be. It stands in the trail of the customer whose phone it is,
    when it is one customer's alone.
    """
    keyword = keywords.meant(text)
    business_id = sms_numbers.owner(number) if keyword else None
    if business_id is None:
        return ""
    with scope.business(business_id):
        customer = _only_one_with(phone, business_id)
        whose = customer.id if customer else None
        if keyword is Keyword.HELP:
            return _help(Business.objects.get(id=business_id), customer)
        change = consents.stop if keyword is Keyword.STOP else consents.give_back
        change(business_id, phone, actor=HOLDER, now=now, customer_id=whose)
    return ""


def _only_one_with(phone: str, business_id: UUID) -> Customer | None:
    found = Customer.objects.filter(business_id=business_id, phone=phone)[:2]
    return found[0] if len(found) == 1 else None


def _help(business: Business, customer: Customer | None) -> str:
    language = customer.language if customer else business.locale.partition("-")[0]
    with translation.override(words.speech(language, business.locale)):
        said = {"business": business.name, "phone": business.phone}
        if business.phone:
            return _("%(business)s: call %(phone)s for help. Reply STOP to get no more messages.") % said
        return _("%(business)s: reply STOP to get no more messages.") % said
