"""Businesses' own words, and what did not arrive, from the command line."""

from pathlib import Path

import pytest

from nextroute.notifications.models import Delivery
from nextroute.tenancy import businesses
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON, inside
from tests.config.conftest import Run

BRIGHT = ("--business", "bright-bins")


@pytest.fixture
def business(committed: None) -> Business:
    return cast.a_business("bright-bins")


def given_up(business: Business) -> Delivery:
    with inside(business):
        return Delivery.objects.create(
            business=business,
            trigger="welcome",
            channel="email",
            address="ada@example.com",
            status="failed",
            why="refused 550",
            due_at=NOON,
        )


def test_a_business_gets_its_own_words_from_a_file_and_ours_back(run: Run, business: Business, tmp_path: Path) -> None:
    body = tmp_path / "body.txt"
    body.write_text("Dear {{customer_first_name}},\n\nsee you soon — Bright Bins", encoding="utf-8")
    assert "welcome            email  en  -    action action_url" in run("wording", "list", *BRIGHT).stdout
    said = run("wording", "set", *BRIGHT, "welcome", str(body), "--subject", "Hello")
    assert said.stdout == "welcome, email, en: in the business's own words.\n", said.stderr
    listed = run("wording", "list", *BRIGHT).stdout
    assert "welcome            email  en  own  action" in listed
    assert "welcome            email  es  -    action" in listed
    assert run("wording", "reset", *BRIGHT, "welcome").stdout == "In our words again.\n"
    assert run("wording", "reset", *BRIGHT, "welcome").stdout == "It was in our words already.\n"


def test_the_words_may_be_piped_in(run: Run, business: Business) -> None:
    said = run("wording", "set", *BRIGHT, "service_reminder", "--channel", "sms", "--language", "es", said="¡Ya vamos!")
    assert said.returncode == 0, said.stderr
    assert "service_reminder   sms    es  own" in run("wording", "list", *BRIGHT).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("wording", "set", *BRIGHT, "pigeon"), "trigger: There is no message “pigeon”."),
        (("wording", "set", *BRIGHT, "welcome", "--channel", "sms"), "channel: This message goes by email only."),
        (("wording", "set", *BRIGHT, "welcome"), "body: There is no {{x}} here."),
        (("wording", "set", *BRIGHT, "welcome", "/nowhere"), "No such file"),
        (("wording", "reset", *BRIGHT, "pigeon"), "trigger: There is no message “pigeon”."),
        (("wording", "list", "--business", "nobody"), "There is no business “nobody”."),
        (("deliveries", "resend", *BRIGHT, "01890000-0000-7000-8000-000000000000"), "delivery: No message with this"),
        (("deliveries", "resend", *BRIGHT, "x"), "not a valid UUID"),
        (("deliveries", "resend", *BRIGHT), "Missing argument"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    run: Run, business: Business, arguments: tuple[str, ...], said: str
) -> None:
    refused = run(*arguments, said="Hello {{x}}")
    assert refused.returncode != 0
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_dead_letter_is_listed_without_its_whole_address_and_sent_again(run: Run, business: Business) -> None:
    one = given_up(business)
    listed = run("deliveries", "list", *BRIGHT).stdout
    assert listed.startswith(str(one.id))
    assert listed.endswith("failed   welcome            email  a…@example.com  refused 550\n")
    said = run("deliveries", "resend", *BRIGHT, str(one.id))
    assert said.stdout == "welcome to a…@example.com goes out again.\n", said.stderr
    assert run("deliveries", "list", *BRIGHT).stdout == ""
    with inside(business):
        one.refresh_from_db()
    assert (one.status, one.attempts) == ("queued", 0)
    assert one.due_at <= businesses.utc_now()
