"""The two secrets of an ask, its link's token and its code: never kept, made again from what is kept when needed.

Both are keyed hashes over the ask's id and salt, under keys derived from SECRET_KEY; so a mail that is sent again
carries the same ones, and whoever reads the database has neither.
"""

from base64 import urlsafe_b64encode

from django.utils.crypto import constant_time_compare, salted_hmac

from nextroute.identity.asks import Ask

DIGITS = 6


def token(ask: Ask) -> str:
    """What the link carries: 256 bits as 43 letters."""
    return urlsafe_b64encode(_digest("link", ask)).decode().rstrip("=")


def code(ask: Ask) -> str:
    """What may be typed instead: six digits."""
    return str(int.from_bytes(_digest("code", ask)) % 10**DIGITS).zfill(DIGITS)


def code_hash(ask: Ask, typed: str) -> str:
    """A code as it is kept: six digits alone could be counted through, so this needs SECRET_KEY too."""
    return _digest("code kept", ask, typed).hex()


def has_code(ask: Ask, typed: str) -> bool:
    """Whether these digits are its code. As long for an ask that has none."""
    return constant_time_compare(code_hash(ask, typed), ask.code_hash or "")


def _digest(purpose: str, ask: Ask, *more: str) -> bytes:
    value = "\n".join((str(ask.pk), ask.salt, *more))
    return salted_hmac(f"nextroute.identity.{purpose}", value, algorithm="sha256").digest()
