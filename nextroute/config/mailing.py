"""Which mailer an address means."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SECONDS = 15  # for each step of the conversation with a mail server


def mailers(url: str, folder: Path | None) -> dict[str, Any]:
    """Django's MAILERS for `smtp://` (STARTTLS on 587), `smtps://`, or a folder read at /dev/mail/; else none."""
    if url:
        return {"default": _smtp(url)}
    if folder:
        return {"default": {"BACKEND": "nextroute.notifications.fake.Folder", "OPTIONS": {"path": str(folder)}}}
    return {}


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
