"""Which mailer an address means."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from nextroute.notifications import mail_providers

SECONDS = 15  # for each step of the conversation with a mail server


def mailers(url: str, folder: Path | None) -> dict[str, Any]:
    """Django's MAILERS for `smtp://` (STARTTLS on 587), `smtps://`, or a folder read at /dev/mail/; else none."""
    if url:
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


def _smtp(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ImproperlyConfigured("NEXTROUTE_MAIL_URL: write smtp://user:password@host:587 or smtps://…")
    port = parts.port or (465 if parts.scheme == "smtps" else 587)
    options = {
        "host": parts.hostname,
        "port": port,
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": parts.scheme == "smtps",
        "use_tls": parts.scheme == "smtp" and port == 587,
        "timeout": SECONDS,
    }
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
