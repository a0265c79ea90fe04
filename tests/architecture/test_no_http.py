"""Rules and rows know nothing of requests, addresses or pages."""

import ast
from pathlib import Path

import pytest

import nextroute

PACKAGE = Path(nextroute.__file__).parent
BELOW = (
    "core",
    "audit",
    "tenancy",
    "notifications",
    "staff",
    "customers",
    "identity",
    "scheduling",
    "billing",
    "service_requests",
)
HTTP = ("django.http", "django.shortcuts", "django.urls", "django.views", "django.template", "django.middleware")
# A mail is drawn as a page is, and sent by nobody who was asked for one.
ALLOWED = {"notifications/rendering.py": {"django.template.loader", "django.template.loader.render_to_string"}}


def imported(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text())))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize("package", BELOW)
def test_no_module_below_the_audiences_imports_http(package: str) -> None:
    files = list((PACKAGE / package).rglob("*.py"))
    assert files
    for file in files:
        names = imported(file) - ALLOWED.get(str(file.relative_to(PACKAGE)), set())
        assert not [name for name in names if name.startswith(HTTP)], file
