"""The stand-in, running, and a business that can be paid."""

from collections.abc import Iterator

import pytest
from stripe import StripeClient

from nextroute.billing.stripe.fake import FakeStripe, a_fake_stripe
from tests.billing.stripe.shop import Shop, a_client


@pytest.fixture
def fake() -> Iterator[FakeStripe]:
    with a_fake_stripe() as fake:
        yield fake


@pytest.fixture
def client(fake: FakeStripe) -> StripeClient:
    return a_client(fake)


@pytest.fixture
def shop(fake: FakeStripe, client: StripeClient) -> Shop:
    return Shop(fake, client)
