"""In the demo's world: visits reported so late that their month was billed before, each on an invoice of its own.

Run as a process, `python -m tests.journeys.late_visits SLUG REF`, with the demo's NEXTROUTE_VAR.
"""

import sys
from datetime import date

from nextroute.config import workbench
from nextroute.core.days import ONE_DAY, add_months, first_of_month, last_of_month


def main(slug: str, ref: str) -> None:
    """Two visits of last month's: the first is billed and sent, the second stands on a draft."""
    with workbench.database():
        from nextroute.billing import invoices, run
        from nextroute.core.actors import SYSTEM
        from nextroute.customers.models import Customer
        from tests import cast

        business, now = workbench.business(slug), workbench.now()
        today = business.today(now)
        month = add_months(first_of_month(today), -1)
        with cast.inside(business):
            subscription = Customer.objects.get(ref=ref).subscriptions.get()
            first, second, *_ = _without(set(subscription.stops.values_list("due_on", flat=True)), month)
        for day in (first, second):
            invoices.send_all(business=business, period_first=month, actor=SYSTEM, now=now)
            with cast.inside(business):
                cast.a_stop(subscription, day.isoformat(), price_cents=1_000 + day.day)
            run.draft(business, first=month, today=today, now=now, actor=SYSTEM)


def _without(visits: set[date], month: date) -> list[date]:
    """The month's last days on which there was none, the last first."""
    days = [last_of_month(month) - ahead * ONE_DAY for ahead in range(10)]
    return [day for day in days if day not in visits]


if __name__ == "__main__":
    main(*sys.argv[1:])
