"""Recording: the third beat of every verb."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from django.db import connection, models

from nextroute.audit.verbs import Verb
from nextroute.core.actors import Actor

LONGEST_AGENT = 200  # characters


def record(
    verb: Verb,
    *,
    actor: Actor,
    business_id: UUID,
    subject: models.Model | str,
    label: str = "",
    customer_id: UUID | None = None,
    changed: Sequence[str] = (),
    counts: Mapping[str, int] | None = None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Write one entry, in the action's transaction and the business's scope. One statement.

    `subject` is the row it was done to, or the kind of thing when it was many. `label` names it without naming a
    person; `detail` holds what is personal. `customer_id`: in whose trail it is shown.
    """
    kind, key = (subject, None) if isinstance(subject, str) else (subject._meta.model_name, subject.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            _sql(),
            {
                "business": business_id,
                "actor_kind": actor.kind,
                "actor_id": actor.id,
                "verb": verb,
                "subject_type": kind,
                "subject_id": key,
                "label": label,
                "customer": customer_id,
                "changed": list(changed),
                "counts": json.dumps(counts or {}),
                "ip": actor.ip,
                "user_agent": actor.user_agent.replace("\0", "")[:LONGEST_AGENT],
                "detail": None if detail is None else json.dumps(detail, default=_plain),
            },
        )


@cache
def _sql() -> str:
    return (Path(__file__).parent / "sql" / "record.sql").read_text()


def _plain(value: object) -> str:
    """Days and keys as text; anything else has no business in a detail."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"A detail cannot hold {type(value).__name__}.")
