"""Booking: on which day of the books news counts. Days that are over stay as they were printed.

The rule: docs/rules/statements.md.
"""

from datetime import datetime

from nextroute.tenancy.businesses import Business


def at(happened: datetime | None, business: Business, *, now: datetime, after: datetime | None = None) -> datetime:
    """The instant news counts at: when it happened, if known and today (local), no sooner than `after`; else now."""
    if happened is None or business.today(happened) != business.today(now):
        return now
    return max(happened, after) if after else happened
