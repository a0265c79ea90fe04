"""Which money pays which invoice, in plain Python: the oldest pays the oldest first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Source:
    """Money, or a credit note, with `cents` of it not spent yet. `wanted`: the invoices it is meant for, in order."""

    key: UUID
    cents: int
    wanted: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """`cents` of a source that pay an invoice; negative: that are taken back from it."""

    source: UUID
    invoice: UUID
    cents: int


def spread(sources: Iterable[Source], open_cents: Sequence[tuple[UUID, int]]) -> Iterator[Part]:
    """Spend sources on invoices (key, cents open), both the oldest first: each on what it is meant for, then on the
    oldest. What is left of a source beyond the open invoices is the customer's credit.
    """
    left = dict(open_cents)
    for source in sources:
        cents = source.cents
        for invoice in (*(one for one in source.wanted if one in left), *(key for key, _ in open_cents)):
            part = min(cents, left[invoice])
            if part > 0:
                left[invoice] -= part
                cents -= part
                yield Part(source.key, invoice, part)


def take_back(source: UUID, cents: int, spent: Iterable[tuple[UUID, int]]) -> Iterator[Part]:
    """Take `cents` of a source back from the invoices it was spent on (key, cents, the oldest first), the latest first:
    it was paid with what is now gone, and the older ones stay paid.
    """
    for invoice, paid in reversed(list(spent)):
        part = min(cents, paid)
        if part > 0:
            cents -= part
            yield Part(source, invoice, -part)
