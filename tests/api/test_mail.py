"""/api/webhooks/mail: what each provider sends, as its own documentation shows it. docs/rules/webhooks.md."""

import hmac
import json
from collections.abc import Callable
from email import message_from_bytes
from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail as post

from nextroute.customers.models import Customer
from nextroute.identity.throttling import BY_BAD_SIGNATURE
from nextroute.notifications import bounces, deliveries, mail_providers
from nextroute.notifications.models import Bounce, Delivery
from nextroute.notifications.triggers import Trigger
from nextroute.tenancy.businesses import Business
from tests.api.calling import MAIL, PASSWORD, USER, call_mail, everything
from tests.cast import NOON, inside
from tests.doors import Browser
from tests.notifications.texting import again, owed, says, send

type Told = dict[str, Any]
PROVIDERS = sorted(mail_providers.HEADERS)
SIGNING_KEY = "a key we share"


@pytest.fixture(params=["postmark"])
def provider(request: pytest.FixtureRequest, settings: Any, db: None) -> str:
    """The one that is configured."""
    settings.MAIL_PROVIDER = request.param
    settings.MAIL_WEBHOOK_SECRET = SIGNING_KEY if request.param == "mailgun" else f"{USER}:{PASSWORD}"
    return str(request.param)


@pytest.fixture
def sent(bright: Business, ada: Customer, provider: str, monkeypatch: pytest.MonkeyPatch) -> Delivery:
    """A mail that went out."""
    says(monkeypatch, Trigger.WELCOME)
    delivery = owed(ada, Trigger.WELCOME, channel="email")
    send(bright)
    return again(delivery)


def outcome(delivery: Delivery) -> tuple[str, str, bool]:
    now = again(delivery)
    return now.status, now.why, bounces.stands(now.business_id, now.address)


BOUNCED = ("bounced", "bounced", True)
SENT = ("sent", "", False)


# What the providers say, of a mail with this key


def amazon_ses(key: str, event: Told) -> Told:
    about = {"messageId": "0000-ses", "headers": [{"name": "X-Metadata", "value": json.dumps({"delivery": key})}]}
    return {"Type": "Notification", "MessageId": "sns-1", "Message": json.dumps({"mail": about} | event)}


def ses_bounce(key: str, kind: str) -> Told:
    bounce = {"bounceType": kind, "bounceSubType": "General", "bouncedRecipients": [{"emailAddress": "x@example.com"}]}
    return amazon_ses(key, {"eventType": "Bounce", "bounce": bounce})


def brevo(key: str, event: str) -> Told:
    custom = json.dumps({"delivery": key})
    return {
        "event": event,
        "email": "x@example.com",
        "message-id": "<b@relay>",
        "ts_epoch": 1,
        "X-Mailin-custom": custom,
    }


def mailgun(key: str, event: str, severity: str = "permanent", reason: str = "bounce") -> Told:
    stamp, token = "1534108637", "651869375b9df3c98fc15c4889b102119add1235c38fc92824"
    signed = hmac.new(SIGNING_KEY.encode(), f"{stamp}{token}".encode(), sha256).hexdigest()
    data = {"event": event, "severity": severity, "reason": reason, "user-variables": {"delivery": key}}
    return {"signature": {"timestamp": stamp, "token": token, "signature": signed}, "event-data": data}


def mailjet(key: str, **event: object) -> list[Told]:
    return [
        {"time": 1498093527, "MessageID": 1234, "email": "x@example.com", "Payload": json.dumps({"delivery": key})}
        | event
    ]


def postmark(key: str, kind: str, record: str = "Bounce") -> Told:
    own = {"MessageID": str(uuid4()), "Metadata": {"delivery": key}, "BouncedAt": "2026-06-01T18:00:00Z"}
    return own | {"RecordType": record, "Type": kind, "Email": "x@example.com"}


def sendgrid(key: str, **event: object) -> list[Told]:
    return [{"email": "x@example.com", "timestamp": 1461095246, "sg_event_id": "s", "delivery": key} | event]


def sparkpost(key: str, **event: object) -> list[Told]:
    return [{"msys": {"message_event": {"rcpt_meta": {"delivery": key}, "timestamp": "1464824548"} | event}}]


# (provider, what it says of a mail, what then holds)
HARD: list[tuple[str, Callable[[str], object], str]] = [
    ("amazon_ses", lambda key: ses_bounce(key, "Permanent"), "bounced"),
    (
        "amazon_ses",
        lambda key: amazon_ses(
            key, {"notificationType": "Complaint", "complaint": {"complainedRecipients": [{"emailAddress": "x"}]}}
        ),
        "complained",
    ),
    ("brevo", lambda key: brevo(key, "hard_bounce"), "bounced"),
    ("brevo", lambda key: brevo(key, "spam"), "complained"),
    ("brevo", lambda key: brevo(key, "blocked"), "rejected"),
    ("mailgun", lambda key: mailgun(key, "failed"), "bounced"),
    ("mailgun", lambda key: mailgun(key, "failed", reason="suppress-bounce"), "bounced"),
    ("mailgun", lambda key: mailgun(key, "complained", severity="", reason=""), "complained"),
    ("mailjet", lambda key: mailjet(key, event="bounce", hard_bounce=True, error="user unknown"), "bounced"),
    ("mailjet", lambda key: mailjet(key, event="blocked", error="preblocked"), "rejected"),
    ("mailjet", lambda key: mailjet(key, event="spam"), "complained"),
    ("postmark", lambda key: postmark(key, "HardBounce"), "bounced"),
    ("postmark", lambda key: postmark(key, "SpamComplaint", record="SpamComplaint"), "complained"),
    ("postmark", lambda key: postmark(key, "BadEmailAddress"), "rejected"),
    ("sendgrid", lambda key: sendgrid(key, event="bounce", type="bounce", reason="500 unknown"), "bounced"),
    ("sendgrid", lambda key: sendgrid(key, event="spamreport"), "complained"),
    ("sendgrid", lambda key: sendgrid(key, event="dropped", reason="Bounced Address"), "rejected"),
    ("sparkpost", lambda key: sparkpost(key, type="bounce", bounce_class="10"), "bounced"),
    ("sparkpost", lambda key: sparkpost(key, type="spam_complaint"), "complained"),
    ("sparkpost", lambda key: sparkpost(key, type="generation_rejection"), "rejected"),
]
PASSING: list[tuple[str, Callable[[str], object]]] = [
    ("amazon_ses", lambda key: ses_bounce(key, "Transient")),
    ("amazon_ses", lambda key: amazon_ses(key, {"eventType": "Reject", "reject": {"reason": "Bad content"}})),
    ("amazon_ses", lambda key: amazon_ses(key, {"eventType": "Delivery", "delivery": {"recipients": ["x"]}})),
    ("amazon_ses", lambda key: {"Type": "UnsubscribeConfirmation", "MessageId": "sns-1"}),
    ("brevo", lambda key: brevo(key, "soft_bounce")),
    ("brevo", lambda key: brevo(key, "delivered")),
    ("brevo", lambda key: brevo(key, "something new")),
    ("mailgun", lambda key: mailgun(key, "failed", severity="temporary")),
    ("mailgun", lambda key: mailgun(key, "failed", reason="old")),
    ("mailgun", lambda key: mailgun(key, "rejected")),
    ("mailgun", lambda key: mailgun(key, "opened")),
    ("mailjet", lambda key: mailjet(key, event="bounce", hard_bounce=False, error="quota exceeded")),
    ("mailjet", lambda key: mailjet(key, event="blocked", error="content blocked")),
    ("mailjet", lambda key: mailjet(key, event="sent")),
    ("postmark", lambda key: postmark(key, "SoftBounce")),
    ("postmark", lambda key: postmark(key, "Transient")),
    ("postmark", lambda key: postmark(key, "DMARCPolicy")),
    ("postmark", lambda key: postmark(key, "", record="Open")),
    ("sendgrid", lambda key: sendgrid(key, event="bounce", type="blocked")),
    ("sendgrid", lambda key: sendgrid(key, event="deferred")),
    ("sparkpost", lambda key: sparkpost(key, type="bounce", bounce_class="22")),
    ("sparkpost", lambda key: sparkpost(key, type="out_of_band", bounce_class="60")),
    ("sparkpost", lambda key: [{"msys": {}}]),
]


def call(browser: Browser, provider: str, told: Any) -> Any:
    sns = {"X-Amz-Sns-Message-Type": told["Type"], "X-Amz-Sns-Message-Id": "sns-1"} if provider == "amazon_ses" else {}
    return call_mail(browser, json.dumps(told), **sns)


@pytest.mark.parametrize(("provider", "told", "why"), HARD, indirect=["provider"])
def test_a_mail_that_never_arrives_gives_its_address_up(
    browser: Browser, provider: str, told: Callable[[str], object], why: str, sent: Delivery
) -> None:
    for _ in range(2):
        answer = call(browser, provider, told(str(sent.id)))
        assert (answer.status_code, answer.json()) == (200, {})
        assert outcome(sent) == ("bounced", why, True)
    assert Bounce.objects.count() == 1


@pytest.mark.parametrize(("provider", "told"), PASSING, indirect=["provider"])
def test_what_passes_is_let_pass(
    browser: Browser, provider: str, told: Callable[[str], object], sent: Delivery
) -> None:
    assert call(browser, provider, told(str(sent.id))).status_code == 200
    assert outcome(sent) == SENT


# How the providers know our key


@pytest.mark.parametrize("provider", PROVIDERS, indirect=True)
def test_every_mail_carries_what_its_provider_gives_back(provider: str, sent: Delivery) -> None:
    """As it is on the line: a header that is folded or encoded would come back as something else."""
    letter = message_from_bytes(post.outbox[0].message().as_bytes())
    for name, value in mail_providers.headers(sent.id).items():
        assert " ".join(str(letter[name]).split()) == value
        assert str(sent.id) in value or name == "X-PM-KeepID"


def test_without_a_provider_it_carries_nothing_more(settings: Any) -> None:
    settings.MAIL_PROVIDER = ""
    assert mail_providers.headers(uuid4()) == {}


def test_a_provider_that_keeps_our_message_id_needs_no_more(browser: Browser, provider: str, sent: Delivery) -> None:
    told = postmark("", "HardBounce") | {"MessageID": f"<{sent.id}@portal.example.com>", "Metadata": {}}
    call_mail(browser, told)
    assert outcome(sent) == BOUNCED


# Which mail, whose address


def test_a_mail_of_nobodys_is_ignored(browser: Browser, provider: str, sent: Delivery, ada: Customer) -> None:
    text = owed(ada, provider_id=str(uuid4()))
    before = everything()
    for key in (str(uuid4()), str(text.provider_id), "", "x", "\0", "’"):
        assert call_mail(browser, postmark(key, "HardBounce")).status_code == 200
    assert everything() == before


def test_the_address_is_the_mails_own_at_its_own_business(
    browser: Browser, provider: str, sent: Delivery, silk: Business
) -> None:
    """Whatever the report says the address is."""
    call_mail(browser, postmark(str(sent.id), "HardBounce") | {"Email": "eve@example.com"})
    assert list(Bounce.objects.values_list("address", "business_id")) == [(sent.address, sent.business_id)]
    with inside(silk):
        assert not bounces.stands(silk.id, sent.address)


def test_a_report_said_again_after_the_office_cleared_the_address_changes_nothing(
    browser: Browser, provider: str, sent: Delivery
) -> None:
    told = postmark(str(sent.id), "HardBounce")
    call_mail(browser, told)
    bounces.clear(sent.business_id, sent.address, now=NOON)
    call_mail(browser, told)
    assert outcome(sent) == ("bounced", "bounced", False)


def test_a_report_that_comes_before_the_worker_is_done_is_kept(
    browser: Browser, bright: Business, ada: Customer, provider: str
) -> None:
    owing = owed(ada, Trigger.WELCOME, channel="email")
    taken = deliveries.claim(bright.id, now=NOON, lease=NOON - NOON)
    assert taken
    call_mail(browser, postmark(str(owing.id), "HardBounce"))
    assert not deliveries.settle(taken, Delivery.Status.SENT)
    assert outcome(owing) == BOUNCED


@pytest.mark.parametrize("provider", ["sendgrid"], indirect=True)
def test_many_reports_in_one_are_all_heard(
    browser: Browser, provider: str, sent: Delivery, eve: Customer, bright: Business
) -> None:
    other = owed(eve, Trigger.WELCOME, channel="email")
    send(bright)
    told = [
        *sendgrid(str(other.id), event="delivered"),
        *sendgrid(str(uuid4()), event="bounce"),
        *sendgrid(str(sent.id), event="bounce"),
        *sendgrid(str(other.id), event="spamreport"),
    ]
    call_mail(browser, told)
    assert outcome(sent) == BOUNCED
    assert outcome(other) == ("bounced", "complained", True)


# Who reports


@pytest.mark.parametrize("provider", PROVIDERS, indirect=True)
def test_whoever_does_not_prove_it_is_not_heard(browser: Browser, provider: str, sent: Delivery) -> None:
    (told, *_) = [made(str(sent.id)) for name, made, _ in HARD if name == provider]
    if provider == "mailgun":
        told["signature"]["timestamp"] = "1534108638"  # type: ignore[index]
    sns = {"X-Amz-Sns-Message-Type": "Notification", "X-Amz-Sns-Message-Id": "sns-1"}
    answer = call_mail(browser, told, password="guessed", **sns)
    assert (answer.status_code, answer.json()) == (403, {"error": "not_proven"})
    assert outcome(sent) == SENT


def test_whoever_shows_no_password_is_asked_for_one(browser: Browser, provider: str, sent: Delivery) -> None:
    """Amazon's service shows it only when asked."""
    answer = browser.post(MAIL, postmark(str(sent.id), "HardBounce"), content_type="application/json")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Basic realm="webhooks"')
    assert outcome(sent) == SENT


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Bearer x", "Basic " + "/w==", "None", "Basic Tm9uZQ=="])
def test_a_password_that_is_none_is_none(browser: Browser, provider: str, header: str) -> None:
    answer = browser.post(MAIL, {}, content_type="application/json", headers={"Authorization": header})
    assert answer.status_code == 403


def test_whoever_keeps_guessing_is_asked_to_wait(browser: Browser, provider: str) -> None:
    statuses = [call_mail(browser, {}, password="guessed").status_code for _ in range(BY_BAD_SIGNATURE.burst + 1)]
    assert statuses == [403] * BY_BAD_SIGNATURE.burst + [429]


def test_without_a_provider_there_is_nothing_here(browser: Browser, bright: Business) -> None:
    answer = call_mail(browser, {})
    assert (answer.status_code, answer.json()) == (404, {"error": "not_configured"})


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b"[]", b"null", b"1", b'{"RecordType": []}', b"[" * 100_000, b'{"RecordType": "Inbound"}'],
)
def test_what_cannot_be_read_is_refused_in_a_word(browser: Browser, provider: str, body: bytes) -> None:
    answer = call_mail(browser, body)
    assert (answer.status_code, answer.json()) == (400, {"error": "malformed"})


def test_what_is_too_large_is_refused(browser: Browser, provider: str) -> None:
    answer = call_mail(browser, b" " * 1_000_001)
    assert (answer.status_code, answer.json()) == (413, {"error": "too_large"})


def test_nothing_of_a_person_is_written_to_the_log(
    browser: Browser, provider: str, sent: Delivery, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG", logger="django.request"), caplog.at_level("DEBUG", logger="nextroute"):
        call_mail(browser, postmark(str(sent.id), "HardBounce") | {"Email": "x@example.com"})
        call_mail(browser, b'{"Email": "x@example.com"')
        call_mail(browser, {"Email": "x@example.com"}, password="guessed")
    assert not [word for word in ("x@example.com", sent.address, "guessed", PASSWORD) if word in caplog.text]
