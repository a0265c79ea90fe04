"""Link: addresses by the names of their pages. config's `links.to` is one, and is handed down to whoever needs it."""

from collections.abc import Mapping
from typing import Protocol

from nextroute.tenancy.businesses import Business


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
