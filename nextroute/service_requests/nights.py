"""The night: customers hear of what nobody answered in time."""

from datetime import datetime, timedelta

from nextroute.core import scope
from nextroute.core.verbs import verb
from nextroute.service_requests import messages
from nextroute.service_requests.kinds import State
from nextroute.service_requests.requests import ServiceRequest
from nextroute.tenancy.businesses import Business

BACK = timedelta(days=7)  # how long ago it may be, when nights were left out


@verb
def run(business: Business, *, now: datetime) -> int:
    """Tell of the requests that waited until it was too late; returns the messages. Safe to repeat: told once."""
    today = business.today(now)
    with scope.business(business.id):
        over = ServiceRequest.objects.filter(
            answer_state=State.PENDING, expires_after__lt=today, expires_after__gte=today - BACK
        )
        return messages.expired(over.select_related("customer"), business, now=now)
