"""E-mail: one message through Django's mailers. SMTP in production, a folder to read at /dev/mail/ in the demo."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers

from nextroute.notifications import rendering
from nextroute.notifications.deliveries import Delivery
from nextroute.notifications.mail_providers import headers
from nextroute.notifications.outcomes import NotNow, Undeliverable
from nextroute.notifications.wordings import Message


@contextmanager
def post_office() -> Iterator[Any]:
    """A mailer whose connection is opened with the first message and closed at the end."""
    mailer = mailers.default
    try:
        yield mailer
    finally:
        _close(mailer)


def send(mailer: Any, delivery: Delivery, message: Message) -> str:
    """Hand one mail over; returns its id. Raises NotNow or Undeliverable.

    A line that drops before the answer may have delivered it: it is sent again with the same Message-ID.
    """
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=rendering.text(delivery, message),
        from_email=sender(delivery),
        to=[delivery.address],
        reply_to=[delivery.business.email] if delivery.business.email else None,
        headers={"Message-ID": message_id(delivery), "Auto-Submitted": "auto-generated", **headers(delivery.id)},
    )
    mail.attach_alternative(rendering.html(delivery, message), "text/html")
    try:
        mailer.open()
        mailer.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as refused:
        code, _words = next(iter(refused.recipients.values()))
        _give_up(mailer, code, refused)
    except smtplib.SMTPResponseException as refused:
        _give_up(mailer, refused.smtp_code, refused)
    except (OSError, smtplib.SMTPException) as fault:
        _close(mailer)
        raise NotNow(type(fault).__name__) from fault
    return str(delivery.id)


def message_id(delivery: Delivery) -> str:
    """The same for every attempt: `<delivery id@our domain>`."""
    return f"<{delivery.id}@{_address().partition('@')[2]}>"


def sender(delivery: Delivery) -> str:
    """The business's name before our own address; answers go to the business."""
    return formataddr((delivery.business.name, _address()))


def _address() -> str:
    return parseaddr(settings.MAIL_FROM)[1]


def _give_up(mailer: Any, code: int, fault: Exception) -> None:
    """4xx asks us to come back, 5xx to stay away; either way this connection is done with."""
    _close(mailer)
    raise (Undeliverable if code >= 500 else NotNow)(f"refused {code}") from fault


def _close(mailer: Any) -> None:
    """A line that is dead already needs no goodbye."""
    try:
        mailer.close()
    except (OSError, smtplib.SMTPException):
        mailer.connection = None
