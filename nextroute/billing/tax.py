"""Tax, in plain Python: one amount for each rate group of an invoice. `sql/totals.sql` says the same of many."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from nextroute.core.money import round_half_up, share


@dataclass(frozen=True, slots=True)
class Group:
    """What is taxed at one `rate` (percent): the sum of its lines and the tax on it, cents."""

    rate: Decimal
    cents: int
    tax_cents: int


def groups(lines: Iterable[tuple[int, Decimal]]) -> tuple[Group, ...]:
    """Lines (cents, percent) by rate, the lowest first. Rounded once a group, so many small lines lose nothing."""
    sums: dict[Decimal, int] = {}
    for cents, rate in lines:
        sums[rate] = sums.get(rate, 0) + cents
    return tuple(Group(rate, sums[rate], round_half_up(sums[rate], rate)) for rate in sorted(sums))


def total(lines: Iterable[tuple[int, Decimal]]) -> int:
    """The tax of all groups, cents."""
    return sum(group.tax_cents for group in groups(lines))


def of_credit(tax_cents: int, total_cents: int, *, before_cents: int, before_tax_cents: int, cents: int) -> int:
    """How much of a credit of `cents` (tax included) is tax, on an invoice credited `before_cents` already.

    Counted from the beginning each time, so that credits which add up to the invoice take back exactly its tax.
    """
    return share(tax_cents, before_cents + cents, total_cents) - before_tax_cents
