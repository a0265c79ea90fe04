"""/api/webhooks/mail: what the mail provider tells of mails that came back, in its own words; anymail reads them.

anymail's views are asked to check and to read, and never answer by themselves: they would send a signal.
"""

from typing import Any
from uuid import UUID

from anymail.exceptions import AnymailWebhookValidationFailure
from django.http import HttpResponse, JsonResponse

from nextroute.api import mail_providers
from nextroute.api.doors import Malformed, Unproven, WebhookRequest, refused, webhook
from nextroute.api.mail_providers import Provider
from nextroute.notifications import reports
from nextroute.notifications.mail_providers import NAME

_NEVER_ARRIVED = {"bounced", "complained", "rejected"}


@webhook(because="the provider proves itself by a password or a signature, whichever it has")
def mail(request: WebhookRequest) -> HttpResponse:
    provider = mail_providers.configured()
    if provider is None:
        return refused(404, "not_configured")
    if provider.asks_for_password and "Authorization" not in request.headers:
        return refused(401, "not_proven", **{"WWW-Authenticate": 'Basic realm="webhooks"'})
    for event in _events(provider, request):
        never = event.event_type in _NEVER_ARRIVED and not provider.passes(event.esp_event)
        if never and (delivery_id := _delivery(event)):
            reports.mail_came_back(delivery_id=delivery_id, why=event.event_type, now=request.now)
    return JsonResponse({})


def _events(provider: Provider, request: WebhookRequest) -> list[Any]:
    """What is reported, by the provider and nobody else."""
    try:
        provider.view.run_validators(request)
        return list(provider.view.parse_events(request))
    except AnymailWebhookValidationFailure:
        raise Unproven from None
    except Exception:  # whatever anymail stumbles over in what it cannot read
        raise Malformed from None


def _delivery(event: Any) -> UUID | None:
    """Our own key, as the provider found it in a header; or in the Message-ID, where that is still ours."""
    given = event.metadata.get(NAME) if isinstance(event.metadata, dict) else None
    for name in (given, str(event.message_id or "").strip("<>").partition("@")[0]):
        try:
            return UUID(str(name))
        except ValueError:
            continue
    return None
