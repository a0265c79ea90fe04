"""Wording: a business's own text for a trigger, channel and language, instead of ours (`texts.py`)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext as _

from nextroute.core.errors import Refused
from nextroute.core.rows import BusinessRow
from nextroute.notifications.deliveries import Delivery
from nextroute.notifications.texts import Text, default, variables_of
from nextroute.notifications.triggers import Channel, Trigger

PLACEHOLDER = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")


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


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: everything filled in, nothing escaped yet."""

    subject: str
    heading: str
    paragraphs: tuple[str, ...]
    action: str
    action_url: str

    @property
    def plain(self) -> str:
        """All of it as one text."""
        return "\n\n".join(filter(None, (self.heading, *self.paragraphs)))


def write(delivery: Delivery, variables: Mapping[str, str]) -> Message:
    """The business's words, or ours, with the variables filled in. One statement, in scope and in their language."""
    own = Wording.objects.filter(
        business_id=delivery.business_id,
        trigger=delivery.trigger,
        channel=delivery.channel,
        language=delivery.language,
    ).first()
    text = default(delivery.about, delivery.by)
    if own:
        text = Text(own.subject or text.subject, own.heading or text.heading, _paragraphs(own.body), text.action)
    return Message(
        subject=" ".join(fill(text.subject, variables).split()),
        heading=fill(text.heading, variables),
        paragraphs=tuple(filter(None, (fill(one, variables) for one in text.paragraphs))),
        action=text.action,
        action_url=variables.get("action_url", ""),
    )


def fill(text: str, variables: Mapping[str, str]) -> str:
    """Plain substitution: a value is put in as it is, and never read again for further placeholders."""
    return PLACEHOLDER.sub(lambda found: variables.get(found[1], ""), text).strip()


def refuse_unknown(trigger: Trigger, channel: Channel, *texts: str) -> None:
    """Raise Refused (field "body") when a text names a variable this trigger does not have."""
    known = variables_of(trigger, channel)
    for name in (name for text in texts for name in PLACEHOLDER.findall(text)):
        if name not in known:
            listed = ", ".join(sorted(known))
            sentence = _("There is no {{%(name)s}} here. You can use: %(known)s.") % {"name": name, "known": listed}
            raise Refused(sentence, field="body")


def _paragraphs(body: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"\n\s*\n", body.replace("\r\n", "\n")) if part.strip())
