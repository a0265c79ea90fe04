"""On which days autopay tells, charges and tries again, in plain Python. Local dates; docs/rules/autopay.md."""

from datetime import date, timedelta

from nextroute.core.days import ONE_DAY, add_months, first_of_month, last_of_month

AHEAD = timedelta(days=3)  # before the day it is due an invoice is announced
NOTICE = timedelta(days=2)  # at least, between the announcement and the charge
RETRIES = (timedelta(days=1), timedelta(days=3), timedelta(days=7))  # after the first try
# What no further try of ours can change: the bank wants its customer there; the amount is too small for Stripe.
IN_VAIN = frozenset({"authentication_required", "amount_too_small"})


def told_on(due: date, seen: date) -> date:
    """The day an invoice that is due on `due` and first seen on `seen` is announced."""
    return max(seen, due - AHEAD)


def charged_on(due: date, told: date) -> date:
    """The day an invoice that was announced on `told` is charged."""
    return max(due, told + NOTICE)


def next_try(first: date, failed: int, today: date, failure: str) -> date | None:
    """The day of the next try; none when there is none. `first`: the day of the first one; `failed`: how many came to
    nothing, the last one, for this `failure` (a code of Stripe's), as was heard today.
    """
    if failure in IN_VAIN or not 1 <= failed <= len(RETRIES):
        return None
    return max(first + RETRIES[failed - 1], today + ONE_DAY)


def expiring(today: date) -> tuple[date, date]:
    """Between which last days, both included, a card is told of: those of the month ahead."""
    ahead = add_months(first_of_month(today), 1)
    return ahead, last_of_month(ahead)
