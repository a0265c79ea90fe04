"""A customer's own trail: what was done for them and by them, newest first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from nextroute.audit.entries import Entry
from nextroute.audit.verbs import Verb
from nextroute.core.actors import ActorKind


@dataclass(frozen=True, slots=True)
class Action:
    """One entry as its customer may see it. `values`: its detail, empty once retention has deleted it. `at` is UTC."""

    id: UUID
    verb: Verb
    by: ActorKind
    at: datetime
    values: Mapping[str, Any]


def of(customer_id: UUID, verbs: Collection[Verb], *, before: UUID | None, most: int) -> Sequence[Action]:
    """The customer's actions of these kinds, from the one after `before` on. One statement, in the customer's scope."""
    entries = Entry.objects.filter(customer_id=customer_id, verb__in=verbs).latest_first(before=before)
    columns = ("id", "verb", "actor_kind", "at", "detail__values")
    return [
        Action(key, Verb(verb), ActorKind(kind), at, values or {})
        for key, verb, kind, at, values in entries.values_list(*columns)[:most]
    ]
