"""Bytes are kept by what they are: whole or not at all, once, and under no other name."""

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from nextroute.core import files

HELLO = sha256(b"hello").hexdigest()


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_is_kept_is_read_by_its_digest(folder: Path) -> None:
    assert files.keep(b"hello") == HELLO
    assert files.read(HELLO) == b"hello"
    assert kept(folder) == [folder / HELLO[:2] / HELLO[2:4] / HELLO]


def test_the_same_bytes_twice_are_one_file_that_is_not_written_again(folder: Path) -> None:
    files.keep(b"hello")
    before = kept(folder)[0].stat()
    assert files.keep(b"hello") == HELLO
    assert kept(folder)[0].stat() == before


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x",
        HELLO.upper(),
        HELLO[:-1],
        HELLO + "0",
        f"../{HELLO[3:]}",
        f"{HELLO[:-2]}/.",
        HELLO[:-1] + "\n",
        "٣" * 64,
    ],
)
def test_nothing_but_a_digest_names_a_file(folder: Path, name: str) -> None:
    files.keep(b"hello")
    with pytest.raises(ValueError, match="SHA-256"):
        files.read(name)


def test_what_is_not_kept_is_said_to_be_missing(folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        files.read(HELLO)


def test_a_write_that_fails_leaves_nothing_under_the_name_nor_beside_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            files.keep(b"hello")
    assert kept(folder) == []
    assert files.keep(b"hello") == HELLO, "and the next try succeeds"
    assert files.read(HELLO) == b"hello"


def test_the_bytes_are_on_disk_before_the_name_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def noted(word: str, real: Callable[..., None]) -> Callable[..., None]:
        def act(*args: object) -> None:
            done.append(word)
            real(*args)

        return act

    monkeypatch.setattr(os, "fsync", noted("sync", os.fsync))
    monkeypatch.setattr(os, "replace", noted("name", os.replace))
    files.keep(b"hello")
    assert done == ["sync", "name", "sync", "sync", "sync"], "content, name, and the three folders on the way to it"
