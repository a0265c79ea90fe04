"""A business's own words: kept as they are written, refused where they would break, and gone again when it says so."""

from typing import Any

import pytest

from nextroute.audit.models import Detail, Entry
from nextroute.core.actors import Actor, ActorKind
from nextroute.core.errors import Refused
from nextroute.notifications import wordings
from nextroute.notifications.models import Wording
from nextroute.notifications.texts import default
from nextroute.notifications.triggers import Channel, Trigger
from nextroute.tenancy.businesses import Business
from tests.doors import Clock
from tests.notifications.posting import Outbox, deliver, owe

CY = Actor(ActorKind.STAFF)
BODY = "Dear {{customer_first_name}},\r\n\r\n{{visits}}\r\n\r\n\r\nYours, {{business_name}}"


def change(business: Business, **changes: str) -> Wording:
    said: dict[str, Any] = {"trigger": "service_reminder", "channel": "email", "language": "en", "body": BODY}
    return wordings.change(business=business, actor=CY, **(said | changes))


def reset(business: Business, trigger: str = "service_reminder", channel: str = "email", language: str = "en") -> bool:
    return wordings.reset(business=business, trigger=trigger, channel=channel, language=language, actor=CY)


def refusal(business: Business, **changes: str) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        change(business, **changes)
    return refused.value.field, refused.value.sentence


def sent(business: Business, clock: Clock, outbox: Outbox) -> tuple[str, str, str]:
    """The subject, the text and the HTML of the next reminder."""
    owe(business)
    deliver(business, clock)
    mail: Any = outbox.mails[-1]
    return mail.subject, mail.body, mail.alternatives[0].content


# Saying it in one's own words


def test_a_business_says_it_in_its_own_words(bright: Business, clock: Clock, outbox: Outbox) -> None:
    change(bright, subject="Tomorrow!", heading="See you tomorrow.")
    subject, text, _ = sent(bright, clock, outbox)
    assert subject == "Tomorrow!"
    assert text.startswith(
        "See you tomorrow.\n\nDear Ada,\n\n- Weekly Bin Cleaning, 8447 West 51st Avenue\n"
        "- Bin Cleaning, every 2 weeks, 3120 Teller Street\n\nYours, Bright Bins\n\nSee your visits:\nhttps://"
    )


def test_subject_and_heading_stay_ours_unless_they_are_given(bright: Business, clock: Clock, outbox: Outbox) -> None:
    change(bright)
    subject, text, _ = sent(bright, clock, outbox)
    assert subject == "We’ll come tomorrow, Tuesday, June 16"
    assert text.startswith("We’ll come tomorrow, Tuesday, June 16.\n\nDear Ada,")


def test_another_language_channel_or_message_stays_as_it_was(bright: Business, clock: Clock, outbox: Outbox) -> None:
    change(bright, language="es")
    change(bright, channel="sms", body="{{business_name}}: tomorrow!")
    change(bright, trigger="welcome", body="Hello!")
    _, text, _ = sent(bright, clock, outbox)
    assert "Please make sure we can get in" in text


def test_another_businesss_words_stay_its_own(bright: Business, silk: Business, clock: Clock, outbox: Outbox) -> None:
    change(silk, body="Silk City says hello.")
    _, text, _ = sent(bright, clock, outbox)
    assert "Silk City" not in text


def test_what_looks_like_a_program_is_shown_as_it_is_written(bright: Business, clock: Clock, outbox: Outbox) -> None:
    odd = "{{ 7*7 }} {% include 'x' %} {{}} <script>alert(1)</script> &amp; ${x} %(y)s"
    change(bright, body=odd, heading=odd)
    _, text, html = sent(bright, clock, outbox)
    assert " ".join(text.split()).count(odd) == 2
    assert "{{ 7*7 }} {% include 'x' %} {{}} &lt;script&gt;alert(1)&lt;/script&gt; &amp;amp; ${x} %(y)s" in html
    assert "<script" not in html


def test_saying_it_again_changes_the_words_and_keeps_one_row(bright: Business) -> None:
    change(bright)
    change(bright, body="Hello", subject="Soon")
    assert Wording.objects.get().body == "Hello"


# Going back


def test_going_back_is_to_say_it_in_our_words(bright: Business, clock: Clock, outbox: Outbox) -> None:
    change(bright)
    assert reset(bright)
    assert not reset(bright)
    assert Wording.objects.count() == 0
    _, text, _ = sent(bright, clock, outbox)
    assert "Please make sure we can get in" in text


# The record


def test_what_was_said_and_what_is_are_on_record(bright: Business) -> None:
    row = change(bright)
    change(bright, subject="Soon")
    change(bright, subject="Soon")
    reset(bright)
    made, changed, gone = Entry.objects.filter(verb__startswith="wording.").order_by("id")
    assert [one.verb for one in (made, changed, gone)] == ["wording.changed", "wording.changed", "wording.reset"]
    assert (made.subject_id, made.subject_label, made.actor_kind) == (row.id, "service_reminder email en", "staff")
    assert made.changed == ["subject", "heading", "body"]
    assert changed.changed == ["subject"]
    assert Detail.objects.get(entry=changed).values == {"was": {"subject": ""}, "is": {"subject": "Soon"}}
    assert Detail.objects.get(entry=gone).values["was"]["subject"] == "Soon"


# What is refused


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"trigger": "pigeon"}, "trigger", "There is no message “pigeon”."),
        ({"channel": "pigeon"}, "channel", "This message goes by email, sms only."),
        ({"trigger": "welcome", "channel": "sms"}, "channel", "This message goes by email only."),
        ({"language": "fr"}, "language", "Choose one of these languages: en, es."),
        ({"body": ""}, "body", "Write what the message says."),
        ({"body": " \r\n "}, "body", "Write what the message says."),
        ({"body": "x" * 5_001}, "body", "This is too long: 5000 letters at most."),
        ({"body": "a\0b"}, "body", "There are signs in this that cannot be shown."),
        ({"body": "Hello {{customer_firstname}}"}, "body", "There is no {{customer_firstname}} here."),
        ({"body": "Hello {{Name}}"}, "body", "There is no {{Name}} here."),
        ({"body": "Code {{code}}"}, "body", "There is no {{code}} here."),
        ({"subject": "Hi {{visit}}"}, "subject", "There is no {{visit}} here."),
        ({"heading": "Hi {{visit}}"}, "heading", "There is no {{visit}} here."),
        ({"subject": "Hi\nBcc: eve@example.com"}, "subject", "Write this on one line."),
        ({"subject": "Hi\rBcc: eve@example.com"}, "subject", "Write this on one line."),
        ({"heading": "One\nTwo"}, "heading", "Write this on one line."),
        ({"subject": "x" * 121}, "subject", "This is too long: 120 letters at most."),
        ({"channel": "sms", "subject": "Hi"}, "subject", "A text message has a body only."),
        ({"channel": "sms", "heading": "Hi"}, "heading", "A text message has a body only."),
        ({"channel": "sms", "body": "x" * 301}, "body", "This is too long: 300 letters at most."),
        ({"channel": "sms", "body": "{{action}}"}, "body", "There is no {{action}} here."),
        ({"trigger": "sign_in_link", "body": "Press the button."}, "body", "This message needs {{code}}"),
    ],
)
def test_what_would_break_is_refused_naming_what_to_change(
    bright: Business, changes: dict[str, str], field: str, said: str
) -> None:
    found = refusal(bright, **changes)
    assert found[0] == field
    assert found[1].startswith(said)
    assert not Wording.objects.exists()
    assert not Entry.objects.filter(verb__startswith="wording.").exists()


def test_a_refused_variable_is_told_what_there_is(bright: Business) -> None:
    _, sentence = refusal(bright, body="{{x}}")
    assert "business_name, business_phone, customer_first_name, in_days, service_date, visits" in sentence


def test_going_back_from_what_there_is_not_is_refused_too(bright: Business) -> None:
    with pytest.raises(Refused) as refused:
        reset(bright, trigger="pigeon")
    assert refused.value.field == "trigger"


@pytest.mark.parametrize("trigger", Trigger)
def test_our_own_words_could_be_a_businesss_too(bright: Business, trigger: Trigger) -> None:
    for channel in trigger.channels:
        text = default(trigger, channel)
        joined = ("\n" if channel is Channel.SMS else "\n\n").join(text.paragraphs)
        change(bright, trigger=trigger, channel=channel, subject=text.subject, heading=text.heading, body=joined)


def test_all_there_is_to_say_is_listed_with_whose_words_it_is_in(bright: Business, silk: Business) -> None:
    change(bright, language="es")
    change(silk)
    listed = {str(which): own for which, own in wordings.every(bright)}
    assert len(listed) == 2 * sum(len(trigger.channels) for trigger in Trigger)
    assert [name for name, own in listed.items() if own] == ["service_reminder email es"]
