"""Workers are killed at random while they send: every mail arrives, and a repeat carries the same Message-ID."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from nextroute.config.embedded_postgres import Addresses
from nextroute.notifications.models import Delivery
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON, inside
from tests.notifications.mail_server import MailServer, a_port

MESSAGES, KILLS = 300, 5
# What the worker does, over and over, with a composer that knows everything.
WORKER = """
import sys, time, uuid
import django
django.setup()
from nextroute.config import links
from nextroute.notifications import composing, delivering
from nextroute.notifications.triggers import Trigger
from nextroute.tenancy import businesses
composing.composes(Trigger.WELCOME)(lambda *_: {"action_url": "https://portal.example/"})
print("ready", flush=True)
while True:
    delivering.deliver(uuid.UUID(sys.argv[1]), link=links.to, clock=businesses.utc_now)
    time.sleep(0.02)
"""


@pytest.fixture
def owing(committed: None) -> Business:
    business = cast.a_business("bright-bins")
    with inside(business):
        Delivery.objects.bulk_create(
            Delivery(business=business, trigger="welcome", channel="email", address=f"a{n}@example.com", due_at=NOON)
            for n in range(MESSAGES)
        )
    return business


@contextmanager
def a_worker(business: Business, postgres: Addresses, port: int) -> Iterator["subprocess.Popen[str]"]:
    ours = {
        "DATABASE_URL": postgres.app,
        "DJANGO_SETTINGS_MODULE": "nextroute.config.settings",
        "NEXTROUTE_WORKER": "1",
        "NEXTROUTE_MAIL_URL": f"smtp://127.0.0.1:{port}",
        "NEXTROUTE_DELIVERY_LEASE": "1",
    }
    command = [sys.executable, "-c", WORKER, str(business.pk)]
    process = subprocess.Popen(command, env=os.environ | ours, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def waiting(business: Business) -> int:
    with inside(business):
        return Delivery.objects.waiting().count()


def test_killed_workers_lose_no_mail(owing: Business, postgres: Addresses) -> None:
    chance = random.Random(11)
    server = MailServer(a_port())
    with server.running():
        for _ in range(KILLS):
            with a_worker(owing, postgres, server.port):
                time.sleep(chance.uniform(0.05, 0.35))
        before_the_last = waiting(owing)
        deadline = time.monotonic() + 60
        with a_worker(owing, postgres, server.port):
            while waiting(owing):
                assert time.monotonic() < deadline, "some mail never went out"
                time.sleep(0.05)
    assert 0 < before_the_last < MESSAGES, "they were killed in the middle of it"
    with inside(owing):
        rows = dict(Delivery.objects.values_list("id", "status"))
    assert set(rows.values()) == {"sent"}
    arrived = Counter(server.ids)
    assert set(arrived) == {f"<{key}@localhost.localdomain>" for key in rows}
    assert sum(arrived.values()) <= MESSAGES + KILLS, "only what was on its way may have come twice"
