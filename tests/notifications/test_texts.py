"""Our own words: there are some for everything, they fit where they go, and they leave no holes."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nextroute.notifications import gsm, messages, texts
from nextroute.notifications.texts import Text
from nextroute.notifications.triggers import Channel, Trigger
from tests.notifications.samples import LANGUAGES, speaking, values

EVERY = [(trigger, channel) for trigger in Trigger for channel in trigger.channels]
BY_SMS = [trigger for trigger in Trigger if Channel.SMS in trigger.channels]


def named(text: Text) -> set[str]:
    parts = (text.subject, text.heading, *text.paragraphs, text.action)
    return {name for part in parts for name in re.findall(r"\{\{(.*?)\}\}", part)}


@pytest.mark.parametrize(("trigger", "channel"), EVERY)
def test_a_text_names_only_what_it_can_know_in_either_language(trigger: Trigger, channel: Channel) -> None:
    said = []
    for language in LANGUAGES:
        with speaking(language):
            said.append(named(texts.default(trigger, channel)))
    assert said[0] == said[1]
    assert said[0] <= texts.variables_of(trigger, channel)
    assert said[0] >= texts.required(trigger, channel)


@pytest.mark.parametrize("trigger", Trigger)
def test_a_mail_says_its_answer_in_a_sentence_and_has_one_thing_to_do(trigger: Trigger) -> None:
    text = texts.default(trigger, Channel.EMAIL)
    assert text.subject
    assert text.heading.endswith(".")
    assert text.action
    assert text.paragraphs


@pytest.mark.parametrize(("trigger", "language"), list(product(BY_SMS, LANGUAGES)))
def test_a_text_message_fits_in_one_and_says_whose_it_is(trigger: Trigger, language: str) -> None:
    with speaking(language):
        said = messages.sms(texts.default(trigger, Channel.SMS), values(trigger)).plain
    size = gsm.septets(said)
    assert size is not None, said
    assert size <= 160, said
    assert said.startswith("Bright Bins: ")
    assert "http" not in said


@given(st.data(), st.sampled_from(EVERY), st.sampled_from(LANGUAGES))
def test_what_is_not_known_leaves_no_hole(data: st.DataObject, which: tuple[Trigger, Channel], language: str) -> None:
    trigger, channel = which
    with speaking(language):
        known = values(trigger)
        for name in data.draw(st.sets(st.sampled_from(sorted(known)))):
            known[name] = data.draw(st.sampled_from(["", " ", "\n"]))
        fill = messages.sms if channel is Channel.SMS else messages.mail
        message = fill(texts.default(trigger, channel), known)
    lines = [message.subject, message.heading, *(line for one in message.paragraphs for line in one.lines)]
    for line in lines:
        assert "{{" not in line
        assert line == line.strip()
        assert not re.search(r"  | [,.;:!?]|,,|,\.|\0|^[,.;]", line), line
