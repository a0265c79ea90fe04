"""The stand-in and the portal know nothing of each other."""

import ast
from pathlib import Path

import nextroute

PACKAGE = Path(nextroute.__file__).parent
STRIPE = PACKAGE / "billing" / "stripe"
FAKE = "nextroute.billing.stripe.fake"
# Who may run it beside the portal.
RUNS_IT = {PACKAGE / "config" / "demo_stripe.py"}


def imported(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text())))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_nothing_that_runs_in_production_imports_the_stand_in() -> None:
    ours = [file for file in PACKAGE.rglob("*.py") if not file.name.startswith("fake") and file not in RUNS_IT]
    assert len(ours) > 100
    for file in ours:
        assert not [name for name in imported(file) if name.startswith(FAKE)], file


def test_the_stand_in_imports_itself_and_the_sdk_but_nothing_of_the_portal() -> None:
    fakes = list(STRIPE.glob("fake*.py"))
    assert len(fakes) > 20
    for file in fakes:
        assert not [name for name in imported(file) if name.startswith(("nextroute", "django")) and FAKE not in name], (
            file
        )
