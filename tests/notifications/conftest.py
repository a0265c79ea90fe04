from collections.abc import Iterator
from typing import Any

import pytest

from nextroute.notifications import composing
from nextroute.notifications.fake_sms import Provider
from nextroute.notifications.triggers import Trigger
from tests.notifications import texting
from tests.notifications.posting import Outbox
from tests.notifications.samples import values


@pytest.fixture
def texts(settings: Any) -> Iterator[Provider]:
    """The provider of text messages."""
    with texting.provider(settings) as running:
        yield running


@pytest.fixture
def composed(monkeypatch: pytest.MonkeyPatch) -> dict[Trigger, Any]:
    """Composers of every trigger, for this test; it may put its own in their place."""
    made: dict[Trigger, Any] = {one: lambda delivery, _link, _now: values(delivery.about) for one in Trigger}
    monkeypatch.setattr(composing, "_composers", made)
    return made


@pytest.fixture
def outbox(settings: Any, composed: dict[Trigger, Any]) -> Outbox:
    """What is sent lands here, or ends as the test has it end."""
    outbox = Outbox()
    settings.MAILERS = {"default": {"BACKEND": "tests.notifications.posting.Mailer", "OPTIONS": {"outbox": outbox}}}
    return outbox
