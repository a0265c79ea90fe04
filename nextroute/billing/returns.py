"""Money that went back: what the business gave back, and what banks took."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db.models import F, IntegerField, TextField, Value

from nextroute.billing.disputes import CAME_BACK_AT, Dispute
from nextroute.billing.payments import Payment
from nextroute.billing.refunds import Refund

REFUND = "refund"
_COLUMNS = ("payment_id", "at", "kind", "state", "gone", "returned", "said", "undone")


@dataclass(frozen=True, slots=True)
class Back:
    """`cents` of a payment went; `returned_cents` of them came back. `kind`: REFUND, or a dispute's; `state` as there.
    `reason` is the office's, for its customer. `undone_at`: when a refund failed, or money last came back.
    """

    at: datetime
    kind: str
    state: str
    cents: int
    returned_cents: int
    reason: str
    undone_at: datetime | None


def of(payments: Iterable[Payment]) -> Mapping[UUID, Sequence[Back]]:
    """By payment, the oldest first; those without any are not named, nor refunds that never left. One statement,
    in the caller's scope.
    """
    keys = [payment.pk for payment in payments]
    refunds = Refund.objects.filter(payment__in=keys, went_at__isnull=False).annotate(
        at=F("went_at"),
        kind=Value(REFUND, TextField()),
        gone=F("cents"),
        returned=Value(0, IntegerField()),
        said=F("reason"),
        undone=F("failed_at"),
    )
    disputes = Dispute.objects.filter(payment__in=keys).annotate(
        at=F("opened_at"),
        gone=F("withdrawn_cents"),
        returned=F("returned_cents"),
        said=Value("", TextField()),
        undone=CAME_BACK_AT,
    )
    rows = refunds.values_list(*_COLUMNS).union(disputes.values_list(*_COLUMNS), all=True).order_by("payment_id", "at")
    return {key: [Back(*row[1:]) for row in of_payment] for key, of_payment in groupby(rows, key=lambda row: row[0])}
