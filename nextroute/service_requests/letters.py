"""What messages about requests say, read from the request as it is when they are sent (notifications/composing.py)."""

from datetime import datetime

from django.utils.translation import gettext as _

from nextroute.notifications.composing import Variables, composes
from nextroute.notifications.deliveries import Delivery
from nextroute.notifications.triggers import Trigger
from nextroute.service_requests import words
from nextroute.service_requests.kinds import Kind, State
from nextroute.service_requests.requests import ServiceRequest
from nextroute.tenancy.links import Link

_TO_CUSTOMERS = (
    Trigger.REQUEST_RECEIVED,
    Trigger.REQUEST_APPROVED,
    Trigger.REQUEST_DECLINED,
    Trigger.REQUEST_WITHDRAWN,
    Trigger.REQUEST_EXPIRED,
    Trigger.REQUEST_ANSWERED,
)


def _to_the_customer(delivery: Delivery, link: Link, now: datetime) -> Variables | None:
    """What was done is confirmed, whatever became of it since; that it is too late, only while it is."""
    request = _request(delivery)
    expired = delivery.about is Trigger.REQUEST_EXPIRED
    if request is None or (expired and request.state(delivery.business.today(now)) is not State.EXPIRED):
        return None
    action = {"action_url": link("portal_sign_in", delivery.business, absolute=True)}
    return {**_of(request, delivery, now), "answer": request.answer, **action}


for _trigger in _TO_CUSTOMERS:
    composes(_trigger)(_to_the_customer)


@composes(Trigger.OFFICE_REQUEST)
def _to_the_office(delivery: Delivery, link: Link, now: datetime) -> Variables | None:
    """What a customer did, as it was done: also when they have thought better of it since."""
    request = _request(delivery)
    if request is None:
        return None
    return {
        **_of(request, delivery, now),
        "customer_name": str(request.customer),
        "what": _what(Trigger(delivery.facts["about"]), request),
        "notes": request.note,
        "action_url": link("dashboard_requests", absolute=True),
    }


def _what(about: Trigger, request: ServiceRequest) -> str:
    if about is Trigger.REQUEST_WITHDRAWN:
        return _("takes a request back")
    if about is Trigger.REQUEST_APPROVED:
        return _("has arranged something")
    return _("reports a problem") if request.kind == Kind.PROBLEM else _("asks for something")


def _of(request: ServiceRequest, delivery: Delivery, now: datetime) -> dict[str, str]:
    found = words.describe(request, delivery.business.today(now))
    return {"request": found.title, "details": "\n".join(found.details)}


def _request(delivery: Delivery) -> ServiceRequest | None:
    return ServiceRequest.objects.in_words().filter(id=delivery.facts["request"]).first()
