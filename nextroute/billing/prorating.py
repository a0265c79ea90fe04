"""What a plan that is paid by the month costs in a month, in plain Python. Cents. docs/rules/invoicing.md.

`sql/flat.sql` says the same of many.
"""

from dataclasses import dataclass

from nextroute.core.money import share


@dataclass(frozen=True, slots=True)
class Month:
    """The visits of one subscription in one month.

    `in_all`: were it to run the whole month; `scheduled`: from its first day to its last, days the customer is paused
    or canceled left out; `missed`: of these, by a hold or a skip. `whole`: it runs from the month's first day to its
    last.
    """

    in_all: int
    scheduled: int
    missed: int
    whole: bool


def charge(price_cents: int, month: Month) -> int:
    """The month's price, or the part of it whose visits are the subscription's. A whole month without any costs all."""
    if not month.in_all:
        return price_cents if month.whole else 0
    return share(price_cents, month.scheduled, month.in_all)


def credit(price_cents: int, month: Month, hold_credit: str) -> int:
    """What comes off for visits missed by holds and skips: `price x missed / scheduled`, or nothing when "none"."""
    return share(price_cents, month.missed, month.in_all) if hold_credit == "prorated" else 0
