"""Dead letters: what was given up or came back, for the office to look at and to send again."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from nextroute.audit import recording as audit
from nextroute.audit.verbs import Verb
from nextroute.core import jobs, scope
from nextroute.core.actors import Actor
from nextroute.core.errors import Refused
from nextroute.core.verbs import verb
from nextroute.notifications import bounces
from nextroute.notifications.deliveries import Delivery
from nextroute.notifications.telling import DELIVER, URGENT
from nextroute.tenancy.businesses import Business


def of(business: Business, *, most: int = 100) -> list[Delivery]:
    """The business's dead letters, newest first."""
    with transaction.atomic(), scope.business(business.id):
        return list(Delivery.objects.dead()[:most])


@verb
def resend(delivery_id: UUID, *, business: Business, actor: Actor, now: datetime) -> Delivery:
    """Try a dead letter anew, as if it had never been tried; its address is given another chance, too.

    It goes out with the Message-ID it had. Raises Refused when there is no such dead letter, or it is of no use now.
    """
    with scope.business(business.id):
        letter = Delivery.objects.dead().select_for_update(no_key=True).filter(id=delivery_id).first()
        if letter is None:
            raise Refused(_("No message with this key was given up."), field="delivery")
        if letter.not_after and now > letter.not_after:
            raise Refused(_("It is too late for this message."), field="delivery")
        letter.status, letter.attempts, letter.due_at = Delivery.Status.QUEUED, 0, now
        letter.why, letter.provider_id = "", None
        letter.save(update_fields=["status", "attempts", "due_at", "why", "provider_id"])
        bounces.clear(business.id, letter.address, now=now)
        audit.record(
            Verb.DELIVERY_RESENT,
            actor=actor,
            business_id=business.id,
            subject=letter,
            label=f"{letter.trigger} {letter.channel}",
            customer_id=letter.customer_id,
        )
        jobs.wake(DELIVER, business.id, priority=URGENT)
    return letter
