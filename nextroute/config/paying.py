"""Which Stripe is meant: a secret key, the secrets of its webhooks, and, for a stand-in, an address."""

import re
from decimal import Decimal
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from nextroute.config.texting import LOOPBACK

STRIPE = "https://api.stripe.com"


def base(url: str, key: str, *, dev: bool) -> str:
    """The address Stripe is asked at, or "" for no payments by Stripe. Raises ImproperlyConfigured.

    Stripe's own unless `url` names a stand-in: on one's own machine (`dev`), and never with a live key.
    """
    if not (url or key):
        return ""
    if not re.fullmatch(r"(sk|rk)_(test|live)_\w+", key):
        raise ImproperlyConfigured("NEXTROUTE_STRIPE_KEY: write a secret or restricted key, such as sk_test_…")
    if url in ("", STRIPE):
        return STRIPE
    parts = urlsplit(url)
    own = dev and parts.scheme == "http" and parts.hostname in LOOPBACK
    if not own or parts.query or parts.fragment or parts.username or "_live_" in key:
        raise ImproperlyConfigured("NEXTROUTE_STRIPE_URL: leave it out, but for a stand-in on your own machine.")
    return url.rstrip("/")


def pages(url: str) -> tuple[str, ...]:
    """Where the pages to pay on stand: at Stripe, or at its stand-in."""
    return ("https://checkout.stripe.com", "https://connect.stripe.com") if url in ("", STRIPE) else (url.rstrip("/"),)


def percent(text: str) -> Decimal:
    """A share of a payment. Raises ImproperlyConfigured."""
    if not re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,3})?", text):
        raise ImproperlyConfigured("NEXTROUTE_APPLICATION_FEE: write percent, such as 0.5.")
    return Decimal(text)


def secrets(text: str) -> tuple[str, ...]:
    """The secrets, each of one of the endpoints that Stripe tells of events. Raises ImproperlyConfigured."""
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    if not all(re.fullmatch(r"whsec_\w+", secret) for secret in found):
        raise ImproperlyConfigured("NEXTROUTE_STRIPE_WEBHOOK_SECRETS: write whsec_…, separated by commas.")
    return found
