"""/api/webhooks/sms: what the text message provider tells, that somebody answered, and what became of a message."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl
from uuid import UUID
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import HttpResponse
from django.utils.crypto import constant_time_compare

from nextroute.api.doors import Malformed, Unproven, WebhookRequest, webhook
from nextroute.customers import replies
from nextroute.notifications import reports
from nextroute.notifications.signatures import HEADER, signature

FORM = "application/x-www-form-urlencoded"
MOST_PARAMETERS = 200
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}")


@webhook(because="it is signed with the secret the provider and we share")
def sms(request: WebhookRequest) -> HttpResponse:
    said = _proven(request)
    answer = ""
    if "MessageStatus" in said:
        _became(request, said)
    elif _NUMBER.fullmatch(said.get("From", "")) and _NUMBER.fullmatch(said.get("To", "")):
        answer = _answered(request, said)
    return HttpResponse(_twiml(answer), content_type="text/xml; charset=utf-8")


def _proven(request: WebhookRequest) -> Mapping[str, str]:
    """The form's parameters, if they are signed with our secret for this very address.

    Ours as it is configured: what the asker says the host is, is not asked.
    """
    shown = request.headers.get(HEADER, "")
    if not (settings.SMS_TOKEN and shown):
        raise Unproven
    query = request.META.get("QUERY_STRING", "")
    url = request.link("api_sms", absolute=True) + (f"?{query}" if query else "")
    parameters = _read(request)
    if not constant_time_compare(shown, signature(settings.SMS_TOKEN, url, parameters)):
        raise Unproven
    return dict(parameters)


def _read(request: WebhookRequest) -> list[tuple[str, str]]:
    if request.content_type != FORM:
        raise Malformed
    try:
        text = request.body.decode()
        return parse_qsl(
            text,
            keep_blank_values=True,
            strict_parsing=bool(text),
            errors="strict",
            max_num_fields=MOST_PARAMETERS,
        )
    except ValueError:
        raise Malformed from None


def _became(request: WebhookRequest, said: Mapping[str, str]) -> None:
    sid = said.get("MessageSid", "")
    if not _SID.fullmatch(sid):
        return
    reports.text_message(
        sid=sid,
        delivery_id=_key(request.GET.get("delivery", "")),
        status=said["MessageStatus"],
        code=said.get("ErrorCode", ""),
        now=request.now,
    )


def _answered(request: WebhookRequest, said: Mapping[str, str]) -> str:
    """What to answer. Where the provider itself knew the word (`OptOutType`), it has answered already."""
    known = said.get("OptOutType", "")
    answer = replies.heard(known or said.get("Body", ""), phone=said["From"], number=said["To"], now=request.now)
    return "" if known else answer


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _twiml(answer: str) -> str:
    """The provider's own XML: send this, or nothing."""
    message = f"<Message>{escape(answer)}</Message>" if answer else ""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>'
