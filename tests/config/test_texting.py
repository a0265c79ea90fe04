import pytest
from django.core.exceptions import ImproperlyConfigured

from nextroute.config import texting

TWILIO, ACCOUNT, TOKEN = "https://api.twilio.com", "AC0123", "secret"


def test_without_any_of_the_three_there_are_no_text_messages() -> None:
    assert texting.base("", "", "", dev=False) == ""


@pytest.mark.parametrize("url", [TWILIO, TWILIO + "/", "https://sms.example.com/twilio"])
def test_a_provider_is_asked_over_tls(url: str) -> None:
    assert texting.base(url, ACCOUNT, TOKEN, dev=False) == url.rstrip("/")


@pytest.mark.parametrize("url", ["http://127.0.0.1:8025", "http://localhost:8025", "http://[::1]:8025"])
def test_a_stand_in_on_ones_own_machine_needs_none(url: str) -> None:
    assert texting.base(url, ACCOUNT, TOKEN, dev=True) == url
    with pytest.raises(ImproperlyConfigured):
        texting.base(url, ACCOUNT, TOKEN, dev=False)


@pytest.mark.parametrize(
    ("url", "account", "token", "said"),
    [
        (TWILIO, "", "", "or none"),
        ("", ACCOUNT, TOKEN, "or none"),
        ("http://api.twilio.com", ACCOUNT, TOKEN, "NEXTROUTE_SMS_URL"),
        ("http://127.0.0.1.evil.example", ACCOUNT, TOKEN, "NEXTROUTE_SMS_URL"),
        ("https://", ACCOUNT, TOKEN, "NEXTROUTE_SMS_URL"),
        ("api.twilio.com", ACCOUNT, TOKEN, "NEXTROUTE_SMS_URL"),
        ("https://api.twilio.com?x=1", ACCOUNT, TOKEN, "NEXTROUTE_SMS_URL"),
        ("https://me:pass@api.twilio.com", ACCOUNT, TOKEN, "NEXTROUTE_SMS_URL"),
        (TWILIO, "../AC", TOKEN, "NEXTROUTE_SMS_ACCOUNT"),
    ],
)
def test_anything_else_is_refused_by_name(url: str, account: str, token: str, said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=said):
        texting.base(url, account, token, dev=True)
