"""Which text message provider is meant: an address, an account there, and its secret."""

import re
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def base(url: str, account: str, token: str, *, dev: bool) -> str:
    """The provider's base address, or "" for no text messages. Raises ImproperlyConfigured.

    All three or none; TLS, but for a stand-in on one's own machine (`dev`).
    """
    if not (url or account or token):
        return ""
    if not (url and account and token):
        raise ImproperlyConfigured("Set NEXTROUTE_SMS_URL, NEXTROUTE_SMS_ACCOUNT and NEXTROUTE_SMS_TOKEN, or none.")
    if not re.fullmatch(r"[A-Za-z0-9_-]+", account):
        raise ImproperlyConfigured("NEXTROUTE_SMS_ACCOUNT: write letters and digits, such as AC0123…")
    parts = urlsplit(url)
    own = dev and parts.scheme == "http" and parts.hostname in LOOPBACK
    if not (own or parts.scheme == "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ImproperlyConfigured("NEXTROUTE_SMS_URL: write https://… and nothing but the provider's host.")
    return url.rstrip("/")
