"""A mail as it is read, in the active language: a letter in the business's colours, and the same as plain text."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

import css_inline
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from nextroute.core import colours, words
from nextroute.notifications.deliveries import Delivery
from nextroute.notifications.messages import Kind, Message, Paragraph
from nextroute.notifications.triggers import Category
from nextroute.tenancy.branding import Branding

ENGINE = "jinja"
WIDTH = 72  # letters of a line of text
_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False)


@dataclass(frozen=True, slots=True)
class Fill:
    """A ground in the business's colour (#rrggbb) on white paper, its edge, and on dark paper; the letters on each."""

    light: str
    edge: str
    on_light: str
    dark: str
    on_dark: str


def html(delivery: Delivery, message: Message) -> str:
    """With its styles inline, as mail programs want them."""
    business = delivery.business
    context = {
        "lang": words.lang(),
        "message": message,
        "preheader": _preheader(message),
        "business": business,
        "initial": words.initial(business.name),
        "fill": fill(getattr(business, "branding", Branding()).primary_color),
        "reason": _reason(delivery),
    }
    return _INLINER.inline(render_to_string("notifications/mail.html", context, using=ENGINE))


def text(delivery: Delivery, message: Message) -> str:
    """The same for whoever reads plain text, or has it read aloud."""
    parts = [message.heading, *(part for one in message.paragraphs for part in _plain(one, message))]
    return "\n\n".join([*(_wrapped(part) for part in parts), _signature(delivery), _wrapped(_reason(delivery))]) + "\n"


def fill(colour: str) -> Fill:
    """What a mail needs of a business's colour, whatever it is: to be seen on its paper, with letters to be read."""
    light = colours.ground(colour)
    dark = colours.off_the_dark(light)
    edge = colours.dimmed(light, 0.6)
    return Fill(light, edge, colours.readable_on(light), dark, colours.readable_on(dark))


def _reason(delivery: Delivery) -> str:
    """Why one gets this mail."""
    name = {"business": delivery.business.name}
    if delivery.category is Category.SECURITY:
        return _("This e-mail is about your sign-in at %(business)s, so it is always sent.") % name
    if delivery.category is Category.OFFICE:
        return _("This e-mail tells the office of %(business)s what a customer arranged.") % name
    return _("You get this e-mail because you are a customer of %(business)s.") % name


def _preheader(message: Message) -> str:
    """What an inbox shows beside the subject: what the mail says below its heading."""
    said = (" ".join(one.lines) for one in message.paragraphs if one.kind in (Kind.TEXT, Kind.VISITS))
    return next(said, "")


def _plain(paragraph: Paragraph, message: Message) -> Iterator[str]:
    if paragraph.kind is Kind.BUTTON:
        yield f"{message.action}:\n{message.action_url}"
    elif paragraph.kind is Kind.VISITS:
        yield "\n".join(f"- {line}" for line in paragraph.lines)
    elif paragraph.kind is Kind.CODE:
        yield "\n".join(f"    {line}" for line in paragraph.lines)
    else:
        yield "\n".join(paragraph.lines)


def _signature(delivery: Delivery) -> str:
    business = delivery.business
    lines = (business.name, *business.address.splitlines(), business.phone_display, business.email)
    return "\n".join(["-- ", *filter(None, lines)])


def _wrapped(part: str) -> str:
    """Line by line, so that breaks stay; an address is never broken."""
    return "\n".join(_line(line) for line in part.split("\n"))


def _line(line: str) -> str:
    further = "  " if line.startswith("- ") else ""
    return textwrap.fill(
        line, WIDTH, subsequent_indent=further, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    )
