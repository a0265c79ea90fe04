"""The mail providers whose reports we understand, and who reads them: anymail, for each of them."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from nextroute.api import passing
from nextroute.api.passing import Told
from nextroute.notifications.mail_providers import SIGNING

_KNOWN: Mapping[str, tuple[str, Callable[[Told], bool]]] = {
    "amazon_ses": ("nextroute.api.amazon_ses.Tracking", passing.amazon_ses),
    "brevo": ("anymail.webhooks.brevo.BrevoTrackingWebhookView", passing.brevo),
    "mailgun": ("anymail.webhooks.mailgun.MailgunTrackingWebhookView", passing.mailgun),
    "mailjet": ("anymail.webhooks.mailjet.MailjetTrackingWebhookView", passing.mailjet),
    "postmark": ("anymail.webhooks.postmark.PostmarkTrackingWebhookView", passing.postmark),
    "sendgrid": ("anymail.webhooks.sendgrid.SendGridTrackingWebhookView", passing.sendgrid),
    "sparkpost": ("anymail.webhooks.sparkpost.SparkPostTrackingWebhookView", passing.sparkpost),
}


@dataclass(frozen=True, slots=True)
class Provider:
    """`view`: anymail's, which keeps nothing of a request for the next. `passes`: whether a bounce is a passing one."""

    view: Any
    passes: Callable[[Told], bool]
    asks_for_password: bool


def configured() -> Provider | None:
    """The provider of the settings, if there is one."""
    name, secret = settings.MAIL_PROVIDER, settings.MAIL_WEBHOOK_SECRET
    return _provider(name, secret) if name else None


@cache
def _provider(name: str, secret: str) -> Provider:
    path, passes = _KNOWN[name]
    signing = name in SIGNING
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # anymail does not test SendGrid any more; tests/api/test_mail.py does
        view = import_string(path)(**{"webhook_signing_key" if signing else "webhook_secret": secret})
    return Provider(view, passes, asks_for_password=not signing)
