"""The provider and we, talking over real HTTP, each with the other's address."""

from collections.abc import Iterator
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections

from nextroute.customers.models import Customer
from nextroute.notifications import consents
from nextroute.notifications.fake_sms import Provider
from nextroute.notifications.triggers import Trigger
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import inside
from tests.doors import Clock
from tests.notifications import texting
from tests.notifications.texting import ADAS, OURS, a_reader, again, owed, says, send


class Silent(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Not among the tests' results."""


def application(*call: Any) -> Any:
    try:
        return list(WSGIHandler()(*call))
    finally:
        connections.close_all()


@pytest.fixture
def texts(committed: None, clock: Clock, settings: Any) -> Iterator[Provider]:
    """A provider that knows where our web server is."""
    with make_server("127.0.0.1", 0, application, handler_class=Silent) as server:
        settings.ALLOWED_HOSTS = [f"127.0.0.1:{server.server_port}", "127.0.0.1"]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        with texting.provider(settings) as provider:
            yield provider
        server.shutdown()
        thread.join()


@pytest.fixture
def bright(texts: Provider, monkeypatch: pytest.MonkeyPatch) -> Business:
    says(monkeypatch, Trigger.SERVICE_REMINDER)
    business = cast.a_business()
    with inside(business):
        cast.a_customer(business, "ada", phone=ADAS)
        a_reader(business, ADAS)
    return business


def test_a_message_goes_out_comes_back_and_stop_ends_it(texts: Provider, bright: Business) -> None:
    with inside(bright):
        ada = Customer.objects.get(business=bright)
        first = owed(ada)
    assert send(bright) == 1
    (message,) = texts.messages
    assert texts.became(message, "undelivered", ErrorCode="30005").status_code == 200
    with inside(bright):
        assert (again(first).status, again(first).why) == ("failed", "undelivered 30005")
        second = owed(ada)
    assert "<Message>Bright Bins: reply STOP" in texts.said("Help", by=ADAS, to=OURS).text
    assert texts.said("STOP", by=ADAS, to=OURS).status_code == 200
    send(bright)
    with inside(bright):
        assert (again(second).status, again(second).why) == ("dropped", "no consent")
        assert consents.of(bright.id, [ADAS]) == set()
    assert len(texts.messages) == 1


def test_somebody_else_with_another_secret_is_turned_away(texts: Provider, bright: Business) -> None:
    texts.token = "guessed"
    assert texts.said("STOP", by=ADAS, to=OURS).status_code == 403
    with inside(bright):
        assert consents.of(bright.id, [ADAS]) == {ADAS}
