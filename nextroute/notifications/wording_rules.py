"""What a business's own wording must be. Raised as Refused, with the field to change."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from nextroute.core.errors import Refused
from nextroute.notifications.messages import PLACEHOLDER
from nextroute.notifications.texts import required, variables_of
from nextroute.notifications.triggers import Channel, Trigger

LONGEST_LINE = 120  # characters of a subject or a heading
LONGEST_BODY = {Channel.EMAIL: 5_000, Channel.SMS: 300}
_LOOKS_LIKE_ONE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Which:
    """The text that is meant."""

    trigger: Trigger
    channel: Channel
    language: str

    def __str__(self) -> str:
        return f"{self.trigger} {self.channel} {self.language}"

    @property
    def variables(self) -> set[str]:
        """What it may name."""
        return variables_of(self.trigger, self.channel)


def which(trigger: str, channel: str, language: str) -> Which:
    """The text these names mean. Raises Refused with "trigger", "channel" or "language" as its field."""
    if trigger not in list(Trigger):
        raise Refused(_("There is no message “%(name)s”.") % {"name": trigger}, field="trigger")
    about = Trigger(trigger)
    if channel not in about.channels:
        listed = ", ".join(about.channels)
        raise Refused(_("This message goes by %(channels)s only.") % {"channels": listed}, field="channel")
    if language not in dict(settings.LANGUAGES):
        listed = ", ".join(code for code, _name in settings.LANGUAGES)
        raise Refused(_("Choose one of these languages: %(languages)s.") % {"languages": listed}, field="language")
    return Which(about, Channel(channel), language)


def guard(asked: Which, words: Mapping[str, str]) -> None:
    """Raise Refused if "subject", "heading" or "body" cannot be said so."""
    for name in ("subject", "heading"):
        _guard_line(asked, name, words[name])
    _guard_length("body", words["body"], LONGEST_BODY[asked.channel])
    if not words["body"]:
        raise Refused(_("Write what the message says."), field="body")
    for name, text in words.items():
        _guard_variables(asked, name, text)
    if missing := required(asked.trigger, asked.channel) - set(PLACEHOLDER.findall(words["body"])):
        sentence = _("This message needs %(name)s: put it where it should stand.") % {"name": _braced(min(missing))}
        raise Refused(sentence, field="body")


def _guard_line(asked: Which, name: str, text: str) -> None:
    if text and asked.channel is Channel.SMS:
        raise Refused(_("A text message has a body only."), field=name)
    if "\n" in text or "\r" in text:
        raise Refused(_("Write this on one line."), field=name)
    _guard_length(name, text, LONGEST_LINE)


def _guard_length(name: str, text: str, longest: int) -> None:
    if len(text) > longest:
        raise Refused(_("This is too long: %(longest)s letters at most.") % {"longest": longest}, field=name)
    if _CONTROL.search(text):
        raise Refused(_("There are signs in this that cannot be shown."), field=name)


def _guard_variables(asked: Which, name: str, text: str) -> None:
    known = asked.variables
    for unknown in (one for one in _LOOKS_LIKE_ONE.findall(text) if one not in known):
        words = {"name": _braced(unknown), "known": ", ".join(sorted(known))}
        raise Refused(_("There is no %(name)s here. You can use: %(known)s.") % words, field=name)


def _braced(name: str) -> str:
    return "{{" + name + "}}"
