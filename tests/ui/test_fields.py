"""Each kind of field, as ui/form.html draws it."""

import re
from collections.abc import Iterator

import pytest
from django import forms

from tests.ui.every_page.sign_in import sign_in
from tests.ui.rendering import html, speaking
from tests.ui.samples import EveryKind, faulty, filled, sample


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with speaking("en"):
        yield


def drawn(form: forms.Form, id: str) -> str:
    """The tag with that id, with all its attributes."""
    (tag,) = re.findall(rf'<[^>]*\sid="{id}"[^>]*>', html(sample(form)))
    return str(tag)


def test_a_day_is_asked_with_its_bounds_and_written_as_computers_do() -> None:
    tag = drawn(filled(), "id_first_day")
    assert 'type="date" value="2026-06-16"' in tag
    assert 'min="2026-06-13" max="2027-06-13" required' in tag
    assert 'value="2026-06-30"' in drawn(
        EveryKind(initial={"last_day": filled().fields["last_day"].clean("2026-06-30")}), "id_last_day"
    )


def test_a_text_keeps_its_lines_and_is_never_markup() -> None:
    text = html(sample(filled(note="\n<b>Neighbor</b>")))
    assert 'rows="3" maxlength="500">\n\n&lt;b&gt;Neighbor&lt;/b&gt;</textarea>' in text


def test_no_attribute_is_written_twice() -> None:
    for tag in re.findall(r"<(?:input|select|textarea|fieldset)\b[^>]*>", html(sample(faulty()))):
        names = re.findall(r'\s([a-z-]+)="', tag)
        assert len(names) == len(set(names)), tag


def test_one_of_several_is_a_group_with_a_name_and_small_words_below() -> None:
    text = html(sample(filled()))
    assert '<fieldset class="field" id="id_where" role="radiogroup" aria-labelledby="where">' in text
    assert "<span>Only 8447 W 51st Ave<small>Weekly, Tuesdays</small></span>" in text
    assert re.findall(r'value="(\w+)" checked', text)[:1] == ["51"]
    assert "<legend>Which days suit you</legend>" in text


def test_what_was_chosen_stays_chosen() -> None:
    text = html(sample(filled()))
    assert '<option value="trip" selected>A trip</option>' in text
    assert 'name="days" value="2" checked>' in text
    assert 'name="days" value="1">' in text
    assert 'id="id_sure" name="sure" value="on" checked required>' in text
    assert 'value="both" checked required>' in html(sample(EveryKind()))


def test_none_of_something_is_not_nothing() -> None:
    assert 'value="0"' in drawn(EveryKind(), "id_bins")


def test_a_picture_is_asked_for_by_its_kind_and_never_sent_back() -> None:
    assert drawn(filled(), "id_photo") == '<input type="file" id="id_photo" name="photo" accept="image/*">'


@pytest.mark.parametrize("name", ["first_day", "last_day", "where", "reason", "days", "bins", "note", "sure"])
def test_a_fault_is_read_with_its_field_and_led_to_from_above(name: str) -> None:
    text = html(sample(faulty()))
    assert re.search(rf'aria-describedby="[^"]*id_{name}-fault"', drawn(faulty(), f"id_{name}"))
    assert f'<p class="fault" id="id_{name}-fault">' in text
    assert f'<a href="#id_{name}">' in text


def test_only_what_may_be_left_out_is_called_optional() -> None:
    asked = re.findall(r"<label for=\"id_(\w+)\">[^<]+ <span class=\"hint\">Optional</span>", html(sample()))
    assert asked == ["note", "photo"]
    assert "Optional" not in html(sign_in())
