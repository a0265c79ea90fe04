"""What a request carries by the time a view of the portal sees it."""

from collections.abc import Sequence

from nextroute.customers.customers import Customer
from nextroute.identity.presence import Presence
from nextroute.ui.pages import Tab
from nextroute.ui.requests import BusinessRequest
from nextroute.ui.requests import PageRequest as PortalRequest

__all__ = ["BusinessRequest", "CustomerRequest", "LoginRequest", "PortalRequest"]


class LoginRequest(BusinessRequest):
    """Of somebody signed in, in the business's scope; `person` and `others`: what the page's head says of them."""

    presence: Presence
    person: str
    others: bool
    tabs: Sequence[Tab]


class CustomerRequest(LoginRequest):
    """Of somebody acting for `customer`, in that customer's scope."""

    customer: Customer
