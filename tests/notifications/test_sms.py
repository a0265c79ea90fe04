"""Text messages, over real HTTP to the stand-in; and what is looked at once more before anything is sent."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from nextroute.audit.models import Entry
from nextroute.audit.verbs import Verb
from nextroute.config import links
from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from nextroute.notifications import bounces, consents, preferences, sms, sms_numbers, telling
from nextroute.notifications.deliveries import BACK_OFF
from nextroute.notifications.fake_sms import Mishap, Provider
from nextroute.notifications.models import Delivery, Wording
from nextroute.notifications.telling import Notice, Recipient
from nextroute.notifications.triggers import Category, Channel, Trigger
from nextroute.tenancy.businesses import Business
from tests.cast import NOON
from tests.notifications.texting import ADAS, OURS, a_reader, again, owed, says, send

NIGHT = NOON + timedelta(hours=10)  # ten in the evening in Denver
MORNING = NOON + timedelta(hours=20)

pytestmark = pytest.mark.usefixtures("reader")


@pytest.fixture
def reader(bright: Business, ada: Customer, texts: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ada agreed to text messages, and there is something to say."""
    a_reader(bright, ADAS)
    for trigger in (Trigger.SERVICE_REMINDER, Trigger.NEW_SIGN_IN, Trigger.WELCOME):
        says(monkeypatch, trigger)
    Wording.objects.create(
        business=bright,
        trigger="service_reminder",
        channel="sms",
        language="en",
        body="We come tomorrow, {{business_name}}.",
    )


def outcome(delivery: Delivery) -> tuple[str, str]:
    now = again(delivery)
    return now.status, now.why


# What goes out


def test_a_message_goes_from_the_businesss_number_to_the_phone(
    bright: Business, ada: Customer, texts: Provider
) -> None:
    delivery = owed(ada)
    assert send(bright) == 1
    (message,) = texts.messages
    assert (message.from_, message.to, message.body) == (OURS, ADAS, "We come tomorrow, Bright Bins.")
    sent = again(delivery)
    assert (sent.status, sent.provider_id, sent.sent_at, sent.attempts) == ("sent", message.sid, NOON, 1)


def test_the_provider_is_told_where_to_report_of_which(bright: Business, ada: Customer, texts: Provider) -> None:
    delivery = owed(ada)
    send(bright)
    reports = links.to("api_sms", absolute=True, query={"delivery": str(delivery.id)})
    assert texts.messages[0].callback == reports


def test_what_is_longer_than_the_provider_takes_is_cut(bright: Business, ada: Customer, texts: Provider) -> None:
    Wording.objects.update(body="x" * 2_000)
    owed(ada)
    send(bright)
    assert texts.messages[0].body == "x" * sms.LONGEST


def test_two_messages_are_two(bright: Business, ada: Customer, eve: Customer, texts: Provider) -> None:
    consents.give(bright.id, "+13035550143", how="form", actor=SYSTEM, now=NOON)
    owed(ada)
    owed(eve, address="+13035550143")
    assert send(bright) == 2
    assert {message.to for message in texts.messages} == {ADAS, "+13035550143"}


# Who sends none


def test_without_a_provider_it_is_dropped(bright: Business, ada: Customer, texts: Provider, settings: Any) -> None:
    settings.SMS_URL = ""
    delivery = owed(ada)
    send(bright)
    assert outcome(delivery) == ("dropped", "no sms provider")


def test_a_business_without_a_number_sends_none(bright: Business, ada: Customer, texts: Provider) -> None:
    sms_numbers.take_back(business=bright, actor=SYSTEM)
    delivery = owed(ada)
    send(bright)
    assert outcome(delivery) == ("dropped", "no sms number")
    assert texts.messages == []


# What people say between owing and sending


def tell(customer: Customer) -> int:
    to = Recipient(customer.id, customer.email, phone=ADAS)
    return telling.tell(Trigger.SERVICE_REMINDER, customer.business_id, [Notice(to)], now=NOON)


def by_sms() -> Delivery:
    return Delivery.objects.get(channel=Channel.SMS)


def test_whoever_agreed_is_told_by_both_channels(bright: Business, ada: Customer, texts: Provider) -> None:
    assert tell(ada) == 2
    send(bright)
    assert len(texts.messages) == 1


def test_whoever_had_stopped_is_owed_none(bright: Business, ada: Customer) -> None:
    consents.stop(bright.id, ADAS, actor=SYSTEM, now=NOON)
    assert tell(ada) == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (lambda ada: consents.stop(ada.business_id, ADAS, actor=SYSTEM, now=NOON), "no consent"),
        (
            lambda ada: preferences.change(
                customer_id=ada.id, category=Category.VISITS, channel=Channel.SMS, wanted=False, actor=SYSTEM
            ),
            "not wanted",
        ),
    ],
)
def test_a_stop_and_a_preference_hold_for_what_is_owed_already(
    bright: Business, ada: Customer, texts: Provider, said: Callable[[Customer], None], why: str
) -> None:
    tell(ada)
    said(ada)
    send(bright)
    assert (by_sms().status, by_sms().why) == ("dropped", why)
    assert Delivery.objects.get(channel=Channel.EMAIL).status == "sent"
    assert texts.messages == []


def test_whoever_changes_their_mind_twice_is_told(bright: Business, ada: Customer, texts: Provider) -> None:
    tell(ada)
    consents.stop(bright.id, ADAS, actor=SYSTEM, now=NOON)
    consents.give_back(bright.id, ADAS, actor=SYSTEM, now=NOON)
    send(bright)
    assert len(texts.messages) == 1


def test_security_mail_goes_whatever_is_wanted(bright: Business, ada: Customer) -> None:
    for category in (Category.ACCOUNT, Category.VISITS):
        preferences.change(customer_id=ada.id, category=category, channel=Channel.EMAIL, wanted=False, actor=SYSTEM)
    security = owed(ada, Trigger.NEW_SIGN_IN, channel="email")
    welcome = owed(ada, Trigger.WELCOME, channel="email")
    send(bright)
    assert outcome(security) == ("sent", "")
    assert outcome(welcome) == ("dropped", "not wanted")


def test_an_address_that_bounced_gets_security_mail_only(bright: Business, ada: Customer) -> None:
    bounces.note(bright.id, ada.email, why="bounced", now=NOON)
    security = owed(ada, Trigger.NEW_SIGN_IN, channel="email")
    welcome = owed(ada, Trigger.WELCOME, channel="email")
    send(bright)
    assert outcome(security) == ("sent", "")
    assert outcome(welcome) == ("dropped", "bounced before")
    bounces.clear(bright.id, ada.email, now=NOON)
    after = owed(ada, Trigger.WELCOME, channel="email")
    send(bright)
    assert outcome(after) == ("sent", "")


# Quiet hours


def test_at_night_it_waits_for_the_morning(bright: Business, ada: Customer, texts: Provider) -> None:
    delivery = owed(ada)
    send(bright, NIGHT)
    waiting = again(delivery)
    assert (waiting.status, waiting.due_at, waiting.why) == ("queued", MORNING, "quiet hours")
    assert send(bright, MORNING - timedelta(seconds=1)) == 0
    assert send(bright, MORNING) == 1
    assert (outcome(delivery), len(texts.messages)) == (("sent", ""), 1)


@pytest.mark.parametrize(
    ("not_after", "expected"),
    [(MORNING, ("queued", "quiet hours")), (MORNING - timedelta(seconds=1), ("dropped", "too late"))],
)
def test_what_is_of_no_use_in_the_morning_does_not_wait_for_it(
    bright: Business, ada: Customer, not_after: object, expected: tuple[str, str]
) -> None:
    delivery = owed(ada, not_after=not_after)
    send(bright, NIGHT)
    assert outcome(delivery) == expected


def test_whoever_stops_at_night_is_not_woken_in_the_morning(bright: Business, ada: Customer, texts: Provider) -> None:
    delivery = owed(ada)
    send(bright, NIGHT)
    consents.stop(bright.id, ADAS, actor=SYSTEM, now=NIGHT)
    send(bright, MORNING)
    assert outcome(delivery) == ("dropped", "no consent")


# What the provider answers


@pytest.mark.parametrize(
    ("mishap", "why"),
    [
        (Mishap(status=429, code=20429), "answered 429"),
        (Mishap(status=500), "answered 500"),
        (Mishap(status=503), "answered 503"),
        (Mishap(status=401, code=20003), "answered 401"),  # somebody will mend the settings
        (Mishap(status=400, code=21606), "answered 400"),  # or the number
        (Mishap(status=302), "answered 302"),
        (Mishap(lost="before"), "ConnectionError"),
        (Mishap(lost="after"), "ConnectionError"),
        (Mishap(stall=0.6), "ReadTimeout"),
    ],
)
def test_what_may_pass_is_tried_again(
    bright: Business, ada: Customer, texts: Provider, monkeypatch: pytest.MonkeyPatch, mishap: Mishap, why: str
) -> None:
    monkeypatch.setattr(sms, "SECONDS", 0.3)
    texts.mishaps.append(mishap)
    delivery = owed(ada)
    send(bright)
    waiting = again(delivery)
    assert (waiting.status, waiting.why, waiting.due_at) == ("queued", why, NOON + BACK_OFF[0])
    send(bright, NOON + BACK_OFF[0])
    assert again(delivery).status == "sent"


def test_a_provider_that_is_not_there_may_come_back(
    bright: Business, ada: Customer, texts: Provider, settings: Any
) -> None:
    settings.SMS_URL = "http://127.0.0.1:1"
    delivery = owed(ada)
    send(bright)
    assert outcome(delivery) == ("queued", "ConnectionError")


@pytest.mark.parametrize(
    ("number", "code"),
    [("+15005550001", 21211), ("+15005550002", 21612), ("+15005550003", 21408), ("+15005550009", 21614)],
)
def test_a_number_that_cannot_be_reached_is_given_up(bright: Business, ada: Customer, number: str, code: int) -> None:
    consents.give(bright.id, number, how="form", actor=SYSTEM, now=NOON)
    delivery = owed(ada, address=number)
    send(bright)
    assert outcome(delivery) == ("failed", f"refused {code}")
    assert consents.of(bright.id, [number]) == {number}


def test_whoever_told_the_provider_to_stop_has_told_us(bright: Business, ada: Customer, texts: Provider) -> None:
    texts.opted_out.add((ADAS, OURS))
    delivery = owed(ada)
    send(bright)
    assert outcome(delivery) == ("failed", "refused 21610")
    assert consents.of(bright.id, [ADAS]) == set()
    assert Entry.objects.get(verb=Verb.SMS_STOPPED).customer_id == ada.id


def test_an_answer_nobody_can_read_is_no_answer(
    bright: Business, ada: Customer, texts: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nextroute.notifications.fake_sms_server.json.dumps", lambda _: "<html>")
    delivery = owed(ada)
    send(bright)
    assert outcome(delivery) == ("queued", "answered 201")


def test_after_the_last_try_it_is_a_dead_letter(bright: Business, ada: Customer, texts: Provider) -> None:
    texts.mishaps += [Mishap(status=500)] * 20
    delivery = owed(ada)
    while (waiting := again(delivery)).status == "queued":
        send(bright, waiting.due_at)
    assert outcome(delivery) == ("failed", "answered 500")
    assert list(Delivery.objects.dead()) == [delivery]


def test_nothing_of_a_person_is_written_to_the_log(
    bright: Business, ada: Customer, texts: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    texts.mishaps += [Mishap(status=500), Mishap(lost="after")]
    with caplog.at_level("DEBUG"):
        for number in (ADAS, "+15005550001"):
            consents.give(bright.id, number, how="form", actor=SYSTEM, now=NOON)
            owed(ada, address=number)
        send(bright)
        send(bright, NOON + BACK_OFF[0])
    said = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("django.db"))
    assert ADAS.removeprefix("+") not in said
    assert "We come tomorrow" not in said
