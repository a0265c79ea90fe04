"""What every paper begins with: whom it is from, in their colour, and whom it is for."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.core import Locale
from django.utils import translation
from django.utils.translation import gettext as _

from nextroute.billing.documents.paper import Block, Mark, Paper, Sender
from nextroute.core import words
from nextroute.core.colours import dimmed, ground, luminance, readable_on
from nextroute.customers.customers import Customer
from nextroute.customers.properties import Property
from nextroute.tenancy.businesses import Business

ON_PAPER = 0.178  # the most luminance that is easily read on white, 4.5:1 and a little
GOOD, BAD = "#1a6b3c", "#a4261d"
_LETTER = {"US", "CA", "MX", "PR"}


@contextmanager
def speaking_to(customer: Customer, business: Business) -> Iterator[None]:
    """In the customer's language, whoever asks for the paper."""
    with translation.override(words.speech(customer.language, business.locale)):
        yield


@dataclass(frozen=True, slots=True)
class Letterhead:
    business: Business
    customer: Customer

    def paper(self, *, heading: str, day: date, **what: Any) -> Paper:
        """In the active language."""
        region = Locale.parse(self.business.locale, sep="-").territory or "US"
        return Paper(
            lang=self.customer.language,
            region=region,
            size="us-letter" if region in _LETTER else "a4",
            title=_("%(paper)s from %(business)s") % {"paper": heading, "business": self.business.name},
            day=day,
            sender=self._sender(),
            heading=heading,
            to=Block(_("For"), self._recipient()),
            page=_("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
            **what,
        )

    def mark(self, word: str) -> Mark:
        """In the business's colour, dark enough to be read on paper."""
        colour = self.business.branding.primary_color
        bright = luminance(colour)
        return Mark(word, dimmed(colour, ON_PAPER / bright) if bright > ON_PAPER else colour)

    def _sender(self) -> Sender:
        fill = ground(self.business.branding.primary_color)
        return Sender(
            name=self.business.name,
            lines=[
                *self.business.address.splitlines(),
                *filter(None, [self.business.phone_display, self.business.email]),
            ],
            initial=words.initial(self.business.name),
            fill=fill,
            ink=readable_on(fill),
        )

    def _recipient(self) -> Sequence[str]:
        """Their name; the place, where they have only one."""
        places = list(self.customer.properties.all()[:2])
        return [str(self.customer), *(_address(places[0]) if len(places) == 1 else [])]


def _address(place: Property) -> list[str]:
    town = " ".join(filter(None, (place.state, place.postal_code)))
    return [str(place), ", ".join(filter(None, (place.city, town)))]


def on(day: date) -> str:
    """June 5, 2026: a paper is read in other years too."""
    return words.day_short(day, date.min)
