"""/api/webhooks/stripe: what Stripe tells, of our account and of connected ones, in snapshots (v1) and hints (v2)."""

from django.conf import settings
from django.http import HttpResponse, JsonResponse

from nextroute.api.doors import Malformed, Unproven, WebhookRequest, refused, webhook
from nextroute.billing import events
from nextroute.billing.stripe import signatures

LARGEST = 512 * 1024  # bytes; Stripe's own events are much smaller


@webhook(because="Stripe signs the raw body with a secret it shares with us", unproven=400, too_large=400)
def stripe(request: WebhookRequest) -> HttpResponse:
    """Noted and answered at once; the worker looks at Stripe what it means. What is not ours is noted, too."""
    if not settings.STRIPE_WEBHOOK_SECRETS:
        return refused(404, "not_configured")
    if len(request.body) > LARGEST:
        return refused(400, "too_large")
    header = request.headers.get(signatures.HEADER, "")
    if not signatures.proved(request.body, header, secrets=settings.STRIPE_WEBHOOK_SECRETS, now=request.now):
        raise Unproven
    try:
        told = events.said(request.body)
    except (ValueError, RecursionError):
        raise Malformed from None
    events.hear(told, now=request.now)
    return JsonResponse({})
