"""Notice: until when a visit can still be changed. It applies to each visit, not to the request.

The rule and its table: docs/rules/holds.md.
"""

from datetime import date, datetime, timedelta

from nextroute.core.actors import Actor
from nextroute.core.days import ONE_DAY, hours_before
from nextroute.tenancy.businesses import Business
from nextroute.tenancy.permissions import Action, notice_hours


def first_day(business: Business, action: Action, actor: Actor, now: datetime) -> date:
    """The first service day (local) whose visits the actor can still do this to: today for staff."""
    today = business.today(now)
    hours = notice_hours(business, action, actor)
    if hours is None:
        return today
    day = today + timedelta(days=1 + hours // 24)
    return day if now < hours_before(business.timezone, day, hours) else day + ONE_DAY


def ends_at(business: Business, action: Action, actor: Actor, day: date) -> datetime:
    """The instant from which the visits of a service day (local) stay as they are; for staff, the day's end."""
    hours = notice_hours(business, action, actor)
    if hours is None:
        return hours_before(business.timezone, day + ONE_DAY, 0)
    return hours_before(business.timezone, day, hours)
