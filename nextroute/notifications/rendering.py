"""A message as it is read: a letter in HTML in the business's colours, and the same as plain text."""

import css_inline
from django.template.loader import render_to_string

from nextroute.core.colours import readable_on
from nextroute.notifications.deliveries import Delivery
from nextroute.notifications.wordings import Message

ENGINE = "jinja"
_INLINER = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)


def html(delivery: Delivery, message: Message) -> str:
    """With its styles inline, as mail programs want them."""
    return _INLINER.inline(_render("mail.html", delivery, message))


def text(delivery: Delivery, message: Message) -> str:
    return _render("mail.txt", delivery, message)


def _render(template: str, delivery: Delivery, message: Message) -> str:
    fill = delivery.business.branding.primary_color
    context = {"business": delivery.business, "message": message, "fill": fill, "on_fill": readable_on(fill)}
    return render_to_string(f"notifications/{template}", context, using=ENGINE)
