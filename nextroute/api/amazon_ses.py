"""Amazon's way of reporting mail: through its notification service, which asks to be confirmed once.

anymail's view does that with Amazon's whole library; here it is one request, to Amazon and nobody else.
"""

import re
from typing import Any

import requests
from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.webhooks.amazon_ses import AmazonSESBaseWebhookView, AmazonSESTrackingWebhookView

AMAZON = re.compile(r"https://sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/\?[^\s#]*")
SECONDS = 10


class Tracking(AmazonSESTrackingWebhookView):  # type: ignore[misc]
    """anymail's, without boto3."""

    def __init__(self, **of_view: Any) -> None:
        super(AmazonSESBaseWebhookView, self).__init__(**of_view)

    def auto_confirm_sns_subscription(self, sns_message: dict[str, Any]) -> None:
        """Visit the address the service names; whoever asks has shown our password by then."""
        address = str(sns_message.get("SubscribeURL", ""))
        if not AMAZON.fullmatch(address):
            raise AnymailWebhookValidationFailure
        requests.get(address, timeout=SECONDS, allow_redirects=False).raise_for_status()
