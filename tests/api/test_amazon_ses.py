"""Amazon asks once whether its reports are wanted: the answer is one visit, to Amazon."""

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from nextroute.api import amazon_ses
from tests.api.calling import PASSWORD, USER, call_mail
from tests.doors import Browser

SNS = {"X-Amz-Sns-Message-Type": "SubscriptionConfirmation", "X-Amz-Sns-Message-Id": "sns-1"}


@pytest.fixture
def visited(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A server that passes for Amazon's, and what was asked of it; `?no` is answered with 500."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(500 if self.path.endswith("no") else 200)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        monkeypatch.setattr(amazon_ses, "AMAZON", re.compile(rf"http://127\.0\.0\.1:{server.server_port}/\?.*"))
        paths.append(f"http://127.0.0.1:{server.server_port}/")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield paths
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _amazon(settings: Any, db: None) -> None:
    settings.MAIL_PROVIDER, settings.MAIL_WEBHOOK_SECRET = "amazon_ses", f"{USER}:{PASSWORD}"


def confirm(browser: Browser, address: object, *, password: str = PASSWORD) -> int:
    told = {"Type": "SubscriptionConfirmation", "MessageId": "sns-1", "SubscribeURL": address}
    return int(call_mail(browser, told, password=password, **SNS).status_code)


def test_the_subscription_is_confirmed(browser: Browser, visited: list[str]) -> None:
    home = visited.pop()
    assert confirm(browser, f"{home}?Action=ConfirmSubscription") == 200
    assert visited == ["/?Action=ConfirmSubscription"]


def test_not_for_somebody_without_the_password(browser: Browser, visited: list[str]) -> None:
    home = visited.pop()
    assert confirm(browser, f"{home}?Action=ConfirmSubscription", password="guessed") == 403
    assert visited == []


def test_an_answer_that_failed_is_not_taken_for_one(browser: Browser, visited: list[str]) -> None:
    assert confirm(browser, f"{visited.pop()}?no") == 400


@pytest.mark.parametrize(
    ("address", "amazons"),
    [
        ("https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=1", True),
        ("https://sns.cn-north-1.amazonaws.com.cn/?Action=ConfirmSubscription", True),
        ("http://sns.us-east-1.amazonaws.com/?x", False),
        ("https://sns.us-east-1.amazonaws.com.evil.example/?x", False),
        ("https://evil.example/?https://sns.us-east-1.amazonaws.com/?x", False),
        ("https://user@sns.us-east-1.amazonaws.com/?x", False),
        ("https://sns.us-east-1.amazonaws.com:8000/?x", False),
        ("https://s3.amazonaws.com/?x", False),
        ("https://sns.us-east-1.amazonaws.com/?x\n", False),
        ("", False),
    ],
)
def test_nobody_but_amazon_is_visited(address: str, amazons: bool) -> None:
    assert bool(amazon_ses.AMAZON.fullmatch(address)) is amazons


@pytest.mark.parametrize("address", ["http://169.254.169.254/?latest", "file:///etc/passwd", "", None, ["x"]])
def test_another_address_proves_nothing(browser: Browser, address: object) -> None:
    assert confirm(browser, address) == 403
