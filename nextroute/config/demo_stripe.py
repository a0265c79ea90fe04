"""Beside the demo: a stand-in for Stripe, where none is named, and a business's customers who pay there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from nextroute.billing.stripe.fake import FakeStripe, a_fake_stripe
from nextroute.billing.stripe.fake_delivery import Endpoint
from nextroute.config.children import port_is_free

BANK_TAKES = timedelta(minutes=2)  # not days: so long nobody looks at a demo


@contextmanager
def stand_in(folder: Path, *, web_port: int) -> Iterator[FakeStripe | None]:
    """Running, and named in the environment; none where Stripe, or another stand-in, is named there already.

    It remembers itself in `folder`, and listens beside the web server, so that its pages keep their addresses.
    """
    if os.environ.keys() & {"NEXTROUTE_STRIPE_KEY", "DATABASE_URL"}:
        yield None
        return
    told = f"http://127.0.0.1:{web_port}/api/webhooks/stripe"
    endpoints = [
        Endpoint(told, "whsec_demo_connected", "connected"),
        Endpoint(told, "whsec_demo_thin", "thin"),
        Endpoint(told, "whsec_demo_platform", "platform"),
    ]
    port = web_port + 1 if port_is_free(web_port + 1) else 0
    folder.mkdir(parents=True, exist_ok=True)
    with a_fake_stripe(endpoints=endpoints, folder=folder, port=port, flowing=True, bank_takes=BANK_TAKES) as fake:
        os.environ.update(
            NEXTROUTE_STRIPE_URL=fake.url,
            NEXTROUTE_STRIPE_KEY=fake.key,
            NEXTROUTE_STRIPE_WEBHOOK_SECRETS=",".join(endpoint.secret for endpoint in endpoints),
        )
        yield fake
