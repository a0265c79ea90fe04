"""Many workers at once take different messages: each is sent once, and none is left."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections

from nextroute.notifications.models import Delivery
from nextroute.notifications.triggers import Trigger
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON, inside
from tests.doors import connected_by
from tests.notifications.posting import Outbox, deliver

WORKERS, MESSAGES = 100, 2_000


@pytest.fixture
def owing(committed: None) -> Business:
    business = cast.a_business("bright-bins")
    with inside(business):
        Delivery.objects.bulk_create(
            Delivery(
                business=business,
                trigger=Trigger.SERVICE_REMINDER,
                channel="email",
                address=f"a{n}@example.com",
                due_at=NOON,
                urgent=n % 7 == 0,
            )
            for n in range(MESSAGES)
        )
    return business


def test_many_workers_send_each_message_once_and_leave_none(
    owing: Business, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nextroute.notifications.rendering.html", lambda *_: "<p>Drawing it is not what is raced.</p>")
    ready = Barrier(WORKERS)

    def work(_: int) -> int:
        connection.ensure_connection()
        ready.wait()
        try:
            return deliver(owing, lambda: NOON)
        finally:
            connections.close_all()

    options: dict[str, Any] = {
        name: value for name, value in connection.settings_dict["OPTIONS"].items() if name != "pool"
    }
    with connected_by(OPTIONS=options), ThreadPoolExecutor(WORKERS) as pool:
        tried = list(pool.map(work, range(WORKERS)))
    assert sum(tried) == MESSAGES
    assert sum(count > 0 for count in tried) > WORKERS / 2, "they did work at once"
    assert Counter(outbox.sent).most_common(1)[0][1] == 1
    assert len(outbox.sent) == MESSAGES
    with inside(owing):
        assert set(Delivery.objects.values_list("status", "attempts")) == {("sent", 1)}
