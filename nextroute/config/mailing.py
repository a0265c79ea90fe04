"""Which mailer an address means."""

import ipaddress
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from nextroute.notifications import mail_providers

SECONDS = 15  # for each step of the conversation with a mail server
_HOW = "NEXTROUTE_MAIL_URL: write smtp://user:password@host:587 or smtps://…; see docs/running.md."


def mailers(url: str, sender: str, folder: Path | None) -> dict[str, Any]:
    """Django's MAILERS for `smtp://` (STARTTLS), `smtps://`, or a folder read at /dev/mail/; else none.

    Raises ImproperlyConfigured for another address, or when there is none for mail to come from.
    """
    if url:
        _refuse_nobody(sender)
        return {"default": _smtp(url)}
    if folder:
        return {"default": {"BACKEND": "nextroute.notifications.fake.Folder", "OPTIONS": {"path": str(folder)}}}
    return {}


def reports(provider: str, secret: str) -> tuple[str, str]:
    """Whose reports of bounces are taken, and what they prove themselves by; "" and "" for nobody's.

    Raises ImproperlyConfigured.
    """
    if not (provider or secret):
        return "", ""
    if provider not in mail_providers.HEADERS:
        raise ImproperlyConfigured(
            f"NEXTROUTE_MAIL_PROVIDER: write one of {', '.join(sorted(mail_providers.HEADERS))}."
        )
    if not secret:
        raise ImproperlyConfigured("Set NEXTROUTE_MAIL_WEBHOOK_SECRET beside NEXTROUTE_MAIL_PROVIDER.")
    if provider not in mail_providers.SIGNING and not all(secret.partition(":")):
        raise ImproperlyConfigured("NEXTROUTE_MAIL_WEBHOOK_SECRET: write user:password.")
    return provider, secret


def lease(text: str) -> int:
    """NEXTROUTE_DELIVERY_LEASE in seconds. Raises ImproperlyConfigured."""
    if not text.isdecimal() or int(text) == 0:
        raise ImproperlyConfigured("NEXTROUTE_DELIVERY_LEASE: write a number of seconds, such as 120.")
    return int(text)


def is_loopback(address: str) -> bool:
    """Whether an IP address or `localhost` is this machine and nobody else."""
    try:
        return address == "localhost" or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _refuse_nobody(sender: str) -> None:
    try:
        validate_email(parseaddr(sender)[1])
    except ValidationError:
        raise ImproperlyConfigured("Set NEXTROUTE_MAIL_FROM: the address mail comes from.") from None


def _smtp(url: str) -> dict[str, Any]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(_HOW) from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ImproperlyConfigured(_HOW)
    in_the_clear = is_loopback(parts.hostname) or parse_qs(parts.query).get("tls") == ["off"]
    options = {
        "host": parts.hostname,
        "port": port or (465 if parts.scheme == "smtps" else 587),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": parts.scheme == "smtps",
        "use_tls": parts.scheme == "smtp" and not in_the_clear,
        "timeout": SECONDS,
    }
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
