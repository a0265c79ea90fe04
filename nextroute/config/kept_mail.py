"""Mail that is kept in a folder, for whoever asks at /dev/mail/: on one's own machine and nowhere else.

It takes three things: NEXTROUTE_DEV=1 (or there is no folder, see settings), the embedded database, and a web server
that listens on loopback. Web server and worker refuse to start without them.
"""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from nextroute.config.embedded_postgres import knows
from nextroute.config.mailing import is_loopback

_INSTEAD = "or set NEXTROUTE_MAIL_URL, so that mail is sent and not kept for /dev/mail/ to show."


def refuse_real_database() -> None:
    """Raise ImproperlyConfigured if mail is kept, but of a database that is not the embedded one."""
    if settings.MAIL_FOLDER and not knows(
        settings.VAR / "postgres", str(settings.DATABASES["default"].get("PASSWORD"))
    ):
        raise ImproperlyConfigured(f"NEXTROUTE_DEV=1 is for the embedded database: unset DATABASE_URL, {_INSTEAD}")


def refuse_other_machines() -> None:
    """Raise ImproperlyConfigured if mail is kept, but others may reach this web server."""
    if settings.MAIL_FOLDER and not is_loopback(settings.LISTENS_ON):
        raise ImproperlyConfigured(
            f"NEXTROUTE_LISTENS_ON is not loopback: start it with `nextroute serve`, which is, {_INSTEAD}"
        )
