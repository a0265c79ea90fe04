from collections.abc import Iterator
from typing import Any

import pytest

from nextroute.notifications.fake_sms import Provider
from tests.notifications import texting


@pytest.fixture
def texts(settings: Any) -> Iterator[Provider]:
    """The provider of text messages."""
    with texting.provider(settings) as running:
        yield running
