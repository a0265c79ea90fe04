"""What the office reads of requests: those to answer, those answered lately, and one by its key."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from nextroute.service_requests.kinds import State
from nextroute.service_requests.requests import ServiceRequest


def to_answer(today: date) -> Sequence[ServiceRequest]:
    """Those that wait, the longest waiting first. Two statements, in the business's scope."""
    return list(ServiceRequest.objects.waiting(today).in_words())


def count(today: date) -> int:
    """How many wait. One statement."""
    return ServiceRequest.objects.waiting(today).count()


def answered(most: int) -> Sequence[ServiceRequest]:
    """The latest that were answered or taken back. Two statements."""
    over = ServiceRequest.objects.exclude(answer_state=State.PENDING).order_by("-answered_at", "-id")
    return list(over.in_words()[:most])


def find(key: UUID) -> ServiceRequest | None:
    """The request with this key, its customer and their business at hand."""
    found = ServiceRequest.objects.in_words().filter(id=key).first()
    if found:
        found.customer.business = found.business
    return found
