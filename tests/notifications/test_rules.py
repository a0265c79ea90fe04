"""docs/rules/notifications.md is what the code does."""

import re
from datetime import timedelta
from pathlib import Path

from nextroute.notifications import texts
from nextroute.notifications.deliveries import BACK_OFF, MOST_ATTEMPTS
from nextroute.notifications.models import Delivery
from nextroute.notifications.triggers import Channel, Trigger
from nextroute.notifications.wording_rules import LONGEST_BODY, LONGEST_LINE

RULES = (Path(__file__).parents[2] / "docs/rules/notifications.md").read_text("utf-8")
UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}


def table(heading: str) -> list[list[str]]:
    """The rows of the table whose first column has this heading."""
    lines = RULES.splitlines()
    first = next(at for at, line in enumerate(lines) if line.startswith(f"| {heading} |")) + 2
    rows = []
    for line in lines[first:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def named(cell: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", cell))


def test_every_message_is_in_the_table_with_its_category_channels_and_variables() -> None:
    found = {
        (name.strip("`"), category, channels, frozenset(named(variables)))
        for name, category, channels, variables in table("message")
    }
    assert found == {
        (trigger.value, trigger.category.value, ", ".join(trigger.channels), frozenset(texts.VARIABLES[trigger]))
        for trigger in Trigger
    }


def test_every_variable_is_explained() -> None:
    explained = {name for row in table("variable") for name in named(row[0])}
    assert explained == {name for trigger in Trigger for name in texts.variables_of(trigger, Channel.EMAIL)}


def test_every_status_is_explained() -> None:
    assert [row[0].strip("`") for row in table("status")] == Delivery.Status.values


def test_the_waits_are_the_tables() -> None:
    *waits, last = table("after attempt")
    assert last == [str(MOST_ATTEMPTS), "given up"]
    said = [(int(count), unit.rstrip("s")) for _, wait in waits for count, unit in [wait.split()]]
    assert tuple(count * UNITS[unit] for count, unit in said) == BACK_OFF


def test_the_limits_are_the_texts() -> None:
    for limit in (LONGEST_LINE, *LONGEST_BODY.values()):
        assert f" {limit:,}" in RULES.replace("(", " ")
