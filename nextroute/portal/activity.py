"""Activity: the customer's own audit trail, in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nextroute.audit import trails
from nextroute.audit.trails import Action
from nextroute.audit.verbs import Verb
from nextroute.core.actors import ActorKind
from nextroute.core.days import first_of_month
from nextroute.core.words import clock, day_long, span
from nextroute.portal.doors import customer_page
from nextroute.portal.requests import CustomerRequest
from nextroute.service_requests import words
from nextroute.ui.pages import page

ON_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class Line:
    """What was done, on which local day, by whom and at what time."""

    day: date
    sentence: str
    by: str


@require_safe
@customer_page
def activity(request: CustomerRequest) -> HttpResponse:
    found = trails.of(request.customer.pk, SAID, before=_before(request), most=ON_A_PAGE + 1)
    shown = found[:ON_A_PAGE]
    months = groupby((_line(action, request) for action in shown), key=lambda line: first_of_month(line.day))
    more = {"before": str(shown[-1].id)} if len(found) > ON_A_PAGE else None
    return page(
        request,
        "portal/activity.html",
        months=[(first, list(lines)) for first, lines in months],
        more_link=request.link("portal_activity", query=more) if more else None,
    )


def _before(request: CustomerRequest) -> UUID | None:
    asked = request.GET.get("before", "")
    try:
        return UUID(asked) if asked else None
    except ValueError:
        raise Http404("That is no place in the list.") from None


def _line(action: Action, request: CustomerRequest) -> Line:
    here = request.business.here(action.at)
    who = _("You") if action.by is ActorKind.CUSTOMER else request.business.name
    by = _("%(who)s, at %(time)s") % {"who": who, "time": clock(here.time())}
    return Line(here.date(), SAID[action.verb](action.values, request.today), by)


type Sentence = Callable[[Mapping[str, Any], date], str]


def _plain(sentence: Callable[[], str]) -> Sentence:
    return lambda _values, _today: sentence()


def _held(values: Mapping[str, Any], today: date) -> str:
    if "start_date" not in values:
        return _("Service put on hold")
    first, last = (date.fromisoformat(values[end]) for end in ("start_date", "end_date"))
    return _("Service on hold, %(days)s") % {"days": span(first, last, today)}


def _changed_hold(values: Mapping[str, Any], today: date) -> str:
    if "start_date" not in values:
        return _("Days on hold changed")
    first, last = (date.fromisoformat(values[end]) for end in ("start_date", "end_date"))
    return _("Days on hold changed to %(days)s") % {"days": span(first, last, today)}


def _lifted(values: Mapping[str, Any], today: date) -> str:
    if "start_date" not in values:
        return _("Hold called off")
    first, last = (date.fromisoformat(values[end]) for end in ("start_date", "end_date"))
    return _("Hold of %(days)s called off") % {"days": span(first, last, today)}


def _brought_back(values: Mapping[str, Any], today: date) -> str:
    if "service_date" not in values:
        return _("A skipped visit brought back")
    return _("Visit brought back: %(day)s") % {"day": day_long(date.fromisoformat(values["service_date"]), today)}


def _skipped(values: Mapping[str, Any], today: date) -> str:
    if "service_date" not in values:
        return _("A visit skipped")
    return _("Visit skipped: %(day)s") % {"day": day_long(date.fromisoformat(values["service_date"]), today)}


def _asked(sentence: Callable[[], str]) -> Sentence:
    """A sentence about a request, and then what it was about, as long as that is kept."""
    return lambda values, today: ": ".join(filter(None, (sentence(), words.said(values, today))))


def _of_extra(said: Callable[[], str], untold: Callable[[], str]) -> Sentence:
    """`said` has room for the plan and the day; `untold` is for an entry whose detail is gone."""

    def sentence(values: Mapping[str, Any], today: date) -> str:
        if "day" not in values:
            return untold()
        return said() % {"plan": values["plan"], "day": day_long(date.fromisoformat(values["day"]), today)}

    return sentence


# What is said of each verb. Another plan and an end are said by the request for them; visits that were made or missed
# stand in Past visits instead.
SAID: Mapping[Verb, Sentence] = {
    Verb.HOLD_PLACED: _held,
    Verb.HOLD_CHANGED: _changed_hold,
    Verb.HOLD_LIFTED: _lifted,
    Verb.SKIP_PLACED: _skipped,
    Verb.SKIP_UNDONE: _brought_back,
    Verb.EXTRA_ORDERED: _of_extra(lambda: _("%(plan)s ordered: %(day)s"), lambda: _("An extra visit ordered")),
    Verb.EXTRA_RESCHEDULED: _of_extra(
        lambda: _("%(plan)s moved to another day: %(day)s"), lambda: _("An extra visit moved to another day")
    ),
    Verb.EXTRA_CALLED_OFF: _of_extra(lambda: _("%(plan)s called off: %(day)s"), lambda: _("An extra visit called off")),
    Verb.REQUEST_ASKED: _asked(lambda: _("Asked for")),
    Verb.REQUEST_APPROVED: _asked(lambda: _("Arranged")),
    Verb.REQUEST_DECLINED: _asked(lambda: _("Not possible")),
    Verb.REQUEST_WITHDRAWN: _asked(lambda: _("Taken back")),
    Verb.REQUEST_ANSWERED: _asked(lambda: _("Answered")),
    Verb.AUTOPAY_AGREED: _plain(lambda: _("Autopay turned on, or its limit changed")),
    Verb.AUTOPAY_ENDED: _plain(lambda: _("Autopay turned off")),
    Verb.METHOD_SAVED: _plain(lambda: _("A card or bank account saved")),
    Verb.METHOD_CHOSEN: _plain(lambda: _("Another card or bank account chosen")),
    Verb.METHOD_REMOVED: _plain(lambda: _("A card or bank account removed")),
    Verb.SIGNED_IN: _plain(lambda: _("Signed in")),
    Verb.SIGNED_OUT: _plain(lambda: _("Signed out")),
    Verb.PASSWORD_SET: _plain(lambda: _("Password changed")),
    Verb.LOGIN_INVITED: _plain(lambda: _("Invitation sent")),
    Verb.LINK_ASKED: _plain(lambda: _("Sign-in link sent")),
    Verb.FEED_OPENED: _plain(lambda: _("Calendar link made")),
    Verb.FEED_REVOKED: _plain(lambda: _("Calendar link switched off")),
    Verb.SMS_STOPPED: _plain(lambda: _("Text messages stopped")),
    Verb.SMS_STARTED: _plain(lambda: _("Text messages started again")),
}
