"""Whether what claims to come from Stripe does: signed with one of our secrets, and not long ago."""

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

HEADER = "Stripe-Signature"
_GOOD_FOR = timedelta(minutes=5)


def proved(body: bytes, header: str, *, secrets: Iterable[str], now: datetime) -> bool:
    """Look at the raw body, byte for byte, and its header `t=…,v1=…`, with each of the secrets.

    Stripe signs each try anew, so an old signature is somebody else's; five minutes either way allow for clocks.
    """
    parts = [part.partition("=")[::2] for part in header.split(",")]
    when = next((value for name, value in parts if name.strip() == "t"), "")
    given = [value.strip() for name, value in parts if name.strip() == "v1"]
    if not (when.isascii() and when.isdigit() and len(when) <= 12):
        return False
    if abs(now.timestamp() - int(when)) > _GOOD_FOR.total_seconds():
        return False
    wanted = [_signature(secret, when.encode() + b"." + body) for secret in secrets]
    return any(hmac.compare_digest(one.encode(), other.encode()) for one in wanted for other in given)


def _signature(secret: str, signed: bytes) -> str:
    return hmac.new(secret.encode(), signed, sha256).hexdigest()
