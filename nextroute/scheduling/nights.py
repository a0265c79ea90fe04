"""The night: each business's days are closed and its routes generated early in its own morning."""

from datetime import date, datetime, time, timedelta

from django.db import connection

from nextroute.audit.recording import record
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import SYSTEM
from nextroute.core.days import ONE_DAY
from nextroute.core.verbs import verb
from nextroute.scheduling import closing, locks
from nextroute.scheduling.reconcile import Change, nightly
from nextroute.tenancy.businesses import Business

BEGINS = time(2)  # local; on the day this hour is left out, the next one counts


def due(business: Business, now: datetime) -> bool:
    """Whether it is past two there, and yesterday is not closed or the coming days not generated yet."""
    here = business.here(now)
    today, through = here.date(), business.generated_through
    wanted = today + timedelta(days=business.auto_generate_days)
    open_ = business.closed_through is not None and business.closed_through < today - ONE_DAY
    return here.time() >= BEGINS and (open_ or through is None or through < wanted)


def run(business: Business, *, now: datetime) -> Change:
    """Close the days before today, let go of whom nothing is left for, then generate through the coming ones. Safe to
    repeat, and beside another worker."""
    today = business.today(now)
    closing.close(business, today=today, now=now)
    canceled(business, today=today)
    return nightly(business, today=today)


@verb
def canceled(business: Business, *, today: date) -> int:
    """Active customers whose last subscription ended before `today` (local) are customers until the day it ended on.
    Returns how many; whoever never had a subscription stays. One statement, however many."""
    locks.schedule_exclusively(business)
    with scope.business(business.id):
        with connection.cursor() as cursor:
            cursor.execute(_CANCELED, {"business": business.id, "today": today})
            count: int = cursor.rowcount
        if count:
            record(
                Verb.CUSTOMERS_CANCELED,
                actor=SYSTEM,
                business_id=business.id,
                subject="customer",
                label=today.isoformat(),
                counts={"canceled": count},
            )
        return count


# A subscription that was taken back before it began has an end and no day; only where there is no other does it count.
_CANCELED = """
UPDATE customers_customer c SET canceled_on = ended.last + 1
FROM (
    SELECT customer_id, coalesce(max(ends_on) FILTER (WHERE ends_on >= starts_on), max(ends_on)) AS last
    FROM scheduling_subscription WHERE business_id = %(business)s GROUP BY customer_id
    HAVING bool_and(ends_on IS NOT NULL AND (ends_on < %(today)s OR ends_on < starts_on))
) AS ended
WHERE c.business_id = %(business)s AND c.id = ended.customer_id AND ended.last < %(today)s
    AND c.canceled_on IS NULL AND c.activated_on IS NOT NULL"""
