"""The command line says what happened, and in one line what to change."""

from pathlib import Path

import pytest

from tests.config.conftest import Run


def test_a_business_is_made_changed_imported_generated_and_closed(run: Run, tmp_path: Path) -> None:
    made = run("business", "create", "bright-bins", "--name", "Bright Bins", "--timezone", "America/Denver")
    assert made.returncode == 0, made.stderr
    assert "/portal/at/bright-bins/" in made.stdout
    changed = run("business", "set", "bright-bins", "working_days=mon-sat", "primary_color=#facc15", "hold_max_days=30")
    assert changed.stdout == "Changed: working_days, hold_max_days, primary_color.\n"
    folder = Path(__file__).resolve().parents[2] / "demo" / "arvada"
    imported = run("import", str(folder), "--business", "bright-bins")
    assert imported.returncode == 0, imported.stderr
    generated = run("reconcile", "--business", "bright-bins", "--days", "13")
    assert "visits added" in generated.stdout
    assert "Bright Bins: 0 visits added, 0 moved, 0 restored, 0 removed\n" in run("reconcile", "--days", "13").stdout
    assert "Bright Bins: 0 visits not served are on record" in run("close").stdout


def test_a_business_has_a_number_for_its_text_messages(run: Run) -> None:
    run("business", "create", "x", "--name", "X", "--timezone", "UTC")
    assert run("sms-number", "x", "+1 303 555 0100").stdout == "X sends text messages from +13035550100.\n"
    assert "number: Use an international number" in run("sms-number", "x", "5550100").stderr
    assert run("sms-number", "x", "none").stdout == "X sends no text messages.\n"


def test_customers_are_welcomed_one_by_name_or_all_who_were_not_yet(run: Run) -> None:
    run("business", "create", "bright-bins", "--name", "Bright Bins", "--timezone", "America/Denver")
    folder = Path(__file__).resolve().parents[2] / "demo" / "arvada"
    run("import", str(folder), "--business", "bright-bins")
    one = run("invite", "--business", "bright-bins", "--customer", "C0001")
    assert one.stdout == "Bright Bins: dolores.daz1@example.com is welcomed\n"
    counts = [run("invite", "--business", "bright-bins", "--all", *again).stdout for again in ((), (), ("--again",))]
    welcomed = [int(count.split()[2]) for count in counts]
    assert welcomed[0] > 100
    assert welcomed[1:] == [0, welcomed[0] + 1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("business", "set", "nobody", "name=x"), "There is no business “nobody”."),
        (("business", "set", "nobody", "name"), "key=value"),
        (("business", "create", "Bright Bins", "--name", "x", "--timezone", "UTC"), "slug: Use small letters"),
        (("business", "create", "x", "--name", "x", "--timezone", "Mars"), "timezone: Use an IANA time zone"),
        (("invite", "--business", "nobody", "--all"), "There is no business “nobody”."),
        (("invite", "--business", "x"), "Name one --customer, or say --all."),
        (("reconcile", "--business", "nobody"), "There is no business “nobody”."),
        (("reconcile", "--days", "-1"), "-1 is not in the range"),
        (("import", "/nowhere", "--business", "x"), "does not exist"),
        (("init-db", "--database", "a b"), "Not a plain name"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(run: Run, arguments: tuple[str, ...], said: str) -> None:
    refused = run(*arguments)
    assert refused.returncode != 0
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_past_is_not_reconciled(run: Run) -> None:
    run("business", "create", "x", "--name", "X", "--timezone", "UTC")
    refused = run("reconcile", "--from", "2020-01-01")
    assert refused.returncode == 1
    assert "the past is a record" in refused.stderr


def test_the_owners_address_alone_is_refused(run: Run) -> None:
    refused = run("close", DATABASE_URL="")
    assert refused.returncode == 1
    assert "Set DATABASE_URL beside DATABASE_OWNER_URL" in refused.stderr


def test_a_server_needs_a_secret_and_a_development_machine_only_loopback(run: Run) -> None:
    assert "NEXTROUTE_SECRET_KEY" in run("close", NEXTROUTE_DEV="").stderr
    assert "loopback" in run("close", NEXTROUTE_HOSTS="portal.example").stderr
