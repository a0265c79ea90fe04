"""Django's entry to this package's tables; each class lives in its noun's module."""

from nextroute.tenancy.branding import Branding
from nextroute.tenancy.businesses import Business

__all__ = ["Branding", "Business"]
