"""A customer's own requests as they read them: what is open first, then what is arranged, then what is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Coalesce

from nextroute.customers.customers import Customer
from nextroute.service_requests.kinds import State
from nextroute.service_requests.requests import ServiceRequest


class Rank(IntEnum):
    """Where in the list a request stands; the same that `ServiceRequest.state` says, for the database."""

    OPEN = 0
    ARRANGED = 1
    OVER = 2


class After(NamedTuple):
    """A row's place in the list: a page may begin after it."""

    rank: Rank
    id: UUID


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of requests, in `words.describe`'s reach; `further`: the last row's place, if there are more."""

    requests: Sequence[ServiceRequest]
    further: After | None


def of(customer: Customer, *, today: date, rows: int, after: After | None = None) -> Asked:
    """`rows` of them on a local day, the newest of a rank first. Two statements, in the caller's scope."""
    ranked = _ranked(customer, today).in_words()
    if after:
        ranked = ranked.filter(Q(rank__gt=after.rank) | Q(rank=after.rank, id__lt=after.id))
    found = list(ranked.order_by("rank", "-id")[: rows + 1])
    shown = found[:rows]
    last = shown[-1] if len(found) > rows else None
    return Asked(shown, After(Rank(vars(last)["rank"]), last.pk) if last else None)


def waiting(customer: Customer, *, today: date) -> Sequence[ServiceRequest]:
    """Those that wait for an answer, the oldest first, as `words.in_short` reads them. One statement, in the caller's
    scope."""
    found = _ranked(customer, today).filter(rank=Rank.OPEN).order_by("id")
    return list(found.select_related("plan", "subscription__plan", "extra"))


def _ranked(customer: Customer, today: date) -> Any:
    """The customer's requests, each with its `rank`, which the types of queries know nothing of."""
    too_late = Q(expires_after__lt=today)
    stands = Q(answer_state=State.APPROVED, extra__called_off_at=None)
    lost = stands & Q(extra__dropped_at__isnull=False)
    until = Coalesce("last_day", "extra__day", "day")
    return customer.service_requests.alias(until=until).annotate(
        rank=Case(
            When(Q(answer_state=State.PENDING) & ~too_late | lost, then=Value(Rank.OPEN)),
            When(stands & (Q(until__gte=today) | Q(until=None)), then=Value(Rank.ARRANGED)),
            default=Value(Rank.OVER),
            output_field=models.SmallIntegerField(),
        )
    )
