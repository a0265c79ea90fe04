"""The night: each business's days are closed and its routes generated early in its own morning."""

from datetime import datetime, time, timedelta

from nextroute.core.days import ONE_DAY
from nextroute.scheduling import closing
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
    """Close the days before today, then generate through the coming ones. Safe to repeat, and beside another worker."""
    today = business.today(now)
    closing.close(business, today=today, now=now)
    return nightly(business, today=today)
