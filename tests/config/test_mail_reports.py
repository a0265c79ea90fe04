import pytest
from django.core.exceptions import ImproperlyConfigured

from nextroute.api import mail_providers
from nextroute.config import mailing
from nextroute.notifications.mail_providers import HEADERS


def test_nobody_reports_unless_they_are_named() -> None:
    assert mailing.reports("", "") == ("", "")


def test_a_provider_proves_itself_by_what_it_has() -> None:
    assert mailing.reports("postmark", "post:secret") == ("postmark", "post:secret")
    assert mailing.reports("mailgun", "signing key") == ("mailgun", "signing key")


@pytest.mark.parametrize(
    ("provider", "secret", "said"),
    [
        ("pigeon", "post:secret", "one of amazon_ses, brevo"),
        ("", "post:secret", "NEXTROUTE_MAIL_PROVIDER"),
        ("postmark", "", "NEXTROUTE_MAIL_WEBHOOK_SECRET"),
        ("postmark", "None", "user:password"),
        ("postmark", ":secret", "user:password"),
        ("postmark", "post:", "user:password"),
    ],
)
def test_anything_else_is_refused_by_name(provider: str, secret: str, said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=said):
        mailing.reports(provider, secret)


def test_whoever_is_told_our_keys_is_understood_when_they_give_them_back() -> None:
    assert mail_providers._KNOWN.keys() == HEADERS.keys()
