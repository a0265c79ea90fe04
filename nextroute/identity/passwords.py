"""Passwords: what one must be, and the one slow hash it takes to prove it."""

import base64
import re
import secrets
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from zxcvbn import zxcvbn

from nextroute.core.errors import Refused

SHORTEST = 10
LONGEST = 200  # characters; more would only make a hash slow
_READ_BY_ZXCVBN = 72  # characters; its time grows with the square
_OF_ONES_OWN = 6  # characters that are not in words others would try
_SAFE = 3  # zxcvbn's "safely unguessable", of 4

_AT_ONCE = 2  # hashes in this process: each takes 64 MiB and a core
_PATIENCE = 3.0  # seconds


class Busy(Exception):
    """Too many people are proving passwords at this moment; in a few seconds there is room again."""


class Argon2id(Argon2PasswordHasher):
    """Argon2id with 64 MiB: above OWASP's floor, about a tenth of a second of one core.

    Whoever raises these: hashes of before are made anew at their owners' next sign-in. Until then they take another
    time than the decoy does, which tells a patient asker that somebody has that e-mail.
    """

    time_cost = 2
    memory_cost = 64 * 1024  # KiB
    parallelism = 1


_HASHER = Argon2id()
_room = threading.BoundedSemaphore(_AT_ONCE)
_judging = threading.Lock()  # zxcvbn keeps the words of the person it is asked about in a global


def normalised(password: str) -> str:
    """One form however the keyboard composed it. Nothing is trimmed: a space may be meant."""
    return unicodedata.normalize("NFKC", password)


def proves(password: str, encoded: str) -> bool:
    """Whether this is the password. One hash whatever the answer, also when there is none to compare with ("").

    Raises Busy when no hash could begin within a few seconds.
    """
    with _one_of_few():
        matched = _HASHER.verify(normalised(password), encoded or _decoy())
    return matched and encoded != ""


def hashed(password: str) -> str:
    """The password as it is kept. Raises Busy as `proves` does."""
    with _one_of_few():
        return _HASHER.encode(normalised(password), _HASHER.salt())


def outdated(encoded: str) -> bool:
    """Whether it was hashed with other parameters than today's."""
    return _HASHER.must_update(encoded)


def refuse_weak(password: str, *, known: Iterable[str]) -> None:
    """Raise Refused (field "password") unless it is long enough, in no list, and not made of `known` words."""
    if sentence := _weakness(normalised(password), known):
        raise Refused(sentence, field="password")


def _weakness(password: str, known: Iterable[str]) -> str:
    if len(password) < SHORTEST:
        return gettext("Use at least %(count)s characters.") % {"count": SHORTEST}
    if len(password) > LONGEST:
        return gettext("Use at most %(count)s characters.") % {"count": LONGEST}
    words = _words_in(known)
    if _is_common(password) or len(_without(words, password)) < _OF_ONES_OWN or _score(password, words) < _SAFE:
        return gettext("That password is easy to guess. Three or four unrelated words make a good one.")
    return ""


def _words_in(known: Iterable[str]) -> list[str]:
    """The texts and their words, longest first; what is shorter than three letters says nothing."""
    texts = [text.casefold() for text in known]
    words = {word for text in texts for word in (text, *re.split(r"[\W_]+", text)) if len(word) > 2}
    return sorted(words, key=len, reverse=True)


def _without(words: list[str], password: str) -> str:
    """What is left of a password when these are taken out: Bright Bins 2026 has little of its own."""
    left = password.casefold()
    for word in words:
        left = left.replace(word, "")
    return left


def _score(password: str, known: list[str]) -> int:
    with _judging:
        return int(zxcvbn(password[:_READ_BY_ZXCVBN], user_inputs=known)["score"])


def _is_common(password: str) -> bool:
    try:
        _common_list().validate(password)
    except ValidationError:
        return True
    return False


@cache
def _common_list() -> CommonPasswordValidator:
    return CommonPasswordValidator()


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _room.acquire(timeout=_PATIENCE):
        raise Busy
    try:
        yield
    finally:
        _room.release()


@cache
def _decoy() -> str:
    """A hash no password has, as slow to refuse as a real one."""
    like = _HASHER.params()
    parts = (_HASHER.salt().encode(), secrets.token_bytes(like.hash_len))
    salt, digest = (base64.b64encode(part).decode().rstrip("=") for part in parts)
    costs = f"m={like.memory_cost},t={like.time_cost},p={like.parallelism}"
    return f"argon2$argon2id$v={like.version}${costs}${salt}${digest}"
