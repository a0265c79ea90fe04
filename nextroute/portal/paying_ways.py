"""Whether a customer can pay here."""

from nextroute.portal.requests import CustomerRequest


def can_pay(request: CustomerRequest) -> bool:  # noqa: ARG001 - the business's ways to be paid online will answer
    """Whether the business can be paid online now; where it cannot, its own words say how."""
    return False
