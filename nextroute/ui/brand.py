"""A business's name, addresses and colours, as every page needs them."""

import re
from dataclasses import dataclass

from markupsafe import Markup

from nextroute.core import words
from nextroute.core.colours import readable_on

COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Brand:
    """`phone` is dialled (+13035550142), `phone_display` is read; `version` changes with any of these."""

    slug: str
    name: str
    phone: str
    phone_display: str
    email: str
    address: str
    primary_color: str
    accent_color: str
    version: str
    logo_url: str = ""

    @property
    def initial(self) -> str:
        """The letter that stands for the business where it has no logo."""
        return words.initial(self.name)


def stylesheet(primary: str, accent: str) -> str:
    """The whole of a business's brand.css. Raises ValueError for anything but #rrggbb."""
    return f":root{{--brand:{_colour(primary)};--accent:{_colour(accent)}}}"


def favicon(brand: Brand) -> str:
    """An SVG of the business's initial on its colour."""
    fill = _colour(brand.primary_color)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        '<rect width="32" height="32" rx="9" fill="{}"/><text x="16" y="23" text-anchor="middle" '
        'font-family="Georgia,serif" font-size="20" fill="{}">{}</text></svg>'
    ).format(fill, readable_on(fill), brand.initial)


def _colour(value: str) -> str:
    if not COLOUR.fullmatch(value):
        raise ValueError(f"A colour is written #rrggbb, not {value!r}.")
    return value.lower()
