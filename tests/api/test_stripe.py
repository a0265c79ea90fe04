"""/api/webhooks/stripe: docs/rules/webhooks.md."""

import hmac
import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from nextroute.billing.models import StripeEvent
from nextroute.billing.stripe.fake_delivery import signed
from tests.billing import till as tills
from tests.billing.till import Till
from tests.doors import Browser, Clock, statements

PATH = "/api/webhooks/stripe"
CONNECTED, THIN, _PLATFORM = tills.SECRETS


def event(**changes: Any) -> bytes:
    about = {"id": "pi_1", "object": "payment_intent"}
    known = {"id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "account": "acct_1"}
    return json.dumps(known | {"livemode": False, "data": {"object": about}} | changes).encode()


def call(browser: Browser, body: bytes, *, secret: str = CONNECTED, at: int | None = None, headers: Any = None) -> Any:
    shown = signed(body, secret, at=at) if headers is None else headers
    return browser.post(PATH, body, content_type="application/json", headers=shown)


@pytest.fixture(autouse=True)
def _now(till: Till, clock: Clock) -> None:
    """Signatures are of now; and nobody else has told anything."""
    clock.now = datetime.now(UTC)
    StripeEvent.objects.all().delete()


def test_each_secret_is_tried_and_an_event_is_noted_once(browser: Browser) -> None:
    for secret in tills.SECRETS:
        assert call(browser, event(), secret=secret).status_code == 200
    [noted] = StripeEvent.objects.all()
    assert (noted.event_id, noted.account, noted.subject, noted.outcome) == ("evt_1", "acct_1", "pi_1", "waiting")


def test_it_is_answered_after_few_statements_and_nothing_is_asked_of_stripe(browser: Browser) -> None:
    with statements() as sent:
        call(browser, event())
    assert len(sent) <= 5


def test_a_hint_of_v2_names_the_account(browser: Browser) -> None:
    related = {"id": "acct_7", "type": "v2.core.account", "url": "/v2/core/accounts/acct_7"}
    kind = "v2.core.account[requirements].updated"
    body = json.dumps({"id": "evt_2", "object": "v2.core.event", "type": kind, "related_object": related}).encode()
    assert call(browser, body, secret=THIN).status_code == 200
    assert StripeEvent.objects.get().account == "acct_7"


def test_no_body_is_kept_of_what_somebody_paid(browser: Browser) -> None:
    call(browser, event(data={"object": {"id": "pi_1", "receipt_email": "ada@example.com"}}))
    [row] = StripeEvent.objects.values()
    assert "ada@example.com" not in str(row)


@pytest.mark.parametrize("age", [-301, 301, -100_000])
def test_an_old_signature_is_refused(browser: Browser, age: int) -> None:
    assert call(browser, event(), at=int(time.time()) + age).status_code == 400
    assert not StripeEvent.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"Stripe-Signature": ""},
        {"Stripe-Signature": "t=,v1="},
        {"Stripe-Signature": "t=99999999999999999999,v1=aa"},
        {"Stripe-Signature": "v1=aa"},
        {"Stripe-Signature": "t=1,v1=é"},
        {"X-Other": "none"},
    ],
)
def test_a_forged_event_is_refused(browser: Browser, headers: dict[str, str]) -> None:
    answer = call(browser, event(), headers=headers)
    assert (answer.status_code, answer.json()) == (400, {"error": "not_proven"})
    assert not StripeEvent.objects.exists()


def test_a_changed_body_is_refused(browser: Browser) -> None:
    answer = browser.post(PATH, event() + b" ", content_type="application/json", headers=signed(event(), CONNECTED))
    assert answer.status_code == 400


@pytest.mark.parametrize("size", [513 * 1024, 1_100_000])
def test_a_huge_body_is_refused(browser: Browser, size: int) -> None:
    answer = call(browser, event(padding="x" * size))
    assert (answer.status_code, answer.json()) == (400, {"error": "too_large"})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b"[" * 100_000,
        event(id=7),
        event(id="evt\x00"),
        event(type=None),
        event(id="e" * 300),
    ],
)
def test_what_is_no_event_is_refused(browser: Browser, body: bytes) -> None:
    when = str(int(time.time()))
    signature = hmac.new(CONNECTED.encode(), when.encode() + b"." + body, "sha256").hexdigest()
    answer = call(browser, body, headers={"Stripe-Signature": f"t={when},v1={signature}"})
    assert (answer.status_code, answer.json()) == (400, {"error": "malformed"})


@pytest.mark.parametrize(
    "changes",
    [
        {"account": "acct_nobodys"},
        {"type": "invoice.paid"},
        {"type": "what.will.be"},
        {"livemode": True},
        {"data": None},
        {"data": {"object": []}},
        {"account": None},
    ],
)
def test_what_is_not_ours_is_noted_answered_and_changes_nothing(
    browser: Browser,
    till: Till,
    changes: dict[str, Any],
) -> None:
    known = {"account": till.account} | changes
    assert call(browser, event(**known)).status_code == 200
    till.work()
    assert StripeEvent.objects.get().outcome in ("ignored", "foreign")
    assert till.payments() == []


def test_an_event_of_another_account_does_not_reach_a_payment(browser: Browser, till: Till) -> None:
    payment = till.page(3850, till.invoice(3850))
    till.fake.pay(str(payment.stripe_session))
    call(browser, event(account="acct_other", data={"object": {"id": payment.stripe_session}}))
    till.work()
    assert till.payments()[0].state == "created"


def test_without_a_secret_there_is_nothing_here(browser: Browser, settings: Any) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = ()
    assert call(browser, event()).status_code == 404


def test_only_post_is_understood(browser: Browser) -> None:
    assert browser.get(PATH).status_code == 405
