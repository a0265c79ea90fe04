"""Every page in each of its states, drawn without a database: a file a noun, each with its `PAGES`.

A state is a row of its noun's `PAGES`; a noun is a file here, found by itself.
"""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

from django.http import HttpResponse

type Pages = dict[str, Callable[[], HttpResponse]]


def _pages() -> Pages:
    found: Pages = {}
    for noun in iter_modules(__path__):
        pages: Pages = import_module(f"{__name__}.{noun.name}").PAGES
        assert not found.keys() & pages.keys(), f"two pages of one name in {noun.name}"
        found |= pages
    return found


EVERY_PAGE = _pages()
