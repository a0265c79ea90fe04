"""Wording: a business's own text for a trigger, channel and language, instead of ours (`texts.py`)."""

import re
from collections.abc import Mapping
from dataclasses import asdict, astuple

from django.conf import settings
from django.db import models, transaction

from nextroute.audit import recording as audit
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import Actor
from nextroute.core.rows import BusinessRow
from nextroute.core.verbs import verb
from nextroute.notifications import messages, wording_rules
from nextroute.notifications.deliveries import Delivery
from nextroute.notifications.messages import Message
from nextroute.notifications.texts import Text, default
from nextroute.notifications.triggers import Channel, Trigger
from nextroute.notifications.wording_rules import Which
from nextroute.tenancy.businesses import Business


class Wording(BusinessRow):
    """`body` is paragraphs, an empty line between two. All three may hold {{variables}}; `heading` is the mail's first
    line, in large letters. An SMS has a body only."""

    trigger = models.TextField()
    channel = models.TextField()
    language = models.TextField()
    subject = models.TextField(default="")
    heading = models.TextField(default="")
    body = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["business", "trigger", "channel", "language"], name="wording_once"),
        ]


@verb
def change(
    *,
    business: Business,
    trigger: str,
    channel: str,
    language: str,
    body: str,
    actor: Actor,
    subject: str = "",
    heading: str = "",
) -> Wording:
    """Say it in the business's own words from now on; "" as subject or heading keeps ours.

    Raises Refused, naming the field, for a text that is not one of ours, that is too long, that breaks a line where
    none may be broken, or that names a variable there is not.
    """
    which = wording_rules.which(trigger, channel, language)
    words = {"subject": subject.strip(), "heading": heading.strip(), "body": body.replace("\r\n", "\n").strip()}
    wording_rules.guard(which, words)
    with scope.business(business.id):
        before = Wording.objects.filter(business=business, **asdict(which)).first()
        changed = [name for name, text in words.items() if before is None or getattr(before, name) != text]
        if before and not changed:
            return before
        row, _made = Wording.objects.update_or_create(business=business, **asdict(which), defaults=words)
        was = {name: getattr(before, name) if before else "" for name in changed}
        audit.record(
            Verb.WORDING_CHANGED,
            actor=actor,
            business_id=business.id,
            subject=row,
            label=str(which),
            changed=changed,
            detail={"was": was, "is": {name: words[name] for name in changed}},
        )
    return row


@verb
def reset(*, business: Business, trigger: str, channel: str, language: str, actor: Actor) -> bool:
    """Say it in our words again; returns whether the business had its own. Raises Refused as `change` does."""
    which = wording_rules.which(trigger, channel, language)
    with scope.business(business.id):
        row = Wording.objects.filter(business=business, **asdict(which)).first()
        if row is None:
            return False
        was = {name: getattr(row, name) for name in ("subject", "heading", "body")}
        audit.record(
            Verb.WORDING_RESET,
            actor=actor,
            business_id=business.id,
            subject=row,
            label=str(which),
            detail={"was": was},
        )
        row.delete()
    return True


def every(business: Business) -> list[tuple[Which, bool]]:
    """All there is to say, and whether the business has its own words for it."""
    with transaction.atomic(), scope.business(business.id):
        own = set(Wording.objects.filter(business=business).values_list("trigger", "channel", "language"))
    asked = (
        Which(trigger, channel, language)
        for trigger in Trigger
        for channel in trigger.channels
        for language, _name in settings.LANGUAGES
    )
    return [(which, astuple(which) in own) for which in asked]


def write(delivery: Delivery, variables: Mapping[str, str]) -> Message:
    """The business's words, or ours, with the variables filled in. One statement, in scope and in their language."""
    which = Which(delivery.about, delivery.by, delivery.language)
    text = default(which.trigger, which.channel)
    own = Wording.objects.filter(business_id=delivery.business_id, **asdict(which)).first()
    if own:
        text = Text(own.subject or text.subject, own.heading or text.heading, _paragraphs(own.body), text.action)
    return messages.sms(text, variables) if which.channel is Channel.SMS else messages.mail(text, variables)


def _paragraphs(body: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"\n\s*\n", body) if part.strip())
