"""The stand-in is as strict as the provider: what it lets pass, the provider would."""

from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID

import pytest
import requests

from nextroute.notifications import fake_sms_server
from nextroute.notifications.fake_sms import Provider
from tests.notifications.texting import ACCOUNT, ADAS, OURS, TOKEN

PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
GOOD = {"To": ADAS, "From": OURS, "Body": "Hello"}


def ask(
    provider: Provider, form: object = None, *, path: str = PATH, token: str = TOKEN, **more: object
) -> requests.Response:
    with fake_sms_server.running(provider) as url:
        return requests.request(
            **{"method": "POST", "url": url + path, "data": form or GOOD, "auth": (ACCOUNT, token), "timeout": 5} | more  # type: ignore[arg-type]
        )


@pytest.fixture
def provider() -> Provider:
    return Provider(ACCOUNT, TOKEN, numbers=frozenset({OURS}))


def test_a_message_is_kept_and_named(provider: Provider) -> None:
    answer = ask(provider, GOOD | {"StatusCallback": "http://127.0.0.1/x"})
    (message,) = provider.messages
    assert (answer.status_code, answer.json()["sid"], answer.json()["status"]) == (201, message.sid, "queued")
    assert (message.to, message.from_, message.body, message.callback) == (ADAS, OURS, "Hello", "http://127.0.0.1/x")
    assert [one["sid"] for one in ask(provider, method="GET", data=None).json()["messages"]] == [message.sid]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (GOOD | {"Colour": "blue"}, 20001),
        ([*GOOD.items(), ("To", ADAS)], 20001),
        (b"\xff=1", 20001),
        (b"To", 20001),
        (GOOD | {"To": ""}, 21604),
        (GOOD | {"Body": ""}, 21602),
        ({"To": ADAS, "Body": "Hello"}, 21603),
        (GOOD | {"To": "303 555 0142"}, 21211),
        (GOOD | {"To": "+1303555٠١٤٢"}, 21211),
        (GOOD | {"From": "+13035550199"}, 21606),
        (GOOD | {"Body": "x" * 1_601}, 21617),
    ],
)
def test_what_the_provider_does_not_know_it_refuses(provider: Provider, form: object, code: int) -> None:
    headers = {"Content-Type": fake_sms_server.FORM}
    answer = ask(provider, form, headers=headers)
    assert (answer.status_code, answer.json()["code"], provider.messages) == (400, code, [])


def test_nobody_else_is_let_in(provider: Provider) -> None:
    assert ask(provider, token="guessed").status_code == 401
    assert ask(provider, auth=None).status_code == 401
    assert ask(provider, method="GET", data=None, token="guessed").status_code == 401
    assert ask(provider, path=PATH + "?x=1").status_code == 404
    assert ask(provider, data=None, json=GOOD).status_code == 415
    assert provider.messages == []


def test_a_message_can_be_read_beside_the_demos_mail(tmp_path: Path) -> None:
    provider = Provider(ACCOUNT, TOKEN, folder=tmp_path / "mail")
    ask(provider, GOOD | {"Body": "Mañana venimos.\n\nBright Bins"})
    (file,) = (tmp_path / "mail").iterdir()
    letter = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert (UUID(file.stem).hex, file.suffix) == (provider.messages[0].sid.removeprefix("SM"), ".eml")
    assert (letter["To"], letter["From"]) == (ADAS, OURS)
    assert letter.get_content().strip() == "Mañana venimos.\n\nBright Bins"
