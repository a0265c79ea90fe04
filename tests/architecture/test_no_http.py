"""Rules and rows know nothing of requests, addresses or pages."""

import ast
from pathlib import Path

import pytest

import nextroute

PACKAGE = Path(nextroute.__file__).parent
BELOW = ("core", "tenancy", "customers", "identity", "scheduling")
HTTP = ("django.http", "django.shortcuts", "django.urls", "django.views", "django.template", "django.middleware")


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
        assert not [name for name in imported(file) if name.startswith(HTTP)], file
