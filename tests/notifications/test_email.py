"""Mail through a real SMTP server, however it behaves: it arrives once, or again under the same Message-ID, or it is
known why not."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from nextroute.notifications.deliveries import BACK_OFF
from nextroute.notifications.models import Delivery
from nextroute.notifications.triggers import Trigger
from nextroute.tenancy.businesses import Business
from tests.doors import Clock
from tests.notifications.mail_server import MailServer, a_port
from tests.notifications.posting import deliver, owe, work_it_off


@pytest.fixture
def server(settings: Any, composed: dict[Trigger, Any]) -> Iterator[MailServer]:
    server = MailServer(a_port())
    settings.MAILERS = server.mailers()
    with server.running():
        yield server


def state(delivery: Delivery) -> tuple[str, int, str]:
    delivery.refresh_from_db()
    return delivery.status, delivery.attempts, delivery.why


def key(delivery: Delivery) -> str:
    return f"<{delivery.id}@localhost.localdomain>"


def test_a_mail_arrives_as_a_letter_from_the_business(bright: Business, clock: Clock, server: MailServer) -> None:
    bright.name, bright.email = "Bright Bins, Söhne & Co.", "hello@brightbins.example"
    bright.save()
    one = owe(bright)
    deliver(bright, clock)
    (mail,) = server.received
    assert state(one) == ("sent", 1, "")
    assert mail["To"] == "ada@example.com"
    (sender,) = mail["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (bright.name, "portal@localhost.localdomain")
    assert mail["Reply-To"] == "hello@brightbins.example"
    assert mail["Subject"] == "We’ll come tomorrow, Tuesday, June 16"
    assert mail["Message-ID"] == key(one)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"]
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().startswith("We’ll come tomorrow, Tuesday, June 16.")
    assert "<h1" in html.get_content()


def test_a_name_of_several_lines_adds_no_header(bright: Business, clock: Clock, server: MailServer) -> None:
    bright.name = "Bright\r\nBcc: eve@example.com"
    bright.save()
    owe(bright)
    deliver(bright, clock)
    (mail,) = server.received
    assert mail["Bcc"] is None
    assert mail["From"].addresses[0].display_name == "Bright Bcc: eve@example.com"


def test_what_is_due_at_once_goes_in_the_order_it_was_written(
    bright: Business, clock: Clock, server: MailServer
) -> None:
    sent = [owe(bright) for _ in range(3)]
    for urgent in (True, False):  # so that its row lies behind the others'
        Delivery.objects.filter(pk=sent[0].pk).update(urgent=urgent)
    deliver(bright, clock)
    assert server.ids == [key(one) for one in sent]


def test_all_of_a_turn_goes_over_one_line(bright: Business, clock: Clock, server: MailServer) -> None:
    sent = [key(owe(bright)) for _ in range(5)]
    deliver(bright, clock)
    assert server.ids == sent
    assert server.connections == 1


@pytest.mark.parametrize("where", ["rcpt", "data"])
def test_a_refusal_for_good_is_a_dead_letter_at_once_and_the_next_arrives(
    bright: Business, clock: Clock, server: MailServer, where: str
) -> None:
    getattr(server, where).append("550 no such mailbox")
    one, other = owe(bright), owe(bright)
    deliver(bright, clock)
    assert state(one) == ("failed", 1, "refused 550")
    assert state(other)[0] == "sent"
    assert server.ids == [key(other)]


def test_a_greylisting_server_gets_it_again_and_takes_it_once(
    bright: Business, clock: Clock, server: MailServer
) -> None:
    server.rcpt.append("451 come back later")
    one, other = owe(bright), owe(bright)
    deliver(bright, clock)
    assert state(one) == ("queued", 1, "refused 451")
    assert one.due_at == clock.now + BACK_OFF[0]
    work_it_off(bright, clock)
    assert state(one) == ("sent", 2, "")
    assert server.ids == [key(other), key(one)]


def test_a_server_that_stalls_is_left_alone_and_asked_again(bright: Business, clock: Clock, server: MailServer) -> None:
    server.data.append("stall")
    one, other = owe(bright), owe(bright)
    begun = time.monotonic()
    deliver(bright, clock)
    assert time.monotonic() - begun < 5
    assert state(one) == ("queued", 1, "SMTPServerDisconnected")
    assert state(other)[0] == "sent"
    work_it_off(bright, clock)
    assert state(one) == ("sent", 2, "")
    assert server.ids == [key(other), key(one)]


def test_a_line_that_drops_before_the_answer_has_it_sent_again_under_the_same_id(
    bright: Business, clock: Clock, server: MailServer
) -> None:
    server.data.append("drop")
    one = owe(bright)
    deliver(bright, clock)
    assert state(one) == ("queued", 1, "SMTPServerDisconnected")
    work_it_off(bright, clock)
    assert state(one) == ("sent", 2, "")
    assert server.ids == [key(one)] * 2


def test_a_server_that_closes_between_messages_is_called_again(
    bright: Business, clock: Clock, server: MailServer, composed: dict[Trigger, Any]
) -> None:
    usual = composed[Trigger.SERVICE_REMINDER]

    def later(*asked: Any) -> Any:
        time.sleep(0.1)
        return usual(*asked)

    composed[Trigger.SERVICE_REMINDER] = later
    server.data += ["close", "close"]
    sent = [owe(bright) for _ in range(3)]
    deliver(bright, clock)
    assert [state(one) for one in sent] == [("sent", 1, "")] * 3
    assert server.ids == [key(one) for one in sent]
    assert server.connections == 3


def test_nothing_is_said_in_the_clear_to_a_server_that_refuses_tls(
    bright: Business, clock: Clock, server: MailServer, settings: Any
) -> None:
    settings.MAILERS = server.mailers(use_tls=True, username="portal", password="secret")
    one = owe(bright)
    deliver(bright, clock)
    assert state(one) == ("queued", 1, "SMTPNotSupportedError")
    assert server.received == []


def test_a_server_that_does_not_want_our_password_keeps_the_mail_waiting(
    bright: Business, clock: Clock, server: MailServer, settings: Any
) -> None:
    """It takes none, as a server may that forgot us: that is ours to mend, and no customer's fault."""
    settings.MAILERS = server.mailers(username="portal", password="old")
    one = owe(bright)
    deliver(bright, clock)
    assert state(one) == ("queued", 1, "SMTPNotSupportedError")
    settings.MAILERS = server.mailers()
    work_it_off(bright, clock)
    assert state(one) == ("sent", 2, "")


def test_a_server_that_goes_away_altogether_gets_it_all_when_it_is_back(
    bright: Business, clock: Clock, settings: Any, composed: dict[Trigger, Any]
) -> None:
    server = MailServer(a_port())
    settings.MAILERS = server.mailers()
    with server.running():
        first = owe(bright)
        deliver(bright, clock)
    away = [owe(bright, now=clock.now) for _ in range(3)]
    deliver(bright, clock)
    assert [state(one) for one in away] == [("queued", 1, "ConnectionRefusedError")] * 3
    with server.running():
        work_it_off(bright, clock)
    assert [state(one) for one in away] == [("sent", 2, "")] * 3
    assert sorted(server.ids) == sorted(key(one) for one in (first, *away))
