"""Django's entry to this package's tables; each class lives in its noun's module."""

from nextroute.identity.accesses import Access
from nextroute.identity.asks import Ask
from nextroute.identity.logins import Login
from nextroute.identity.sessions import PortalSession

__all__ = ["Access", "Ask", "Login", "PortalSession"]
