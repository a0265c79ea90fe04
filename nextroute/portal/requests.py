"""What a request carries by the time a view sees it."""

from collections.abc import Sequence
from datetime import date, datetime

from django.http import HttpRequest

from nextroute.customers.customers import Customer
from nextroute.identity.presence import Presence
from nextroute.tenancy.businesses import Business
from nextroute.tenancy.links import Link
from nextroute.ui.brand import Brand
from nextroute.ui.pages import Tab


class PortalRequest(HttpRequest):
    """Anybody's. `now` (UTC) is the same throughout the request."""

    link: Link
    now: datetime


class BusinessRequest(PortalRequest):
    """At a business. `today` is the date in its time zone."""

    business: Business
    today: date
    brand: Brand
    brand_css_url: str
    favicon_url: str


class LoginRequest(BusinessRequest):
    """Of somebody signed in, in the business's scope; `person` and `others`: what the page's head says of them."""

    presence: Presence
    person: str
    others: bool
    tabs: Sequence[Tab]


class CustomerRequest(LoginRequest):
    """Of somebody acting for `customer`, in that customer's scope."""

    customer: Customer
