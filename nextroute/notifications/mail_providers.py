"""The companies whose mail servers we send through, and how each is told what to call a mail in its reports.

They put a Message-ID of their own in place of ours, or never report it; but each gives something back that it found in
a header. It is named `delivery`.
"""

import json
from collections.abc import Callable, Mapping
from uuid import UUID

from django.conf import settings

NAME = "delivery"


def headers(delivery_id: UUID) -> Mapping[str, str]:
    """What to add to a mail sent through the configured provider; nothing where none is."""
    made = HEADERS.get(settings.MAIL_PROVIDER)
    return made(str(delivery_id)) if made else {}


def _json(header: str, *within: str) -> Callable[[str], Mapping[str, str]]:
    """The header holds a JSON object with the name in it, or one within one."""

    def made(key: str) -> Mapping[str, str]:
        value: object = {NAME: key}
        for name in within:
            value = {name: value}
        return {header: json.dumps(value)}

    return made


HEADERS: Mapping[str, Callable[[str], Mapping[str, str]]] = {
    "amazon_ses": _json("X-Metadata"),
    "brevo": _json("X-Mailin-custom"),
    "mailgun": _json("X-Mailgun-Variables"),
    "mailjet": _json("X-MJ-EventPayload"),
    "postmark": lambda key: {f"X-PM-Metadata-{NAME}": key, "X-PM-KeepID": "true"},
    "sendgrid": _json("X-SMTPAPI", "unique_args"),
    "sparkpost": _json("X-MSYS-API", "metadata"),
}
# These sign what they send; the others prove themselves by a user name and password.
SIGNING = {"mailgun"}
