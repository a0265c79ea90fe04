"""The close of a day: what was due and not served is kept as a record, so that later changes cannot rewrite it."""

from datetime import date, datetime

from django.db import connection

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import SYSTEM
from nextroute.core.days import ONE_DAY
from nextroute.core.verbs import verb
from nextroute.scheduling import locks, question
from nextroute.tenancy.businesses import Business


def close(business: Business, *, today: date, now: datetime) -> int:
    """Close every day before `today` (local) that is not closed yet, one transaction each; returns the visits recorded.

    Stops still pending stay so: the office confirms them. Before the first generation there is no record to keep.
    """
    recorded = 0
    with scope.transaction_of() as become:
        become(scope.Scope(business.id))
        business.refresh_from_db(fields=["closed_through"])
    while business.closed_through and (day := business.closed_through + ONE_DAY) < today:
        recorded += _close_day(business, day, now)
    return recorded


@verb
def _close_day(business: Business, day: date, now: datetime) -> int:
    locks.schedule_exclusively(business)
    with scope.business(business.id):
        business.refresh_from_db(fields=["closed_through"])
        if business.closed_through and day <= business.closed_through:
            return 0  # somebody else closed it meanwhile; what changed since is not of its record
        moves = question.shifts(business, day, day)
        due_from = min([day, *(m.due_on for m in moves if m.planned_on == day)])
        asked = question.parameters(moves, due_from, day, None)
        with connection.cursor() as cursor:
            cursor.execute(question.sql("close"), {**asked, "business": business.id, "day": day, "now": now})
            row = cursor.fetchone()
        business.closed_through = day
        business.save(update_fields=["closed_through"])
        recorded: int = (row or (0,))[0]
        if recorded:
            record(
                Verb.DAY_CLOSED,
                actor=SYSTEM,
                business_id=business.id,
                subject="day",
                label=day.isoformat(),
                counts={"recorded": recorded},
            )
    return recorded
