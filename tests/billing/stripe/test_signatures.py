"""What is believed to come from Stripe."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe import WebhookSignature

from nextroute.billing.stripe.signatures import proved

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
OLD, NEW = "whsec_old", "whsec_new"
BODY = b'{"id": "evt_1"}'


def signed(body: bytes = BODY, secret: str = NEW, at: datetime = NOW) -> str:
    return str(WebhookSignature.generate_signature_header(body.decode(), secret, int(at.timestamp())))


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_any_of_our_secrets_will_do_while_one_is_exchanged_for_another(secret: str) -> None:
    assert proved(BODY, signed(secret=secret), secrets=[OLD, NEW], now=NOW)


def test_a_header_with_several_signatures_needs_one_that_is_right() -> None:
    wrong = "0" * 64
    stamp, right = signed().split(",")
    assert proved(BODY, f"{stamp},v1={wrong},{right},v0={wrong}", secrets=[NEW], now=NOW)


@pytest.mark.parametrize("minutes", [-6, 6, -60 * 24 * 365])
def test_an_old_signature_and_one_from_the_future_are_not_believed(minutes: int) -> None:
    assert not proved(BODY, signed(at=NOW + timedelta(minutes=minutes)), secrets=[NEW], now=NOW)
    assert proved(BODY, signed(at=NOW + timedelta(minutes=4)), secrets=[NEW], now=NOW)


def test_every_byte_of_the_body_counts() -> None:
    assert not proved(BODY + b" ", signed(), secrets=[NEW], now=NOW)
    assert not proved(BODY.replace(b"1", b"2"), signed(), secrets=[NEW], now=NOW)


def test_without_secrets_nothing_is_believed() -> None:
    assert not proved(BODY, signed(), secrets=[], now=NOW)
    assert not proved(BODY, signed(secret=""), secrets=[], now=NOW)


@pytest.mark.parametrize(
    "header", ["", "t=,v1=", "v1=abc", "t=1", "t=x,v1=y", "t=٣,v1=y", f"t={'9' * 400},v1=y", ",,=,"]
)
def test_a_header_that_is_none_is_no_proof(header: str) -> None:
    assert not proved(BODY, header, secrets=[NEW], now=NOW)


@given(body=st.binary(), header=st.text())
def test_whatever_comes_is_answered_with_yes_or_no(body: bytes, header: str) -> None:
    assert not proved(body, header, secrets=[NEW], now=NOW)
