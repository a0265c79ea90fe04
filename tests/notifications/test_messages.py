"""Variables are put in as they are: nothing a customer is called, and nothing a business writes, is ever run."""

import pytest

from nextroute.notifications import messages
from nextroute.notifications.messages import Kind, Paragraph, fill
from nextroute.notifications.texts import Text

URL = {"action_url": "https://portal.example/"}


def body(*paragraphs: str, **variables: str) -> list[Paragraph]:
    text = Text("", "", paragraphs, "Go")
    return list(messages.mail(text, variables).paragraphs)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello {{customer_first_name}}, we came", "Hello Ada, we came"),
        ("Hello {{ customer_first_name }}!", "Hello Ada!"),
        ("{{ 7*7 }} {% if x %} {{Upper}} {{}} <script>", "{{ 7*7 }} {% if x %} {{Upper}} {{}} <script>"),
        ("Why: {{reason}}", "Why: {{customer_first_name}} <b>"),
        ("100 % of %(x)s {0}", "100 % of %(x)s {0}"),
    ],
)
def test_a_variable_is_replaced_by_its_value_and_nothing_else_is_touched(text: str, said: str) -> None:
    assert fill(text, {"customer_first_name": "Ada", "reason": "{{customer_first_name}} <b>"}) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("We’ll come {{x}}, Tuesday, June 16.", "We’ll come Tuesday, June 16."),
        ("Welcome, {{x}}.", "Welcome."),
        ("We’ll come tomorrow, {{x}}. Let us in.", "We’ll come tomorrow. Let us in."),
        ("Hello {{x}},", "Hello,"),
        ("Hello {{x}} and welcome", "Hello and welcome"),
        ("{{x}}, hello", "hello"),
        ("Until {{x}}", "Until"),
        ("{{x}}{{x}}", ""),
    ],
)
def test_an_empty_variable_takes_the_comma_or_space_beside_it_along(text: str, said: str) -> None:
    for empty in ({}, {"x": ""}, {"x": " \n"}):
        assert fill(text, empty) == said


def test_a_line_and_a_paragraph_without_any_of_their_variables_are_left_out() -> None:
    assert body("{{plan_name}}\n{{address}}", address="3120 Teller Street") == [
        Paragraph(Kind.TEXT, ("3120 Teller Street",))
    ]
    assert body("We’ll skip these visits:\n{{visits}}", "Why: {{reason}}") == []
    assert body("Nothing to fill in.") == [Paragraph(Kind.TEXT, ("Nothing to fill in.",))]


def test_a_variable_of_several_lines_keeps_them() -> None:
    assert body("Soon:\n{{visits}}\nBye", visits="One\nTwo") == [
        Paragraph(Kind.TEXT, ("Soon:",)),
        Paragraph(Kind.VISITS, ("One", "Two")),
        Paragraph(Kind.TEXT, ("Bye",)),
    ]
    assert body("It is {{visits}}.", visits="One\r\nTwo") == [Paragraph(Kind.TEXT, ("It is One", "Two."))]


def test_the_button_stands_at_the_end_or_where_it_is_named() -> None:
    button = Paragraph(Kind.BUTTON, ())
    assert body("Hello", **URL) == [Paragraph(Kind.TEXT, ("Hello",)), button]
    named = body("Hello", "{{action}}", "Bye", **URL)
    assert [one.kind for one in named] == [Kind.TEXT, Kind.BUTTON, Kind.TEXT]


def test_a_message_that_leads_nowhere_has_no_button() -> None:
    assert body("Hello", "{{action}}") == [Paragraph(Kind.TEXT, ("Hello",))]


def test_a_subject_stays_one_line_whatever_a_variable_holds() -> None:
    text = Text("Hello {{x}}", "Dear {{x}}", ("Body",), "")
    message = messages.mail(text, {"x": "Ada\r\nBcc: eve@example.com\u2028\x85more"})
    assert message.subject == "Hello Ada Bcc: eve@example.com more"
    assert message.heading == "Dear Ada Bcc: eve@example.com more"


def test_a_text_message_is_lines_in_plain_letters() -> None:
    message = messages.sms(Text("", "", ("{{x}}: we’ll come", "Why: {{y}}", "Bye"), ""), {"x": "Bright Bins"})
    assert message.plain == "Bright Bins: we'll come\nBye"
