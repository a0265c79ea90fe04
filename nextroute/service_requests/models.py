"""Django's entry to this package's tables; each class lives in its noun's module."""

from nextroute.service_requests.cancellations import Ending
from nextroute.service_requests.requests import ServiceRequest

__all__ = ["Ending", "ServiceRequest"]
