"""/api/webhooks/sms: docs/rules/webhooks.md."""

from itertools import permutations
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.test.utils import override_settings
from django.utils import translation

from nextroute.audit.models import Entry
from nextroute.audit.verbs import Verb
from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from nextroute.identity.throttling import BY_BAD_SIGNATURE
from nextroute.notifications import consents, deliveries, sms_numbers
from nextroute.notifications.fake_sms import Mishap, Provider
from nextroute.notifications.models import Delivery
from nextroute.notifications.triggers import Trigger
from nextroute.tenancy.businesses import Business
from tests.api.calling import FORM, SMS, call_sms, everything
from tests.cast import NOON, inside
from tests.doors import Browser, statements
from tests.notifications.texting import ADAS, OURS, a_reader, again, owed, says, send

THEIRS = "+18605550100"
NOTHING = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


@pytest.fixture(autouse=True)
def reader(bright: Business, ada: Customer, texts: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ada's phone has agreed."""
    Customer.objects.filter(id=ada.id).update(phone=ADAS)
    a_reader(bright, ADAS)
    says(monkeypatch, Trigger.SERVICE_REMINDER)


def text(body: str, *, by: str = ADAS, to: str = OURS, **more: str) -> dict[str, str]:
    """As the provider tells that somebody wrote."""
    sid = f"SM{uuid4().hex}"
    return {"MessageSid": sid, "SmsStatus": "received", "From": by, "To": to, "Body": body, "NumMedia": "0"} | more


def report(sid: str, status: str, **more: str) -> dict[str, str]:
    """As the provider tells what became of a message."""
    return {"MessageSid": sid, "MessageStatus": status, "From": OURS, "To": ADAS} | more


def agreed(business: Business, phone: str = ADAS) -> bool:
    with inside(business):
        return consents.of(business.id, [phone]) == {phone}


# What people answer


@pytest.mark.parametrize("word", ["STOP", "stopall", "Unsubscribe", "CANCEL", "end", "Quit", "ALTO", "parar."])
def test_stop_ends_it(browser: Browser, bright: Business, texts: Provider, word: str) -> None:
    answer = call_sms(browser, texts, text(word))
    assert (answer.status_code, answer.content.decode()) == (200, NOTHING)
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert not agreed(bright)


def test_start_gives_it_back(browser: Browser, bright: Business, texts: Provider) -> None:
    call_sms(browser, texts, text("STOP"))
    call_sms(browser, texts, text("Sí"))
    assert agreed(bright)


def test_stop_is_to_the_business_it_was_sent_to(
    browser: Browser, bright: Business, silk: Business, texts: Provider
) -> None:
    with inside(silk):
        a_reader(silk, ADAS, number=THEIRS)
    call_sms(browser, texts, text("STOP", to=THEIRS))
    assert (agreed(bright), agreed(silk)) == (True, False)


def test_anything_else_is_let_be(browser: Browser, bright: Business, texts: Provider) -> None:
    before = everything()
    for said in ("Please stop by the gate", "", "👍"):
        assert call_sms(browser, texts, text(said)).content.decode() == NOTHING
    assert everything() == before


@pytest.mark.parametrize(
    "form",
    [
        text("STOP", to="+13035550199"),  # nobody's number
        text("STOP", by="22333"),  # a short code
        text("STOP", to="whatsapp:+13035550100"),
        text("STOP", by="\0"),
        {"EventType": "onMessageAdded", "Body": "STOP"},
    ],
)
def test_what_is_not_known_is_taken_and_ignored(
    browser: Browser, bright: Business, texts: Provider, form: dict[str, str]
) -> None:
    before = everything()
    assert call_sms(browser, texts, form).status_code == 200
    assert everything() == before


def test_help_says_who_writes_and_whom_to_call(browser: Browser, bright: Business, texts: Provider) -> None:
    Business.objects.filter(id=bright.id).update(name="Bright & Co", phone="+13035550142")
    answer = call_sms(browser, texts, text("Help")).content.decode()
    assert "<Message>Bright &amp; Co: call +13035550142 for help." in answer
    Business.objects.filter(id=bright.id).update(phone="")
    assert (
        "<Message>Bright &amp; Co: reply STOP to get no more messages."
        in call_sms(browser, texts, text("INFO", by="+13035550177")).content.decode()
    )


def test_help_is_in_the_language_of_the_one_who_asks(
    browser: Browser, bright: Business, ada: Customer, texts: Provider
) -> None:
    Customer.objects.filter(id=ada.id).update(language="es")
    with translation.override("es-us"):
        said = translation.gettext("%(business)s: reply STOP to get no more messages.") % {"business": "Bright Bins"}
    assert f"<Message>{said}</Message>" in call_sms(browser, texts, text("Ayuda")).content.decode()


def test_a_word_the_provider_knew_is_obeyed_and_not_answered_twice(
    browser: Browser, bright: Business, texts: Provider
) -> None:
    """It may have been taught others: what it took for STOP is STOP."""
    assert call_sms(browser, texts, text("Help", OptOutType="HELP")).content.decode() == NOTHING
    call_sms(browser, texts, text("basta", OptOutType="STOP"))
    assert not agreed(bright)


def test_it_stands_in_the_trail_of_the_one_customer_whose_phone_it_is(
    browser: Browser, bright: Business, ada: Customer, eve: Customer, texts: Provider
) -> None:
    for word in ("STOP", "STOP", "START"):
        call_sms(browser, texts, text(word))
    entries = Entry.objects.filter(verb__in=[Verb.SMS_STOPPED, Verb.SMS_STARTED], customer_id=ada.id).order_by("id")
    assert [(entry.verb, entry.actor_kind) for entry in entries] == [
        (Verb.SMS_STOPPED, "customer"),
        (Verb.SMS_STARTED, "customer"),
    ]
    Customer.objects.filter(id=eve.id).update(phone=ADAS)
    call_sms(browser, texts, text("STOP"))
    assert Entry.objects.latest("id").customer_id is None


# Who says it


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="},
        {"X-Twilio-Signature": "ÿ€ é"},
    ],
)
def test_whoever_does_not_sign_is_not_heard(browser: Browser, bright: Business, headers: dict[str, str]) -> None:
    answer = browser.post(SMS, urlencode(text("STOP")), content_type=FORM, headers=headers)
    assert (answer.status_code, answer.json()) == (403, {"error": "not_proven"})
    assert agreed(bright)


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("http://127.0.0.1/api/webhooks/sms", text("STOP", by="+13035550199")),
        ("http://evil.example/api/webhooks/sms", None),
        ("https://127.0.0.1/api/webhooks/sms", None),
        ("http://127.0.0.1/api/webhooks/sms?x=1", None),
        ("http://127.0.0.1/api/webhooks/mail", None),
    ],
)
def test_a_signature_for_something_else_is_none(
    browser: Browser, bright: Business, texts: Provider, url: str, form: dict[str, str] | None
) -> None:
    said = text("STOP")
    answer = browser.post(SMS, urlencode(said), content_type=FORM, headers=texts.signed(url, form or said))
    assert (answer.status_code, agreed(bright)) == (403, True)


def test_the_address_is_ours_as_configured_whatever_host_is_asked_for(
    browser: Browser, bright: Business, texts: Provider
) -> None:
    assert call_sms(browser, texts, text("STOP"), HTTP_HOST="localhost").status_code == 200
    assert not agreed(bright)


def test_without_a_provider_nobody_is_one(browser: Browser, bright: Business, texts: Provider, settings: Any) -> None:
    settings.SMS_TOKEN = texts.token = ""
    assert call_sms(browser, texts, text("STOP")).status_code == 403
    assert agreed(bright)


def test_whoever_keeps_failing_is_asked_to_wait_and_the_provider_is_not(
    browser: Browser, bright: Business, texts: Provider
) -> None:
    statuses = [browser.post(SMS).status_code for _ in range(BY_BAD_SIGNATURE.burst + 1)]
    assert statuses == [403] * BY_BAD_SIGNATURE.burst + [429]
    answer = browser.post(SMS)
    assert (answer["Retry-After"], answer.json()) == (str(BY_BAD_SIGNATURE.every), {"error": "too_many_tries"})
    assert call_sms(browser, texts, text("STOP")).status_code == 200


def test_a_provider_has_no_form_of_ours(bright: Business, clock: object, texts: Provider) -> None:
    assert call_sms(Browser(enforce_csrf_checks=True), texts, text("STOP")).status_code == 200


@pytest.mark.parametrize(
    ("body", "kind", "status", "error"),
    [
        (b"Body=%FF", FORM, 400, "malformed"),
        (b"Body=\xff", FORM, 400, "malformed"),
        (b"STOP", FORM, 400, "malformed"),
        (b'{"Body": "STOP"}', "application/json", 400, "malformed"),
        (b"&".join(b"p%d=1" % n for n in range(201)), FORM, 400, "malformed"),
        (b"Body=" + b"x" * 1_000_000, FORM, 413, "too_large"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_word(
    browser: Browser, body: bytes, kind: str, status: int, error: str
) -> None:
    answer = browser.post(SMS, body, content_type=kind, headers={"X-Twilio-Signature": "x"})
    assert (answer.status_code, answer.json()) == (status, {"error": error})


@pytest.mark.parametrize("method", ["get", "put", "delete", "head", "options"])
def test_there_is_nothing_to_see(browser: Browser, method: str) -> None:
    answer = getattr(browser, method)(SMS)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


def test_nothing_of_a_person_is_written_to_the_log(
    browser: Browser, texts: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG", logger="django.request"), caplog.at_level("DEBUG", logger="nextroute"):
        call_sms(browser, texts, text("STOP"))
        browser.post(SMS, urlencode(text("STOP")), content_type=FORM)
        browser.post(SMS, b"From=%2B13035550142&Body=%FF", content_type=FORM)
    assert "3035550142" not in caplog.text


def test_it_asks_little(browser: Browser, texts: Provider) -> None:
    with statements() as sent:
        call_sms(browser, texts, text("STOP"))
    # Beside what sets the scope: whose number, which customers, the consent, its change, the entry.
    assert len([one for one in sent if "set_config" not in one]) == 5


# What became of a message


@pytest.fixture
def sent(bright: Business, ada: Customer) -> Delivery:
    delivery = owed(ada)
    send(bright)
    return again(delivery)


@pytest.mark.parametrize("status", ["failed", "undelivered"])
def test_a_message_that_did_not_arrive_is_a_dead_letter(
    browser: Browser, texts: Provider, sent: Delivery, status: str
) -> None:
    form = report(str(sent.provider_id), status, ErrorCode="30003")
    for _ in range(2):
        assert call_sms(browser, texts, form, query=f"?delivery={sent.id}").status_code == 200
        assert (again(sent).status, again(sent).why) == ("failed", f"{status} 30003")


@pytest.mark.parametrize("order", [*permutations(["sent", "undelivered", "delivered", "queued"])])
def test_reports_come_in_any_order(browser: Browser, texts: Provider, sent: Delivery, order: tuple[str, ...]) -> None:
    for status in order:
        call_sms(browser, texts, report(str(sent.provider_id), status))
    assert (again(sent).status, again(sent).why) == ("failed", "undelivered")


def test_a_message_that_arrived_stays_sent(browser: Browser, texts: Provider, sent: Delivery) -> None:
    for status in ("queued", "sending", "sent", "delivered", "read", "something new"):
        call_sms(browser, texts, report(str(sent.provider_id), status))
    assert again(sent).status == "sent"


def test_a_report_that_comes_before_the_answer_is_kept(
    browser: Browser, bright: Business, ada: Customer, texts: Provider
) -> None:
    """The provider may report before the worker has noted its name for the message."""
    owing = owed(ada)
    taken = deliveries.claim(bright.id, now=NOON, lease=NOON - NOON)
    assert taken
    call_sms(browser, texts, report(f"SM{uuid4().hex}", "failed"), query=f"?delivery={owing.id}")
    assert not deliveries.settle(taken, Delivery.Status.SENT)
    assert again(owing).status == "failed"


def test_a_message_whose_answer_was_lost_is_not_sent_again_once_it_is_known_to_be_out(
    browser: Browser, bright: Business, ada: Customer, texts: Provider
) -> None:
    texts.mishaps.append(Mishap(lost="after"))
    owing = owed(ada)
    send(bright)
    assert again(owing).status == "queued"
    (message,) = texts.messages
    call_sms(browser, texts, report(message.sid, "sent"), query=f"?delivery={owing.id}")
    assert (again(owing).status, again(owing).provider_id) == ("sent", message.sid)
    send(bright, again(owing).due_at)
    assert len(texts.messages) == 1


def test_a_phone_that_told_its_carrier_to_stop_has_told_us(
    browser: Browser, bright: Business, ada: Customer, texts: Provider, sent: Delivery
) -> None:
    call_sms(browser, texts, report(str(sent.provider_id), "failed", ErrorCode="21610"))
    assert not agreed(bright)
    assert Entry.objects.get(verb=Verb.SMS_STOPPED).customer_id == ada.id


def test_a_message_of_nobodys_is_ignored(browser: Browser, ada: Customer, texts: Provider, sent: Delivery) -> None:
    mail = owed(ada, channel="email", provider_id="SM" + "a" * 32)
    waiting = owed(ada)
    before = everything()
    for sid, query in (
        (f"SM{uuid4().hex}", ""),
        ("SM" + "a" * 32, f"?delivery={mail.id}"),
        (str(waiting.id), ""),  # which nobody has tried to send yet
        (f"SM{uuid4().hex}", f"?delivery={waiting.id}"),
        (f"SM{uuid4().hex}", "?delivery=x&delivery=%00"),
        ("", f"?delivery={sent.id}"),
        ("\0", ""),
    ):
        assert call_sms(browser, texts, report(sid, "failed"), query=query).status_code == 200
    assert everything() == before


def test_a_number_that_was_taken_back_is_nobodys(browser: Browser, bright: Business, texts: Provider) -> None:
    sms_numbers.take_back(business=bright, actor=SYSTEM)
    call_sms(browser, texts, text("STOP"))
    assert agreed(bright)


@override_settings(DEV=False, ALLOWED_HOSTS=["portal.example.com"], SECURE_SSL_REDIRECT=True)
def test_over_tls_on_our_own_host(browser: Browser, bright: Business, texts: Provider) -> None:
    answer = call_sms(browser, texts, text("STOP"), HTTP_HOST="portal.example.com", secure=True)
    assert (answer.status_code, agreed(bright)) == (200, False)
