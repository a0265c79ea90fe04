"""Whether everybody can use a page that is shown: axe finds nothing, and nothing scrolls sideways."""

from collections.abc import Iterator

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.ui.chromium import Scheme

LOOKS: list[tuple[int, Scheme]] = [(360, "light"), (360, "dark"), (1280, "light"), (1280, "dark")]
WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"

_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = "options => axe.run(options).then(({violations}) => ({violations}))"


def violations(page: Page, *, preload: bool = True) -> AxeResults:
    """What axe finds wrong with the page as it looks now. `preload`: have it read stylesheets and sounds, too."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    # Handing back what is well, element by element, would take as long as finding out what is not.
    return AxeResults(page.evaluate(_RUN, {"runOnly": _RULES, "resultTypes": ["violations"], "preload": preload}))


def looks(page: Page) -> Iterator[tuple[int, Scheme]]:
    """Have the page look like each in turn: px of the window, and light or dark."""
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)
        yield width, scheme


def complaints(page: Page) -> list[str]:
    """All that is wrong with it, look by look."""
    found = []
    for width, scheme in looks(page):
        # What a page fetches besides is the same in every look: it is read once.
        wrong = violations(page, preload=(width, scheme) == LOOKS[0])
        found += [f"{width} px, {scheme}: {wrong.generate_report()}"] if wrong.violations_count else []
        found += [f"{width} px, {scheme}: scrolls sideways"] if page.evaluate(WIDE) else []
    return found
