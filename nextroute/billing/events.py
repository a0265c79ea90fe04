"""StripeEvent: what Stripe told, noted once, until it is acted on (hearing.py). The rule: docs/rules/payments.md.

An event is a hint of where to look. Of its body only names are kept: no amounts, and nobody's data.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models.functions import UUID7

from nextroute.billing.stripe.states import Told
from nextroute.core import jobs

HEAR = "hear"
PATIENT = -10  # mail goes before what waits for Stripe
KEPT = timedelta(days=45)  # Stripe itself keeps 30
_LONGEST_NAME = 255


class Outcome(models.TextChoices):
    WAITING = "waiting"
    DONE = "done"
    IGNORED = "ignored"  # of a kind, an account or a mode that is not ours
    FOREIGN = "foreign"  # about nothing of this business's here


class StripeEvent(models.Model):
    """`account`: whose it is, "" for our own. `subject`: what it is about, by Stripe's name. `due_at`: when to act on
    it, or again, where Stripe did not answer.
    """

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    event_id = models.TextField()
    type = models.TextField()
    account = models.TextField()
    subject = models.TextField()
    live = models.BooleanField()
    heard_at = models.DateTimeField()
    due_at = models.DateTimeField()
    tries = models.IntegerField(default=0)
    outcome = models.TextField(choices=Outcome, default=Outcome.WAITING)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event_id"], name="stripeevent_once"),
            models.CheckConstraint(condition=models.Q(outcome__in=Outcome.values), name="stripeevent_outcome"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(outcome="waiting"), name="stripeevent_due"),
            models.Index(
                fields=["account", "subject"], condition=models.Q(outcome="waiting"), name="stripeevent_about"
            ),
            models.Index(fields=["heard_at"], name="stripeevent_heard"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"


def said(body: bytes) -> Told:
    """What a body says, a snapshot (v1) or a hint (v2). Raises ValueError when that is no event."""
    event = json.loads(body)
    if not isinstance(event, dict):
        raise ValueError("an event is an object")
    thin = event.get("object") == "v2.core.event"
    about = event.get("related_object") if thin else _part(_part(event, "data"), "object")
    of_payment = "" if _name(about, "object") == "checkout.session" else _name(about, "payment_intent")
    subject = of_payment or _name(about, "id")
    account = subject if thin and _name(about, "type") == "v2.core.account" else _name(event, "account")
    found = Told(_name(event, "id"), _name(event, "type"), account, subject, event.get("livemode") is True)
    if not (found.id and found.type):
        raise ValueError("an event has an id and a type")
    return found


def hear(event: Told, *, now: datetime) -> bool:
    """Note it, once however often it comes, and have the worker look; whether it is news."""
    with transaction.atomic():
        known = {"type": event.type, "account": event.account, "subject": event.subject, "live": event.live}
        noted, news = StripeEvent.objects.get_or_create(
            event_id=event.id, defaults=known | {"heard_at": now, "due_at": now}
        )
        if news:
            jobs.wake(HEAR, noted.pk, priority=PATIENT)
    return news


def purge(*, now: datetime) -> int:
    """Let go of what was acted on so long ago that Stripe does not know it any more either."""
    old = StripeEvent.objects.filter(heard_at__lt=now - KEPT).exclude(outcome=Outcome.WAITING)
    return old.delete()[0]


def _part(of: Any, name: str) -> Any:
    return of.get(name) if isinstance(of, Mapping) else None


def _name(of: Any, name: str) -> str:
    """A name as Stripe writes them; whatever else stands there is none."""
    found = _part(of, name)
    fits = isinstance(found, str) and len(found) <= _LONGEST_NAME and found.isascii() and found.isprintable()
    return found if fits else ""
