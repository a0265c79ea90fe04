from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured

from nextroute.config import paying

TEST, LIVE, STAND_IN = "sk_test_abc", "sk_live_abc", "http://127.0.0.1:8012"


def test_without_a_key_nobody_pays_by_stripe() -> None:
    assert paying.base("", "", dev=False) == ""


@pytest.mark.parametrize("key", [TEST, LIVE, "rk_live_abc", "rk_test_abc"])
def test_a_key_is_used_at_stripe_itself(key: str) -> None:
    assert paying.base("", key, dev=False) == paying.base(paying.STRIPE, key, dev=False) == "https://api.stripe.com"


def test_a_stand_in_on_ones_own_machine_is_asked_instead() -> None:
    assert paying.base(STAND_IN, TEST, dev=True) == STAND_IN


@pytest.mark.parametrize(
    ("url", "key", "dev", "said"),
    [
        (STAND_IN, "", True, "NEXTROUTE_STRIPE_KEY"),
        ("", "pk_live_abc", False, "NEXTROUTE_STRIPE_KEY"),
        ("", "sk_live_abc\n", False, "NEXTROUTE_STRIPE_KEY"),
        (STAND_IN, TEST, False, "NEXTROUTE_STRIPE_URL"),
        (STAND_IN, LIVE, True, "NEXTROUTE_STRIPE_URL"),
        ("https://api.stripe.com.evil.example", TEST, True, "NEXTROUTE_STRIPE_URL"),
        ("http://127.0.0.1.evil.example", TEST, True, "NEXTROUTE_STRIPE_URL"),
    ],
)
def test_anything_else_is_refused_by_name(url: str, key: str, dev: bool, said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=said):
        paying.base(url, key, dev=dev)


def test_each_endpoint_has_a_secret_of_its_own() -> None:
    assert paying.secrets("") == ()
    assert paying.secrets("whsec_one, whsec_two,") == ("whsec_one", "whsec_two")
    with pytest.raises(ImproperlyConfigured, match="NEXTROUTE_STRIPE_WEBHOOK_SECRETS"):
        paying.secrets("whsec_one;whsec_two")


@pytest.mark.parametrize(("text", "share"), [("0", "0"), ("0.5", "0.5"), ("2.905", "2.905"), ("99", "99")])
def test_the_platforms_share_is_in_percent(text: str, share: str) -> None:
    assert paying.percent(text) == Decimal(share)


@pytest.mark.parametrize("text", ["", "-1", "100", "0.12345", "half", "1e1", "1,5", "٣"])
def test_a_share_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="NEXTROUTE_APPLICATION_FEE"):
        paying.percent(text)


def test_forms_may_lead_to_stripes_own_pages_or_to_the_stand_in_and_nowhere_else() -> None:
    assert paying.pages("") == ("https://checkout.stripe.com", "https://connect.stripe.com")
    assert paying.pages("http://127.0.0.1:8001/") == ("http://127.0.0.1:8001",)
