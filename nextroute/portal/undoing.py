"""Until when a request can be taken back, as its page says it. The verbs decide again."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from nextroute.core.days import ONE_DAY
from nextroute.core.words import clock, day_long
from nextroute.portal.askers import login_of
from nextroute.portal.requests import CustomerRequest
from nextroute.scheduling import notice
from nextroute.service_requests.kinds import Kind, State
from nextroute.service_requests.requests import ServiceRequest
from nextroute.tenancy.permissions import Action


def until(found: ServiceRequest, request: CustomerRequest) -> str:
    """“through Monday, July 20”, “until we answer”; "" when it cannot be taken back here (any more)."""
    state, kind, today = found.state(request.today), Kind(found.kind), request.today
    if state is State.PENDING:
        return _("You can take this back until we answer.")
    if state is not State.APPROVED or found.day is None:
        return ""
    if kind is Kind.EXTRA and found.extra:
        return _before(notice.ends_at(request.business, Action.EXTRA, login_of(request), found.extra.day), request)
    if kind is Kind.PLAN_CHANGE and found.day > today:
        return _("You can undo this through %(day)s.") % {"day": day_long(found.day - ONE_DAY, today)}
    if kind is Kind.CANCELLATION:
        return _("You can undo this through %(day)s.") % {"day": day_long(found.day, today)}
    return ""


def _before(end: datetime, request: CustomerRequest) -> str:
    """A day that ends at midnight is said by its name, not by the next one's first minute."""
    if end <= request.now:
        return ""
    here = request.business.here(end)
    if here.hour or here.minute:
        words = {"day": day_long(here.date(), request.today), "time": clock(here.time())}
        return _("You can undo this until %(day)s, %(time)s.") % words
    last = (here - timedelta(minutes=1)).date()
    return _("You can undo this through %(day)s.") % {"day": day_long(last, request.today)}
