"""Django's entry to this package's tables; each class lives in its noun's module."""

from nextroute.customers.customers import Customer
from nextroute.customers.pauses import Pause
from nextroute.customers.properties import Property

__all__ = ["Customer", "Pause", "Property"]
