"""Reach: whom a login may act for, and where and how it is told something."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nextroute.customers.customers import Customer
from nextroute.notifications.telling import Recipient

if TYPE_CHECKING:
    from nextroute.identity.logins import Login


@dataclass(frozen=True, slots=True)
class Reach:
    """`only`: the one customer the login may act for; none when there are several (or none any more)."""

    only: Customer | None
    recipient: Recipient


def of(login: "Login") -> Reach:
    """One statement, in the business's scope. Mail goes to the login's own address: it is the one that was proven."""
    accesses = login.accesses.select_related("customer").order_by("id")[:2]
    customers = [access.customer for access in accesses]
    only = customers[0] if len(customers) == 1 else None
    language = customers[0].language if customers else "en"
    return Reach(only, Recipient(only.pk if only else None, login.email, language=language))
