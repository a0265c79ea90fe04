"""Link: addresses by the names of their pages. config's `links.to` is one, and is handed down to whoever needs it."""

from collections.abc import Mapping
from typing import Any, Protocol

from nextroute.tenancy.businesses import Business

NEXT = "next"  # in the address of a way in: the page it leads on to


class Link(Protocol):
    """`absolute`: for what leaves the site, such as a mail; `scheme`: with another one than the site's, such as webcal.
    `query` follows the `?`, `where` are the variable parts."""

    def __call__(
        self,
        name: str,
        business: Business | None = None,
        *,
        absolute: bool = False,
        scheme: str = "",
        query: Mapping[str, str] | None = None,
        **where: str,
    ) -> str: ...


def by_the_door(
    link: Link, business: Business, name: str, *, query: Mapping[str, str] | None = None, **where: Any
) -> str:
    """The absolute address, for a mail, of a customer's page by way of the business's own door: who is signed in there
    is on the page at once, everybody else after they have signed in."""
    return link("portal_sign_in", business, absolute=True, query={NEXT: link(name, query=query, **where)})
