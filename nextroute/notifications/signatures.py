"""The signature a text message provider puts on what it sends us."""

import hmac
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha1

HEADER = "X-Twilio-Signature"


def signature(token: str, url: str, parameters: Iterable[tuple[str, str]]) -> str:
    """Over the whole address, with its query, and every parameter of the form in order of their names, each once."""
    signed = url + "".join(name + value for name, value in sorted(set(parameters)))
    return b64encode(hmac.new(token.encode(), signed.encode(errors="replace"), sha1).digest()).decode()
