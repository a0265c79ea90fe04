import threading
from collections.abc import Iterator

import pytest

from nextroute.core.actors import SYSTEM
from nextroute.core.errors import Refused
from nextroute.customers.models import Customer
from nextroute.identity import logins, passwords, sessions
from nextroute.identity.models import Login, PortalSession
from tests.cast import NOON
from tests.doors import PASSWORD


def test_a_password_proves_itself_however_the_keyboard_composed_it() -> None:
    assert passwords.proves("cafe\u0301 lantern river", passwords.hashed("caf\u00e9 lantern river"))


def test_a_space_at_the_end_is_part_of_the_password() -> None:
    assert not passwords.proves(f"{PASSWORD} ", passwords.hashed(PASSWORD))


def test_the_decoy_costs_what_a_real_hash_costs_and_nothing_proves_it() -> None:
    assert not passwords.outdated(passwords._decoy())
    assert not passwords.proves("", "")


def test_hashes_stay_above_the_floor() -> None:
    assert passwords.Argon2id.memory_cost >= 64 * 1024
    assert "$argon2id$" in passwords._decoy()


@pytest.mark.parametrize(
    "password",
    [
        "short one",
        "x" * 201,
        "1234567890",
        "qwertyuiop",
        "aaaaaaaaaaaaaaaa",
        "ada@example.com",
        "Bright-Bins 2026",
        "Ada.Lovelace1815",
    ],
)
def test_a_weak_password_is_refused_with_a_sentence(password: str) -> None:
    with pytest.raises(Refused) as refused:
        passwords.refuse_weak(password, known=["ada@example.com", "Ada Lovelace", "bright-bins"])
    assert refused.value.field == "password"
    assert refused.value.sentence.endswith(".")


def test_unrelated_words_are_fine() -> None:
    passwords.refuse_weak(PASSWORD, known=["ada@example.com"])
    passwords.refuse_weak("bins on tuesday morning", known=["Bright Bins"])
    passwords.refuse_weak(f"{PASSWORD} " * 9, known=[])


@pytest.fixture
def full_house(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two hashes under way in this process, and little patience."""
    monkeypatch.setattr(passwords, "_PATIENCE", 0.01)
    for _ in range(2):
        passwords._room.acquire()
    yield
    for _ in range(2):
        passwords._room.release()


def test_a_third_hash_at_once_is_told_to_come_back(full_house: None) -> None:
    with pytest.raises(passwords.Busy):
        passwords.proves(PASSWORD, "")


def test_room_is_given_back_when_hashing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords._HASHER, "verify", lambda *_: 1 / 0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            passwords.proves(PASSWORD, "")
    assert passwords._room.acquire(blocking=False)
    passwords._room.release()


def test_two_may_be_judged_at_once_by_their_own_words() -> None:
    refused = []

    def judge(word: str) -> None:
        for _ in range(5):
            try:
                passwords.refuse_weak(f"{word}{word}", known=[word])
            except Refused:
                refused.append(word)

    threads = [threading.Thread(target=judge, args=(word,)) for word in ("zyqvoxt", "wkplubr")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 10


def _browsers(login: Login) -> list[PortalSession]:
    for _ in range(2):
        sessions.start(login, customer=None, user_agent="", now=NOON)
    return list(login.sessions.order_by("id"))


def test_a_new_password_ends_the_other_sessions(login: Login) -> None:
    here, there = _browsers(login)
    logins.set_password(login, "velvet harbor tuesday", actor=SYSTEM, now=NOON, keep=here)
    assert list(login.sessions.filter(ended_at=None)) == [here]
    assert login.sessions.get(pk=there.pk).ended_at == NOON
    kept = Login.objects.get(pk=login.pk)
    assert passwords.proves("velvet harbor tuesday", kept.password)
    assert kept.password_set_at == NOON


def test_a_refused_password_changes_nothing(login: Login, ada: Customer) -> None:
    _browsers(login)
    for theirs in (f"{ada.email}1", "Bright Bins 1", "ada ada ada"):
        with pytest.raises(Refused):
            logins.set_password(login, theirs, actor=SYSTEM, now=NOON)
    assert Login.objects.get(pk=login.pk).password == login.password
    assert login.sessions.filter(ended_at=None).count() == 2
