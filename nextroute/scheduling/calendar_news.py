"""What a feed's subscribers are told: the visits there are now, compared with what they were told before.

The rule: docs/rules/calendar-feed.md.
"""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from zoneinfo import ZoneInfo

from django.db.models import Q

from nextroute.core import scope
from nextroute.core.days import ONE_DAY, add_months
from nextroute.customers.customers import Customer
from nextroute.scheduling import calendar_events, locks, past_visits, visits
from nextroute.scheduling.calendar_events import CalendarEvent, Shown, Status
from nextroute.scheduling.feeds import CalendarFeed
from nextroute.scheduling.visits import State, Visit

RECORD = timedelta(days=60)
AHEAD = 6  # months

# The summary and the description of a visit, in the reader's language; none: nothing plans it any more.
type Say = Callable[[Visit | None], tuple[str, str]]


def bring_up_to_date(
    feed: CalendarFeed, customer: Customer, say: Say, *, today: date, now: datetime
) -> list[CalendarEvent] | None:
    """The events of the feed, from 60 days back to 6 months ahead, in order; none when it has been revoked meanwhile.

    Writes what is news, and nothing when there is none. In the customer's scope; their `business` is at hand. A fixed
    number of statements: four, and seven more (and their scopes) with news.
    """
    told, news = _compared(feed, customer, say, today, now)
    if news:
        with scope.business():
            if not locks.feed(feed.pk):
                return None
            customer.business.refresh_from_db(fields=["generated_through"])
        # Another reader may have told the same, or something newer, before the lock was ours.
        told, news = _compared(feed, customer, say, today, now)
        with scope.business():
            _keep(news)
    return told


def _compared(
    feed: CalendarFeed, customer: Customer, say: Say, today: date, now: datetime
) -> tuple[list[CalendarEvent], list[CalendarEvent]]:
    """The feed's events as they are to be, and those among them that have to be told."""
    first, last = today - RECORD, add_months(today, AHEAD)
    found = _found(customer, first, last, today)
    in_view = Q(uid__in=list(found)) | Q(day__range=(first, last))
    rows = {row.uid: row for row in customer.calendar_events.filter(in_view)}
    news = []
    for uid in found.keys() | rows.keys():
        row = rows.get(uid)
        before = row.shown if row and row.feed_id == feed.pk else None
        after = _shown(found.get(uid), before, say, customer, today)
        if after is not None and after != before:
            rows[uid] = _told(feed, uid, after, row.sequence + 1 if row else 0, now)
            news.append(rows[uid])
    shown = [row for row in rows.values() if row.feed_id == feed.pk and first <= row.day <= last]
    return sorted(shown, key=lambda row: (row.day, row.uid)), news


def _found(customer: Customer, first: date, last: date, today: date) -> dict[str, Visit]:
    """The visits of the window by their names: the record, and what is planned. Of an extra, its latest attempt."""
    record = past_visits.between(customer, first, today - ONE_DAY)
    planned = visits.between(customer, today, last, today=today)
    found = sorted((*record, *planned), key=attrgetter("attempt"))
    return {calendar_events.uid(visit): visit for visit in found}


def _shown(visit: Visit | None, before: Shown | None, say: Say, customer: Customer, today: date) -> Shown | None:
    """What is to be shown of a visit, given what was; none: nothing, because nobody was told that it would be."""
    served = visit is not None and visit.state not in (State.OFF, State.SKIPPED)
    if before is None and not served:
        return None
    summary, description = say(visit)
    if visit is not None and served:
        status = Status.TENTATIVE if visit.state is State.EXPECTED else Status.CONFIRMED
        starts_at, ends_at = _hours(visit, ZoneInfo(customer.business.timezone))
        after = Shown(visit.day, starts_at, ends_at, status, summary, visit.address, description)
    else:
        assert before is not None
        after = replace(before, status=Status.CANCELLED, summary=summary, description=description)
    # A day that is over stays as it was told, unless somebody came, or nobody did, after all.
    settled = before and before.day < today and (before.day, before.status) == (after.day, after.status)
    return before if settled else after


def _hours(visit: Visit, zone: ZoneInfo) -> tuple[datetime, datetime] | tuple[None, None]:
    """The instants of the arrival window; none without one, or when it lies in the hour that clocks leave out."""
    if visit.window is None:
        return None, None
    starts, ends = (datetime.combine(visit.day, time, zone).astimezone(UTC) for time in visit.window)
    return (starts, ends) if starts < ends else (None, None)


def _told(feed: CalendarFeed, uid: str, shown: Shown, sequence: int, now: datetime) -> CalendarEvent:
    return CalendarEvent(
        business_id=feed.business_id,
        customer_id=feed.customer_id,
        feed_id=feed.pk,
        uid=uid,
        sequence=sequence,
        changed_at=now,
        **asdict(shown),
    )


def _keep(news: list[CalendarEvent]) -> None:
    """One statement, however many: new names are added, known ones changed."""
    CalendarEvent.objects.bulk_create(
        news,
        update_conflicts=True,
        unique_fields=["customer", "uid"],
        update_fields=["feed", "sequence", "changed_at", *Shown.__dataclass_fields__],
    )
