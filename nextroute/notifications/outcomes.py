"""How an attempt to send can fail. The words are for the delivery's `why`: they name no person."""


class Undeliverable(Exception):
    """It will never arrive at this address."""


class NotNow(Exception):
    """It may arrive later."""
