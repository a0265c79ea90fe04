"""What a mail server's address means; a wrong one is said in one line, naming the variable."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from nextroute.config import mailing

PORTAL = "Portal <portal@example.com>"


def options(url: str) -> dict[str, Any]:
    found: dict[str, Any] = mailing.mailers(url, PORTAL, None)["default"]["OPTIONS"]
    return found


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "from_the_first_byte"),
    [
        ("smtp://mail.example.com", "mail.example.com", 587, True, False),
        ("smtp://mail.example.com:2525", "mail.example.com", 2525, True, False),
        ("smtps://mail.example.com", "mail.example.com", 465, False, True),
        ("smtp://127.0.0.1:25", "127.0.0.1", 25, False, False),
        ("smtp://localhost:1025", "localhost", 1025, False, False),
        ("smtp://relay:25?tls=off", "relay", 25, False, False),
        ("smtp://relay:25?tls=0", "relay", 25, True, False),
    ],
)
def test_an_address_says_where_and_how_and_only_ones_own_machine_is_spoken_to_in_the_clear(
    url: str, host: str, port: int, tls: bool, from_the_first_byte: bool
) -> None:
    found = options(url)
    assert (found["host"], found["port"]) == (host, port)
    assert (found["use_tls"], found["use_ssl"]) == (tls, from_the_first_byte)
    assert found["timeout"] == 15


def test_signs_of_a_password_may_be_written_as_in_any_address() -> None:
    found = options("smtp://portal%40example.com:p%2Fw%3A@mail.example.com:587")
    assert (found["username"], found["password"]) == ("portal@example.com", "p/w:")


@pytest.mark.parametrize(
    "url", ["http://mail.example.com", "mail.example.com", "smtp://", "smtp://mail:port", "smtp:x"]
)
def test_another_address_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="NEXTROUTE_MAIL_URL"):
        mailing.mailers(url, PORTAL, None)


@pytest.mark.parametrize("sender", ["", "Portal", "portal@", "Portal <>"])
def test_mail_that_comes_from_nobody_is_refused(sender: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="NEXTROUTE_MAIL_FROM"):
        mailing.mailers("smtp://mail.example.com", sender, None)


def test_without_an_address_mail_lands_in_the_folder_or_there_is_none() -> None:
    assert mailing.mailers("", "", Path("/var/mail"))["default"]["OPTIONS"] == {"path": "/var/mail"}
    assert mailing.mailers("", "", None) == {}


@pytest.mark.parametrize("text", ["", "0", "-5", "2 minutes", "1.5"])
def test_a_lease_is_a_number_of_seconds(text: str) -> None:
    assert mailing.lease("90") == 90
    with pytest.raises(ImproperlyConfigured, match="NEXTROUTE_DELIVERY_LEASE"):
        mailing.lease(text)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_loopback_is_this_machine(address: str) -> None:
    assert mailing.is_loopback(address)


@pytest.mark.parametrize("address", ["", "0.0.0.0", "::", "192.0.2.1", "portal.example", "localhost.example"])
def test_anything_else_is_not(address: str) -> None:
    assert not mailing.is_loopback(address)
