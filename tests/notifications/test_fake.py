"""The folder that stands in for the post keeps each message once, whole, and reads it back."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.mail import EmailMultiAlternatives, mailers

from nextroute.notifications import fake


@pytest.fixture
def folder(tmp_path: Path, settings: object) -> Path:
    folder = tmp_path / "mail"
    options = {"path": str(folder)}
    settings.MAILERS = {"default": {"BACKEND": "nextroute.notifications.fake.Folder", "OPTIONS": options}}  # type: ignore[attr-defined]
    return folder


def a_mail(key: object, subject: str = "Héllo") -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(subject, "Text — here", "p@example.com", ["ada@example.com"])
    mail.extra_headers["Message-ID"] = f"<{key}@example.com>"
    mail.attach_alternative("<p>Hüllo</p>", "text/html")
    return mail


def keep(*mails: EmailMultiAlternatives) -> None:
    mailers.default.send_messages(list(mails))


def test_a_kept_message_reads_as_it_was_written(folder: Path) -> None:
    key = uuid4()
    keep(a_mail(key))
    letter = fake.letter(folder, key)
    assert letter is not None
    assert (letter.key, letter.to, letter.subject) == (key, "ada@example.com", "Héllo")
    assert letter.body("plain").strip() == "Text — here"
    assert letter.body("html").strip() == "<p>Hüllo</p>"
    assert (folder.stat().st_mode & 0o777) == 0o700


def test_the_newest_comes_first_and_a_repeat_takes_the_place_of_the_one_before(folder: Path) -> None:
    one, other = uuid4(), uuid4()
    keep(a_mail(one, "first"), a_mail(other))
    keep(a_mail(one, "again"))
    os.utime(folder / f"{other}.eml", (0, 0))
    assert [(letter.key, letter.subject) for letter in fake.letters(folder)] == [(one, "again"), (other, "Héllo")]
    assert len(fake.letters(folder, most=1)) == 1


def test_nobody_has_written_yet(folder: Path) -> None:
    assert fake.letters(folder) == []
    assert fake.letter(folder, uuid4()) is None


def test_many_writers_of_one_message_leave_one_whole(folder: Path) -> None:
    key = uuid4()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: keep(a_mail(key)), range(40)))
    assert [file.name for file in folder.iterdir()] == [f"{key}.eml"]
    letter = fake.letter(folder, key)
    assert letter is not None
    assert letter.body("html").strip() == "<p>Hüllo</p>"
