"""SMS: one message through the provider's HTTPS interface."""

from nextroute.notifications.deliveries import Delivery
from nextroute.notifications.outcomes import Undeliverable
from nextroute.notifications.wordings import Message


def send(_delivery: Delivery, _message: Message) -> str:
    """Hand one text message over; returns the provider's id. Raises NotNow or Undeliverable."""
    raise Undeliverable("no provider")
