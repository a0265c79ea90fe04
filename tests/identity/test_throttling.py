from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from nextroute.identity import throttling
from nextroute.identity.ask_secrets import DIGITS
from nextroute.identity.minting import MOST_OPEN
from nextroute.identity.throttling import BY_ADDRESS, BY_BOTH, BY_EMAIL, BY_KNOWN_BROWSER, BY_UNKNOWN_TOKEN, Limit
from tests.cast import NOON


def ask(email: str = "ada@example.com", address: str = "192.0.2.1", *, known: bool = False, later: float = 0) -> int:
    now = NOON + timedelta(seconds=later)
    return throttling.sign_in("bright-bins", email, address, known=known, now=now)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
        ("203.0.113.9, evil", "unknown"),
    ],
)
def test_addresses_one_asker_can_have_many_of_count_as_one(address: str, network: str) -> None:
    assert throttling.network_of(address) == network


def test_tries_are_slowed_after_a_burst_and_come_back_one_by_one(db: None) -> None:
    assert [ask() for _ in range(BY_BOTH.burst)] == [0] * BY_BOTH.burst
    assert ask() == BY_BOTH.every
    assert ask(later=BY_BOTH.every - 1) == 1
    assert ask(later=BY_BOTH.every) == 0
    assert ask(later=BY_BOTH.every) == BY_BOTH.every


def test_a_refused_try_takes_from_no_bucket(db: None) -> None:
    for _ in range(BY_BOTH.burst + 5):
        ask()
    spent = BY_BOTH.burst
    others = [ask("eve@example.com") for _ in range(BY_BOTH.burst)]
    others += [ask("cy@example.com") for _ in range(BY_BOTH.burst)]
    assert others == [0] * (2 * BY_BOTH.burst)
    assert spent + len(others) < BY_ADDRESS.burst


def test_a_sprayer_is_slowed_by_address(db: None) -> None:
    waits = [ask(f"someone{n}@example.com") for n in range(BY_ADDRESS.burst + 1)]
    assert waits == [0] * BY_ADDRESS.burst + [BY_ADDRESS.every]


def test_many_addresses_are_slowed_by_email_but_a_browser_that_knows_the_login_is_not(db: None) -> None:
    waits = [ask(address=f"192.0.2.{n}") for n in range(BY_EMAIL.burst + 1)]
    assert waits == [0] * BY_EMAIL.burst + [BY_EMAIL.every]
    assert ask(address="198.51.100.1", known=True) == 0


def test_a_stolen_browser_is_slowed_too(db: None) -> None:
    waits = [ask(address=f"192.0.2.{n}", known=True) for n in range(BY_KNOWN_BROWSER.burst + 1)]
    assert waits == [0] * BY_KNOWN_BROWSER.burst + [BY_KNOWN_BROWSER.every]


@pytest.mark.parametrize(
    ("slowed", "by_address", "by_email", "by_known"),
    [
        (throttling.link, throttling.LINKS_BY_ADDRESS, throttling.LINKS_BY_EMAIL, throttling.LINKS_BY_KNOWN_BROWSER),
        (throttling.code, throttling.CODES_BY_ADDRESS, throttling.CODES_BY_EMAIL, throttling.CODES_BY_KNOWN_BROWSER),
    ],
    ids=["links", "codes"],
)
def test_links_and_codes_are_slowed_by_address_and_by_email_and_known_browsers_by_themselves(
    db: None, slowed: Callable[..., int], by_address: Limit, by_email: Limit, by_known: Limit
) -> None:
    def of(email: str, address: str, *, known: bool = False) -> int:
        return slowed("bright-bins", email, address, known=known, now=NOON)

    waits = [of(f"someone{n}@example.com", "192.0.2.1") for n in range(by_address.burst + 1)]
    assert waits == [0] * by_address.burst + [by_address.every]
    waits = [of("ada@example.com", f"198.51.100.{n}") for n in range(by_email.burst + 1)]
    assert waits == [0] * by_email.burst + [by_email.every]
    waits = [of("ada@example.com", "203.0.113.1", known=True) for n in range(by_known.burst + 1)]
    assert waits == [0] * by_known.burst + [by_known.every]
    assert ask() == 0, "passwords have buckets of their own"


def test_guessing_at_somebodys_codes_for_a_whole_year_hardly_ever_succeeds() -> None:
    """Six digits, three open asks: the rate of strangers' tries is what keeps them safe."""
    a_day = 24 * 3600 / throttling.CODES_BY_EMAIL.every
    assert 365 * a_day * MOST_OPEN / 10**DIGITS < 0.03


def test_unknown_tokens_are_slowed_by_address(db: None) -> None:
    asked = [throttling.unknown_token("192.0.2.1", now=NOON) for _ in range(BY_UNKNOWN_TOKEN.burst + 1)]
    assert asked == [0] * BY_UNKNOWN_TOKEN.burst + [BY_UNKNOWN_TOKEN.every]
    assert throttling.unknown_token("192.0.2.2", now=NOON) == 0


def _rows() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM identity_throttle")
        return [key for (key,) in cursor.fetchall()]


def test_old_rows_are_swept_and_none_names_anybody(db: None) -> None:
    for n in range(5):
        ask(f"someone{n}@example.com", f"192.0.2.{n}")
    assert not [key for key in _rows() if "someone" in key or ("192" in key and len(key) != 40)]
    for _ in range(2):
        ask(later=86_400)
    assert len(_rows()) == 3


def test_a_try_counts_although_the_transaction_after_it_rolls_back(committed: None) -> None:
    ask()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        raise ZeroDivisionError
    assert len(_rows()) == 3


def test_no_two_askers_get_the_same_try(committed: None) -> None:
    def in_thread(_: int) -> int:
        try:
            return ask()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as threads:
        waits = list(threads.map(in_thread, range(4 * BY_BOTH.burst)))
    assert waits.count(0) == BY_BOTH.burst
