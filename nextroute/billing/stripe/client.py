"""The one way to Stripe: its SDK, pinned, patient for ten seconds, and asked once."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import stripe
from django.conf import settings
from stripe import HTTPClient, RequestsClient, StripeClient

from nextroute.core import scope
from nextroute.core.scope import ScopeError

API_VERSION = "2026-10-28.endive"
SECONDS = 10.0

stripe.enable_telemetry = False  # it would keep a file in the home folder, and report how long we took


class NoAnswer(Exception):
    """Stripe did not answer, or broke, or knows the key from another question: it may have been done or not.

    Ask again with the same key while it is fresh; look the thing up (looking.py) when it is not.
    """


class Refused(Exception):
    """Stripe said no, and nothing was done. `code`: its own word for why, or ""."""

    def __init__(self, says: str, code: str) -> None:
        super().__init__(says)
        self.code = code


def client() -> StripeClient:
    """As the settings say."""
    return _client(settings.STRIPE_KEY, settings.STRIPE_URL)


@contextmanager
def asking() -> Iterator[None]:
    """Turn what the SDK raises into what a caller can act on: NoAnswer or Refused.

    A scope lives in a transaction, and no transaction may wait for Stripe: inside one this raises ScopeError.
    """
    if scope.current() != scope.NOWHERE:
        raise ScopeError("Stripe is asked outside of any transaction")
    try:
        yield
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.IdempotencyError) as fault:
        raise NoAnswer(type(fault).__name__) from fault
    except stripe.StripeError as no:
        if no.http_status is None or no.http_status >= 500 or no.http_status == 409:
            raise NoAnswer(f"answered {no.http_status}") from no
        raise Refused(str(no.user_message or no), no.code or (no.error and no.error.code) or "") from no


@cache
def _client(key: str, url: str) -> StripeClient:
    """No retries of its own: a repeat is ours to decide, with the key we have written down before."""
    http: HTTPClient = RequestsClient(timeout=SECONDS)
    return StripeClient(
        key, stripe_version=API_VERSION, base_addresses={"api": url}, max_network_retries=0, http_client=http
    )
