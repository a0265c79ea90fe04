"""Events: kept, signed, and delivered in any weather."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import stripe
from stripe import Webhook

from nextroute.billing.stripe import signatures
from nextroute.billing.stripe.fake import FakeStripe, a_fake_stripe
from nextroute.billing.stripe.fake_delivery import Endpoint
from tests.billing.stripe.shop import Shop, a_client

OURS, CONNECTED, HINTS = (
    "https://portal.example/ours",
    "https://portal.example/connected",
    "https://portal.example/hints",
)
ENDPOINTS = [
    Endpoint(OURS, "whsec_ours", "platform"),
    Endpoint(CONNECTED, "whsec_connected", "connected"),
    Endpoint(HINTS, "whsec_hints", "thin"),
]
SECRETS = {endpoint.url: endpoint.secret for endpoint in ENDPOINTS}


class Mailbox:
    """Who is told of events, and answers with `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.got: list[tuple[str, bytes, dict[str, str]]] = []

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        self.got.append((url, body, headers))
        return self.status

    def types(self, url: str = CONNECTED) -> list[str]:
        return [str(json.loads(body)["type"]) for to, body, _ in self.got if to == url]


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def fake(mailbox: Mailbox) -> Iterator[FakeStripe]:
    with a_fake_stripe(endpoints=ENDPOINTS) as fake:
        fake.carry = mailbox
        yield fake


def test_each_listener_is_told_of_its_own(shop: Shop, mailbox: Mailbox) -> None:
    shop.client.v1.customers.create({"name": "Ours"})
    shop.paid()
    shop.fake.deliver()
    assert mailbox.types(OURS) == ["customer.created"]
    assert mailbox.types(CONNECTED)[-3:] == [
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]
    assert mailbox.types(HINTS)[0] == "v2.core.account.created"


def test_what_is_told_is_signed_so_that_the_sdk_and_we_believe_it(shop: Shop, mailbox: Mailbox) -> None:
    shop.paid()
    shop.fake.deliver()
    for url, body, headers in mailbox.got:
        header, now = headers["Stripe-Signature"], datetime.now(UTC)
        stripe.WebhookSignature.verify_header(body, header, SECRETS[url], 300)
        assert signatures.proved(body, header, secrets=[SECRETS[url]], now=now)
        assert not signatures.proved(body, header, secrets=["whsec_another"], now=now)


def test_a_snapshot_says_whose_it_is_and_how_the_thing_was_then(shop: Shop, mailbox: Mailbox) -> None:
    intent = shop.paid()
    shop.fake.deliver()
    shop.refund(intent)
    _, body, headers = next(got for got in mailbox.got if b'"charge.succeeded"' in got[1])
    event = Webhook.construct_event(body, headers["Stripe-Signature"], "whsec_connected")
    assert (event.account, event.api_version, event.livemode) == (shop.account, stripe.api_version, False)
    charge: Any = event.data.object
    assert (charge.status, charge.amount_refunded) == ("succeeded", 0)
    assert "_" not in {name[0] for name in event.data.to_dict()["object"]}


def test_a_hint_says_only_that_something_changed_and_where_to_look(shop: Shop, mailbox: Mailbox) -> None:
    shop.fake.deliver()
    _, body, headers = next(got for got in mailbox.got if b"capability_status_updated" in got[1])
    hint: Any = shop.client.parse_event_notification(body, headers["Stripe-Signature"], "whsec_hints")
    assert hint.related_object.id == shop.account
    assert b"active" not in body
    assert hint.fetch_event().data.updated_capability == "ach_debit_payments"
    assert hint.fetch_related_object().id == shop.account


def test_a_listener_that_fails_is_told_again_for_three_days(shop: Shop, mailbox: Mailbox) -> None:
    shop.fake.deliver()
    mailbox.got.clear()
    mailbox.status = 503
    shop.customer()
    assert [told.status for told in shop.fake.deliver()] == [503]
    assert not shop.fake.deliver()  # not at once
    shop.fake.advance(minutes=2)
    assert len(shop.fake.deliver()) == 1
    mailbox.status = 200
    shop.fake.advance(minutes=10)
    assert [told.status for told in shop.fake.deliver()] == [200]
    shop.fake.advance(days=1)
    assert not shop.fake.deliver()
    assert len({body for _, body, _ in mailbox.got}) == 1


def test_a_listener_that_fails_for_ever_is_given_up(shop: Shop, mailbox: Mailbox) -> None:
    shop.fake.deliver()
    mailbox.status = 0
    shop.customer()
    for _ in range(30):
        shop.fake.deliver()
        shop.fake.advance(hours=12)
    assert not shop.fake.deliver()
    assert not shop.fake.world.parcels


def test_events_may_come_twice_out_of_order_late_or_never(shop: Shop, mailbox: Mailbox) -> None:
    shop.fake.deliver()
    mailbox.got.clear()
    for _ in range(20):
        shop.customer()
    order = [event.id for event in shop.client.v1.events.list({"limit": 20}, shop.options()).data][::-1]
    at_once = [told.event for told in shop.fake.deliver(lost=0.2, twice=0.3, late=0.3, shuffled=True)]
    times = Counter(at_once)
    assert max(times.values()) == 2
    assert list(times) != [event for event in order if event in times]
    shop.fake.advance(days=3)
    late = {told.event for told in shop.fake.deliver()}
    assert late
    assert not late & set(at_once)
    lost = set(order) - set(at_once) - late
    assert lost
    assert lost <= {event.id for event in shop.client.v1.events.list({"limit": 100}, shop.options()).data}


def test_the_weather_is_the_same_for_the_same_seed() -> None:
    def told() -> list[str]:
        with a_fake_stripe(endpoints=ENDPOINTS, seed=7) as fake:
            fake.carry = Mailbox()
            shop = Shop(fake, a_client(fake))
            for _ in range(20):
                shop.paid()
            return [told.kind for told in fake.deliver(lost=0.3, twice=0.2, shuffled=True)]

    assert told() == told()


def test_whoever_is_told_may_ask_while_being_told(shop: Shop) -> None:
    intent = shop.paid()
    seen: list[str] = []

    def asks(url: str, body: bytes, headers: dict[str, str]) -> int:
        seen.append(shop.intent(intent).status)
        return 200

    shop.fake.carry = asks
    shop.fake.deliver()
    assert set(seen) == {"succeeded"}


def test_events_can_be_asked_for_by_type_and_time_for_thirty_days(shop: Shop) -> None:
    shop.paid()
    events = shop.client.v1.events
    asked: list[tuple[Any, int]] = [
        ({"type": "charge.succeeded"}, 1),
        ({"type": "charge.*"}, 1),
        ({"types": ["charge.succeeded", "payment_intent.succeeded"]}, 2),
        ({"created": {"gt": int(time.time()) + 5}}, 0),
    ]
    for what, count in asked:
        assert len(events.list(what, shop.options()).data) == count, what
    one = events.list({"limit": 1}, shop.options()).data[0]
    assert events.retrieve(one.id, None, shop.options()).type == one.type
    shop.fake.advance(days=31)
    assert not events.list(None, shop.options()).data


@contextmanager
def listening(got: list[bytes]) -> Iterator[str]:
    """A real listener, on a real line."""

    class Listener(BaseHTTPRequestHandler):
        def __init__(self, kept: list[bytes], *of_server: Any) -> None:
            self.kept = kept
            super().__init__(*of_server)

        def do_POST(self) -> None:
            self.kept.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Listener, got))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_flowing_stand_in_tells_by_itself_over_a_real_line() -> None:
    got: list[bytes] = []
    with listening(got) as url, a_fake_stripe(endpoints=[Endpoint(url, "whsec_x")], flowing=True) as fake:
        Shop(fake, a_client(fake)).paid()
        until = time.monotonic() + 10
        while not any(b"checkout.session.completed" in body for body in got) and time.monotonic() < until:
            time.sleep(0.05)
    assert any(b"checkout.session.completed" in body for body in got)
