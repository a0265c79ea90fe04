"""The business a page is from: its look, its language, its day."""

from functools import lru_cache
from hashlib import sha256

from nextroute.core import words
from nextroute.tenancy.businesses import Business
from nextroute.ui.brand import Brand
from nextroute.ui.requests import BusinessRequest
from nextroute.web import languages


def introduce(request: BusinessRequest, business: Business, *, language: str = "") -> None:
    """From here on the request is at this business; its branding is at hand."""
    request.business = business
    request.today = business.today(request.now)
    request.brand = brand_of(business)
    version = request.brand.version
    request.brand_css_url = request.link("portal_brand_css", business, version=version)
    request.favicon_url = request.link("portal_icon", business, version=version)
    languages.speak(request, business, language)


def brand_of(business: Business) -> Brand:
    """The business as pages draw it."""
    return _brand(
        business.slug,
        business.name,
        business.phone,
        business.email,
        business.address,
        business.branding.primary_color,
        business.branding.accent_color,
        business.locale.partition("-")[2],
    )


@lru_cache(maxsize=256)
def _brand(slug: str, name: str, phone: str, email: str, address: str, primary: str, accent: str, region: str) -> Brand:
    return Brand(
        slug=slug,
        name=name,
        phone=phone,
        phone_display=words.phone(phone, region),
        email=email,
        address=address,
        primary_color=primary,
        accent_color=accent,
        version=sha256("\n".join((name, primary, accent)).encode()).hexdigest()[:12],
    )
