"""E-mail: one message through Django's mailers. SMTP in production, a folder to read at /dev/mail/ in the demo."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, mailers
from django.core.validators import validate_email

from nextroute.notifications import rendering
from nextroute.notifications.deliveries import Delivery
from nextroute.notifications.mail_providers import headers
from nextroute.notifications.messages import Message
from nextroute.notifications.outcomes import NotNow, Undeliverable


@contextmanager
def post_office() -> Iterator[Any]:
    """A mailer whose connection is opened with the first message and closed at the end."""
    mailer = mailers.default
    try:
        yield mailer
    finally:
        hang_up(mailer)


def send(mailer: Any, delivery: Delivery, message: Message) -> str:
    """Hand one mail over; returns its id. Raises NotNow, Undeliverable, or whatever else the mailer does.

    A line that drops before the answer may have delivered it: it is sent again with the same Message-ID. After any
    fault the line is not used again.
    """
    mail = written(delivery, message)
    try:
        _connect(mailer)
        mailer.send_messages([mail])
    except smtplib.SMTPRecipientsRefused as refused:
        hang_up(mailer)
        raise _refusal(next(iter(refused.recipients.values()))[0]) from refused
    except smtplib.SMTPDataError as refused:
        hang_up(mailer)
        raise _refusal(refused.smtp_code) from refused
    except OSError as fault:  # smtplib's are, too: a wrong password of ours is no reason to give a customer's mail up
        hang_up(mailer)
        raise NotNow(type(fault).__name__) from fault
    except BaseException:
        hang_up(mailer)
        raise
    return str(delivery.id)


def written(delivery: Delivery, message: Message) -> EmailMultiAlternatives:
    """The mail, in the active language. Raises Undeliverable for an address no mail server takes."""
    try:
        validate_email(delivery.address)
    except ValidationError:
        raise Undeliverable("not an address") from None
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=rendering.text(delivery, message),
        from_email=sender(delivery),
        to=[delivery.address],
        reply_to=[delivery.business.email] if delivery.business.email else None,
        headers={"Message-ID": message_id(delivery), "Auto-Submitted": "auto-generated", **headers(delivery.id)},
    )
    mail.attach_alternative(rendering.html(delivery, message), "text/html")
    return mail


def message_id(delivery: Delivery) -> str:
    """The same for every attempt: `<delivery id@our domain>`."""
    return f"<{delivery.id}@{_address().partition('@')[2]}>"


def sender(delivery: Delivery) -> str:
    """The business's name before our own address; answers go to the business."""
    return str(Address(" ".join(delivery.business.name.split()), addr_spec=_address()))


def _address() -> str:
    return parseaddr(settings.MAIL_FROM)[1]


def _connect(mailer: Any) -> None:
    """Have an open line: a server may have hung up since the message before."""
    line = getattr(mailer, "connection", None)
    if line is not None and not _answers(line):
        hang_up(mailer)
    mailer.open()


def _answers(line: smtplib.SMTP) -> bool:
    try:
        return line.noop()[0] == 250
    except OSError:
        return False


def _refusal(code: int) -> Exception:
    """What a mail server says of this one mail: 4xx asks us to come back, 5xx to stay away."""
    return Undeliverable(f"refused {code}") if code >= 500 else NotNow(f"refused {code}")


def hang_up(mailer: Any) -> None:
    """End the connection; a line that is dead already needs no goodbye."""
    with suppress(OSError):
        mailer.close()
