"""A visit as a calendar says it, in the reader's language: the line in the month, and the words behind it.

Nothing here depends on the day it is said on: what is read again unchanged must read the same.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nextroute.core.words import day_long
from nextroute.scheduling.calendar import Reason
from nextroute.scheduling.calendar_news import Say
from nextroute.scheduling.visits import State, Visit


def saying(business_name: str) -> Say:
    """What a calendar says of each of the business's visits."""

    def say(visit: Visit | None) -> tuple[str, str]:
        if visit is None:
            return _no_visit(business_name), _("This visit is not planned any more.")
        if visit.state in (State.OFF, State.SKIPPED):
            return _no_visit(business_name), _why(visit)
        summary = _("%(business)s: %(plan)s") % {"business": business_name, "plan": visit.plan}
        return summary, "\n".join(_lines(visit))

    return say


def _no_visit(business_name: str) -> str:
    """Said in words, too: some calendars show what is cancelled like everything else."""
    return _("%(business)s: no visit") % {"business": business_name}


def _lines(visit: Visit) -> Iterator[str]:
    if visit.bins:
        yield ngettext("%(count)s bin", "%(count)s bins", visit.bins) % {"count": visit.bins}
    if visit.bin_location:
        yield _("Where the bins go: %(place)s") % {"place": visit.bin_location}
    if visit.moved_from:
        yield _("Moved from %(day)s.") % {"day": day_long(visit.moved_from, visit.day)}
    if visit.state is State.EXPECTED:
        yield _("Expected: we set our routes about a week ahead. If the day changes, it changes here too.")


def _why(visit: Visit) -> str:
    if visit.state is State.SKIPPED:
        return visit.note or _("We couldn’t serve you on this day.")
    match visit.reason:
        case Reason.HOLIDAY:
            return f"{visit.note or _('Holiday')}. {_('Nobody is out.')}"
        case Reason.SKIP:
            return _("You asked us to skip it.") + (f" “{visit.note}”" if visit.note else "")
        case Reason.HOLD:
            return _("You’re away") + "."
        case Reason.PAUSED:
            return _("Your service is paused") + "."
        case Reason.CANCELED:
            return _("Your service has ended") + "."
        case _:
            return visit.note or _("We took this visit off. Call us if you miss it.")
