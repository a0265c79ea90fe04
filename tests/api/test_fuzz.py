"""Whatever is sent to a webhook, it is answered in a word, never by a failure; and nothing is changed."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nextroute.audit.models import Entry
from nextroute.customers.models import Customer
from nextroute.notifications import mail_providers
from nextroute.notifications.fake_sms import Provider
from nextroute.tenancy.businesses import Business
from tests.api.calling import FORM, MAIL, PASSWORD, SMS, USER, call_sms, everything
from tests.api.test_mail import HARD, SIGNING_KEY, call, mailgun
from tests.doors import Browser
from tests.notifications.texting import ADAS, OURS, a_reader, owed

fuzzed = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

NOBODYS = "00000000-0000-7000-8000-000000000000"
KINDS = st.sampled_from(
    [
        FORM,
        "application/json",
        "text/plain; charset=UTF-8",
        "multipart/form-data; boundary=x",
        "",
        FORM + "; charset=utf-16",
    ]
)
LATIN = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=60)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NAMES = st.sampled_from(
    ["From", "To", "Body", "MessageSid", "MessageStatus", "ErrorCode", "OptOutType", "SmsStatus"]
) | st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
VALUES = TEXT | st.sampled_from([ADAS, OURS, "failed", "sent", "SM" + "0" * 32, "help"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)


@pytest.fixture(autouse=True)
def waiting(bright: Business, ada: Customer) -> None:
    """Something that could be changed."""
    a_reader(bright, ADAS)
    owed(ada)
    owed(ada, channel="email", provider_id="SM" + "1" * 32)


def unchanged(answer: Callable[[], Any]) -> int:
    before, entries = everything(), Entry.objects.count()
    status = int(answer().status_code)
    assert status < 500
    assert (everything(), Entry.objects.count()) == (before, entries)
    return status


@fuzzed
@given(path=st.sampled_from([SMS, MAIL]), body=st.binary(max_size=400), kind=KINDS, header=LATIN, query=TEXT)
def test_from_anybody(
    browser: Browser, texts: Provider, settings: Any, path: str, body: bytes, kind: str, header: str, query: str
) -> None:
    _configure(settings, "postmark")
    headers = {"X-Twilio-Signature": header, "Authorization": header}
    url = f"{path}?{quote(query)}"
    assert unchanged(lambda: browser.generic("POST", url, body, kind, headers=headers)) in (400, 403, 429)


@fuzzed
@given(st.dictionaries(NAMES, VALUES), TEXT)
def test_of_text_messages_from_the_provider_itself(
    browser: Browser, texts: Provider, form: dict[str, str], query: str
) -> None:
    """In forms it never had; no word that means something is among them."""
    asked = f"?delivery={quote(query)}"
    assert unchanged(lambda: call_sms(browser, texts, form | {"x": ""}, query=asked)) == 200


@pytest.mark.parametrize("provider", sorted(mail_providers.HEADERS))
@fuzzed
@given(told=JSON | st.dictionaries(st.sampled_from(["event", "RecordType", "Type", "eventType", "msys"]), JSON))
def test_of_mail_from_the_provider_itself(browser: Browser, settings: Any, provider: str, told: object) -> None:
    _configure(settings, provider)
    if provider == "mailgun":
        told = mailgun("x", "failed") | {"event-data": told}
    if provider == "amazon_ses":
        told = {"Type": "Notification", "MessageId": "sns-1", "Message": json.dumps(told)}
    assert unchanged(lambda: call(browser, provider, told)) in (200, 400)


@pytest.mark.parametrize("provider", sorted(mail_providers.HEADERS))
@fuzzed
@given(data=st.data())
def test_of_mail_in_almost_the_right_words(browser: Browser, settings: Any, provider: str, data: st.DataObject) -> None:
    """A report as it should be, but with one thing in it that should not."""
    _configure(settings, provider)
    made = data.draw(st.sampled_from([made for name, made, _ in HARD if name == provider]))
    told: Any = made(NOBODYS)
    inner = json.loads(told["Message"]) if provider == "amazon_ses" else told
    container, key = data.draw(st.sampled_from(list(_places(inner))))
    container[key] = data.draw(JSON)
    if provider == "amazon_ses":
        told["Message"] = json.dumps(inner)
    assert unchanged(lambda: call(browser, provider, told)) in (200, 400, 403, 429)


def _configure(settings: Any, provider: str) -> None:
    settings.MAIL_PROVIDER = provider
    settings.MAIL_WEBHOOK_SECRET = SIGNING_KEY if provider == "mailgun" else f"{USER}:{PASSWORD}"


def _places(told: Any) -> Iterator[tuple[Any, Any]]:
    """Every place within it where something stands."""
    pairs = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for key, value in pairs:
        yield told, key
        yield from _places(value)


def test_a_form_that_means_something_is_not_among_those(browser: Browser, texts: Provider) -> None:
    """Or the tests above would be about nothing."""
    before = everything()
    form = {"From": ADAS, "To": OURS, "Body": "stop"}
    assert browser.post(SMS, urlencode(form), content_type=FORM).status_code == 403
    assert everything() == before
    assert call_sms(browser, texts, form).status_code == 200
    assert everything() != before
