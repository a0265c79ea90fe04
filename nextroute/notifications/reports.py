"""Reports: what a provider says became of a message after it took it. Any number of times, in any order, to one end.

A delivery is found by presenting its `provider_id`: the provider's own name for it once it answered, our key before.
"""

from datetime import datetime
from uuid import UUID

from django.db import models

from nextroute.core import scope
from nextroute.core.actors import SYSTEM
from nextroute.core.verbs import verb
from nextroute.notifications import bounces, consents
from nextroute.notifications.deliveries import Delivery
from nextroute.notifications.sms import OPTED_OUT
from nextroute.notifications.triggers import Channel

Status = Delivery.Status
_ARRIVED = {"sent", "delivered"}
_FAILED = {"failed", "undelivered"}


@verb
def text_message(*, sid: str, delivery_id: UUID | None, status: str, code: str, now: datetime) -> None:
    """A text message, `sid` to the provider, is now in `status` there; `code` says why. One nobody knows is ignored.

    One that arrived although the line dropped before the answer is not sent again.
    """
    found = _presented(Channel.SMS, str(delivery_id or ""), sid)
    if found is None:
        return
    with scope.business(found.business_id):
        if status in _ARRIVED:
            _of(found, Status.QUEUED).update(status=Status.SENT, provider_id=sid, sent_at=now, why="")
        if status in _FAILED:
            _of(found, Status.QUEUED, Status.SENT).update(status=Status.FAILED, why=f"{status} {code}".strip())
        if code == str(OPTED_OUT):
            consents.stop(found.business_id, found.address, actor=SYSTEM, now=now, customer_id=found.customer_id)


@verb
def mail_came_back(*, delivery_id: UUID, why: str, now: datetime) -> None:
    """A mail did not arrive and never will, or its reader calls it spam: nothing but security mail goes there now.

    Said again, it changes nothing: the office may have cleared the address since.
    """
    found = _presented(Channel.EMAIL, str(delivery_id))
    if found is None:
        return
    with scope.business(found.business_id):
        if _of(found, Status.QUEUED, Status.SENT).update(status=Status.BOUNCED, why=why):
            bounces.note(found.business_id, found.address, why=why, now=now)


def _presented(channel: Channel, *names: str) -> Delivery | None:
    """By the first of the names that is one's. Our key comes first: a worker may be giving it up for the other."""
    for name in filter(None, names):
        with scope.presenting(name):
            if found := Delivery.objects.filter(provider_id=name, channel=channel).first():
                return found
    return None


def _of(delivery: Delivery, *statuses: Status) -> models.QuerySet[Delivery]:
    return Delivery.objects.filter(id=delivery.id, status__in=statuses)
