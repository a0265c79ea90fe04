"""What is owed goes out, once if all goes well, and in the end whatever happens; or it is known why not."""

import logging
import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.utils.translation import get_language
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from nextroute.core import jobs, scope
from nextroute.customers.models import Customer
from nextroute.notifications import bounces, deliveries, delivering
from nextroute.notifications.deliveries import BACK_OFF, MOST_ATTEMPTS
from nextroute.notifications.models import Delivery, Preference
from nextroute.notifications.triggers import Channel, Trigger
from nextroute.tenancy.businesses import Business
from nextroute.tenancy.models import Branding
from tests.doors import Clock
from tests.notifications.posting import Killed, Outbox, deliver, owe, work_it_off

LATER, NEVER = 451, 550


def refused(code: int) -> smtplib.SMTPException:
    return smtplib.SMTPRecipientsRefused({"ada@example.com": (code, b"no")})


def state(delivery: Delivery) -> tuple[str, int, str]:
    delivery.refresh_from_db()
    return delivery.status, delivery.attempts, delivery.why


# The ordinary day


def test_what_is_due_is_sent_and_noted(bright: Business, clock: Clock, outbox: Outbox) -> None:
    one = owe(bright)
    assert deliver(bright, clock) == 1
    assert outbox.sent == [str(one.id)]
    assert state(one) == ("sent", 1, "")
    assert one.sent_at == clock.now
    assert one.provider_id == str(one.id)
    assert deliver(bright, clock) == 0


def test_what_is_due_later_waits(bright: Business, clock: Clock, outbox: Outbox) -> None:
    one = owe(bright, due_at=clock.now + timedelta(minutes=5))
    assert deliver(bright, clock) == 0
    clock.forward(minutes=5)
    assert deliver(bright, clock) == 1
    assert state(one)[0] == "sent"


def test_whoever_waits_at_the_screen_goes_first(bright: Business, clock: Clock, outbox: Outbox) -> None:
    first, second = owe(bright), owe(bright)
    urgent = owe(bright, Trigger.SIGN_IN_LINK)
    deliver(bright, clock)
    assert outbox.sent == [str(one.id) for one in (urgent, first, second)]


def test_after_a_turn_others_have_theirs(
    bright: Business, clock: Clock, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One worker, many businesses: a long night of reminders is done in slices, and asks to be woken for the rest."""
    woken: list[Any] = []
    monkeypatch.setattr(jobs, "defer", lambda task, key, **_: woken.append((task, key)))
    for _ in range(4):
        owe(bright)

    def slow() -> Any:
        clock.forward(seconds=4)
        return clock.now

    assert deliver(bright, slow) == 2
    assert woken == [("deliver", bright.pk)]


def test_it_is_written_in_the_readers_language(
    bright: Business, clock: Clock, outbox: Outbox, composed: dict[Trigger, Any]
) -> None:
    composed[Trigger.SERVICE_REMINDER] = lambda *_: {"service_date": get_language()}
    before = get_language()
    one = owe(bright)
    Delivery.objects.filter(id=one.id).update(language="es")
    deliver(bright, clock)
    assert "es-us" in outbox.mails[0].subject
    assert 'lang="es-US"' in str(outbox.mails[0].alternatives[0])  # type: ignore[attr-defined]
    assert get_language() == before


# What need not be sent


def test_what_comes_too_late_is_dropped(bright: Business, clock: Clock, outbox: Outbox) -> None:
    one = owe(bright, not_after=clock.now - timedelta(seconds=1))
    deliver(bright, clock)
    assert state(one) == ("dropped", 0, "too late")
    assert outbox.sent == []


def test_what_there_is_nothing_left_to_say_of_is_dropped(
    bright: Business, clock: Clock, outbox: Outbox, composed: dict[Trigger, Any]
) -> None:
    composed[Trigger.SERVICE_REMINDER] = lambda *_: None
    one = owe(bright)
    deliver(bright, clock)
    assert state(one) == ("dropped", 1, "nothing left to say")


def test_what_a_customer_does_not_want_is_dropped_but_for_security(
    bright: Business, ada: Customer, clock: Clock, outbox: Outbox
) -> None:
    Preference.objects.create(business=bright, customer=ada, category="visits", channel="email", wanted=False)
    unwanted = owe(bright, customer=ada)
    account, security = owe(bright, Trigger.WELCOME, customer=ada), owe(bright, Trigger.NEW_SIGN_IN, customer=ada)
    deliver(bright, clock)
    assert state(unwanted) == ("dropped", 1, "not wanted")
    assert [state(one)[0] for one in (account, security)] == ["sent", "sent"]


def test_an_address_that_bounced_gets_security_mail_only(bright: Business, clock: Clock, outbox: Outbox) -> None:
    bounces.note(bright.pk, "ada@example.com", why="bounced", now=clock.now)
    reminder, security = owe(bright), owe(bright, Trigger.PASSWORD_CHANGED)
    deliver(bright, clock)
    assert state(reminder) == ("dropped", 1, "bounced before")
    assert state(security)[0] == "sent"


# What does not go well


def test_a_delay_is_tried_again_after_the_first_wait(bright: Business, clock: Clock, outbox: Outbox) -> None:
    outbox.answers = [refused(LATER)]
    one = owe(bright)
    deliver(bright, clock)
    assert state(one) == ("queued", 1, "refused 451")
    assert one.due_at == clock.now + BACK_OFF[0]
    clock.now = one.due_at
    deliver(bright, clock)
    assert state(one) == ("sent", 2, "")
    assert outbox.sent == [str(one.id)]


def test_each_wait_is_the_tables_and_after_the_last_it_is_a_dead_letter(
    bright: Business, clock: Clock, outbox: Outbox
) -> None:
    outbox.answers = [refused(LATER)] * MOST_ATTEMPTS
    one = owe(bright)
    for wait in BACK_OFF:
        deliver(bright, clock)
        one.refresh_from_db()
        assert one.due_at - clock.now == wait
        clock.now = one.due_at
    deliver(bright, clock)
    assert state(one) == ("failed", MOST_ATTEMPTS, "refused 451")


def test_a_refusal_for_good_is_a_dead_letter_at_once(bright: Business, clock: Clock, outbox: Outbox) -> None:
    outbox.answers = [refused(NEVER)]
    one = owe(bright)
    deliver(bright, clock)
    assert state(one) == ("failed", 1, "refused 550")


@pytest.mark.parametrize(
    "fault",
    [
        smtplib.SMTPAuthenticationError(535, b"who are you"),
        smtplib.SMTPSenderRefused(553, b"not you", "portal@example.com"),
        smtplib.SMTPHeloError(501, b"what"),
        smtplib.SMTPServerDisconnected("gone"),
        smtplib.SMTPNotSupportedError("no TLS"),
        TimeoutError(),
        ConnectionRefusedError(),
        ValueError("ada@example.com is odd"),
        KeyError("x"),
        RuntimeError(),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_whatever_else_a_mailer_does_is_a_delay(
    bright: Business, clock: Clock, outbox: Outbox, fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """A wrong password of ours is no reason to give up a customer's mail; and the next one has its turn."""
    outbox.answers = [fault]
    one, other = owe(bright), owe(bright)
    deliver(bright, clock)
    assert state(one) == ("queued", 1, type(fault).__name__)
    assert state(other)[0] == "sent"
    assert outbox.closed == 2, "the line is not used again"
    assert "ada@example.com" not in caplog.text


def test_a_composer_that_fails_holds_up_nobody_else(
    bright: Business,
    clock: Clock,
    outbox: Outbox,
    composed: dict[Trigger, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    name = "Ada"

    def broken(*_: object) -> None:
        with scope.business():
            Delivery.objects.filter(trigger="welcome").update(why="half done")
        raise ZeroDivisionError(name)

    composed[Trigger.SERVICE_REMINDER] = broken
    del composed[Trigger.SERVICE_SKIPPED]
    one, unknown, other = owe(bright), owe(bright, Trigger.SERVICE_SKIPPED), owe(bright, Trigger.WELCOME)
    with caplog.at_level(logging.ERROR):
        deliver(bright, clock)
    assert state(one) == ("queued", 1, "ZeroDivisionError")
    assert state(unknown) == ("queued", 1, "KeyError")
    assert state(other) == ("sent", 1, ""), "what the composer had begun is undone"
    assert "in broken" in caplog.text
    assert name not in caplog.text


def test_a_trigger_nobody_knows_any_more_ends_as_a_dead_letter(
    bright: Business, clock: Clock, outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    one = owe(bright)
    Delivery.objects.update(trigger="pigeon")
    work_it_off(bright, clock)
    assert state(one) == ("failed", MOST_ATTEMPTS, "ValueError")


@pytest.mark.parametrize(
    "address",
    ["ada", "ada@", "ada@b@example.com", "äda@example.com", "ada@example.com\nBcc: eve@example.com", "a b@example.com"],
)
def test_an_address_no_server_takes_is_a_dead_letter_at_once(
    bright: Business, clock: Clock, outbox: Outbox, address: str
) -> None:
    one = owe(bright, address=address)
    deliver(bright, clock)
    assert state(one) == ("failed", 1, "not an address")
    assert outbox.sent == []


def test_a_domain_may_be_written_in_any_letters(bright: Business, clock: Clock, outbox: Outbox) -> None:
    one = owe(bright, address="ada@bücher.example")
    deliver(bright, clock)
    assert state(one)[0] == "sent"


def test_a_business_without_its_branding_still_writes(bright: Business, clock: Clock, outbox: Outbox) -> None:
    Branding.objects.all().delete()
    one = owe(bright)
    deliver(bright, clock)
    assert state(one)[0] == "sent"


@pytest.mark.parametrize("fault", [OperationalError, InterfaceError])
def test_a_database_that_goes_away_ends_the_turn_and_the_lease_brings_the_mail_back(
    bright: Business, clock: Clock, outbox: Outbox, composed: dict[Trigger, Any], fault: type[Exception], settings: Any
) -> None:
    def away(*_: object) -> None:
        raise fault

    usual, composed[Trigger.SERVICE_REMINDER] = composed[Trigger.SERVICE_REMINDER], away
    one = owe(bright)
    with pytest.raises(fault):
        deliver(bright, clock)
    assert outbox.closed == 1
    composed[Trigger.SERVICE_REMINDER] = usual
    assert deliver(bright, clock) == 0
    clock.forward(seconds=settings.DELIVERY_LEASE)
    assert deliver(bright, clock) == 1
    assert state(one) == ("sent", 2, "")


# A worker that dies, or is only slow


def test_a_worker_killed_before_sending_costs_the_lease(
    bright: Business, clock: Clock, outbox: Outbox, settings: Any
) -> None:
    outbox.answers = [Killed()]
    one = owe(bright)
    with pytest.raises(Killed):
        deliver(bright, clock)
    assert deliver(bright, clock) == 0, "it might still be alive"
    clock.forward(seconds=settings.DELIVERY_LEASE)
    deliver(bright, clock)
    assert state(one) == ("sent", 2, "")
    assert outbox.sent == [str(one.id)]


def test_a_worker_killed_after_sending_sends_the_same_message_again(
    bright: Business, clock: Clock, outbox: Outbox, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise Killed

    one = owe(bright)
    with monkeypatch.context() as here:
        here.setattr(delivering, "_settle", killed)
        with pytest.raises(Killed):
            deliver(bright, clock)
    clock.forward(seconds=settings.DELIVERY_LEASE)
    deliver(bright, clock)
    assert state(one) == ("sent", 2, "")
    ids = [mail.extra_headers["Message-ID"] for mail in outbox.mails]
    assert ids == [f"<{one.id}@localhost.localdomain>"] * 2


def test_what_kills_every_worker_is_given_up(bright: Business, clock: Clock, outbox: Outbox) -> None:
    outbox.answers = [Killed()] * 100
    one = owe(bright)
    work_it_off(bright, clock)
    assert state(one) == ("failed", MOST_ATTEMPTS + 1, "whoever sent it never came back")


def test_a_worker_whose_lease_ran_out_does_not_speak_for_the_one_that_has_it_now(
    bright: Business, clock: Clock, outbox: Outbox, settings: Any
) -> None:
    one = owe(bright)
    lease = timedelta(seconds=settings.DELIVERY_LEASE)
    slow = deliveries.claim(bright.pk, now=clock.now, lease=lease)
    clock.now += lease
    other = deliveries.claim(bright.pk, now=clock.now, lease=lease)
    assert slow is not None
    assert other is not None
    assert not deliveries.settle(slow, Delivery.Status.FAILED, why="slow")
    assert not deliveries.put_off(slow, clock.now)
    assert state(one) == ("queued", 2, "")
    assert deliveries.settle(other, Delivery.Status.SENT)
    assert not deliveries.settle(slow, Delivery.Status.FAILED)
    assert state(one)[0] == "sent"


def test_a_worker_whose_lease_ran_out_still_speaks_while_nobody_else_has_it(
    bright: Business, clock: Clock, settings: Any
) -> None:
    one = owe(bright)
    slow = deliveries.claim(bright.pk, now=clock.now, lease=timedelta(seconds=1))
    clock.forward(hours=1)
    assert slow is not None
    assert deliveries.settle(slow, Delivery.Status.SENT)
    assert state(one)[0] == "sent"


def test_waiting_for_the_morning_is_no_attempt(bright: Business, clock: Clock) -> None:
    one = owe(bright)
    claimed = deliveries.claim(bright.pk, now=clock.now, lease=timedelta(seconds=1))
    assert claimed is not None
    assert deliveries.put_off(claimed, clock.now + timedelta(hours=9), why="quiet hours", tried=False)
    assert state(one) == ("queued", 0, "quiet hours")


# Whatever happens

_ENDINGS = st.sampled_from(["sent", "later", "never", "odd", "killed before", "killed after"])


@given(st.lists(st.lists(_ENDINGS, max_size=14), min_size=1, max_size=3))
@examples(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_happens_a_message_is_sent_or_known_not_to_be(
    bright: Business, clock: Clock, outbox: Outbox, caplog: pytest.LogCaptureFixture, endings: list[list[str]]
) -> None:
    Delivery.objects.all().delete()
    ends = {str(owe(bright, now=clock.now).id): list(one) for one in endings}
    attempts = dict.fromkeys(ends, 0)
    arrived = dict.fromkeys(ends, 0)

    def take(mail: Any) -> None:
        key = str(mail.extra_headers["Message-ID"]).strip("<>").partition("@")[0]
        attempts[key] += 1
        end = ends[key].pop(0) if ends[key] else "sent"
        arrived[key] += end in ("sent", "killed after")
        outcome = {"later": refused(LATER), "never": refused(NEVER), "odd": ValueError()}
        if end.startswith("killed"):
            raise Killed
        if end in outcome:
            raise outcome[end]

    outbox.take = take  # type: ignore[method-assign]
    work_it_off(bright, clock, most=100)
    for one in Delivery.objects.all():
        assert one.status in (Delivery.Status.SENT, Delivery.Status.FAILED)
        assert attempts[str(one.id)] <= MOST_ATTEMPTS
        assert arrived[str(one.id)] >= (one.status == Delivery.Status.SENT)
        assert one.channel == Channel.EMAIL


# Waking


def test_the_sweep_wakes_each_business_with_something_due(
    bright: Business, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[Any] = []
    monkeypatch.setattr(jobs, "defer", lambda task, key: woken.append((task, key)))
    assert delivering.sweep(now=clock.now) == 0
    one = owe(bright, due_at=clock.now + timedelta(minutes=1))
    owe(bright, due_at=clock.now + timedelta(minutes=1))
    assert delivering.sweep(now=clock.now) == 0
    assert delivering.sweep(now=one.due_at) == 1
    assert woken == [("deliver", bright.pk)]
