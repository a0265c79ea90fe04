"""What a request carries by the time a page is drawn for it, whichever audience it is of."""

from datetime import date, datetime

from django.http import HttpRequest

from nextroute.tenancy.businesses import Business
from nextroute.tenancy.links import Link
from nextroute.ui.brand import Brand


class PageRequest(HttpRequest):
    """Anybody's. `now` (UTC) is the same throughout the request."""

    link: Link
    now: datetime


class BusinessRequest(PageRequest):
    """At a business. `today` is the date in its time zone."""

    business: Business
    today: date
    brand: Brand
    brand_css_url: str
    favicon_url: str
