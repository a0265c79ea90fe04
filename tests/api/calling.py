"""Calling our webhooks as a provider does."""

from base64 import b64encode
from typing import Any
from urllib.parse import urlencode

from nextroute.config import links
from nextroute.notifications.fake_sms import Provider
from nextroute.notifications.models import Bounce, Consent, Delivery
from tests.doors import Browser

SMS, MAIL = "/api/webhooks/sms", "/api/webhooks/mail"
FORM = "application/x-www-form-urlencoded"
USER, PASSWORD = "post", "a password we share"


def call_sms(browser: Browser, provider: Provider, form: dict[str, str], *, query: str = "", **extra: Any) -> Any:
    """A call the provider signs."""
    signed = provider.signed(links.to("api_sms", absolute=True) + query, form)
    return browser.post(SMS + query, urlencode(form), content_type=FORM, headers=signed, **extra)


def call_mail(browser: Browser, told: object, *, password: str = PASSWORD, **headers: str) -> Any:
    """A call by somebody who knows the password, or another one."""
    pair = b64encode(f"{USER}:{password}".encode()).decode()
    return browser.post(
        MAIL, told, content_type="application/json", headers={"Authorization": f"Basic {pair}"} | headers
    )


def everything() -> list[Any]:
    """All that a webhook could change. In a business's scope."""
    return [list(table.objects.order_by("id").values()) for table in (Delivery, Consent, Bounce)]
