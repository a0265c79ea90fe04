from collections.abc import Iterator

import pytest

from tests.ui.every_page.sign_in import sign_in, wrong_sign_in
from tests.ui.rendering import html, speaking


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with speaking("en"):
        yield


def test_a_field_has_its_label_its_hint_and_the_widgets_own_attributes() -> None:
    text = html(sign_in())
    assert '<label for="id_email">Your e-mail</label>' in text
    assert '<p class="hint" id="id_email-hint">Any of yours.</p>' in text
    assert 'aria-describedby="id_email-hint"' in text
    assert 'type="email"' in text
    assert 'autocomplete="current-password"' in text
    assert 'aria-invalid="' not in text


def test_a_fault_stands_by_its_field_and_is_read_with_it() -> None:
    text = html(sign_in(wrong_sign_in()))
    assert 'value="maria"' in text
    assert 'aria-describedby="id_email-hint id_email-fault"' in text
    assert text.count('aria-invalid="true"') == 2
    assert 'role="alert"' in text
    assert "<title>Please check - Bright Bins</title>" in text


def test_a_password_is_never_sent_back() -> None:
    form = wrong_sign_in()
    form.data = {"email": "maria", "password": "correct horse"}
    assert "correct horse" not in html(sign_in(form))


@pytest.mark.parametrize(("seconds", "words"), [(30, "Please wait 1 minute,"), (95, "Please wait 2 minutes,")])
def test_someone_who_tried_too_often_reads_how_long_to_wait(seconds: int, words: str) -> None:
    assert words in html(sign_in(throttled_seconds=seconds))
