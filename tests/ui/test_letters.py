"""Nothing scrolls sideways: not at 320 px, not with letters twice as large, in neither language."""

from itertools import product

import pytest

from tests.ui.chromium import chromium, show
from tests.ui.rendering import EVERY_PAGE, html, speaking

WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.mark.parametrize(("letters", "widths"), [(16, [320, 768]), (32, [360, 768, 1280])])
def test_nothing_scrolls_sideways_on_a_narrow_phone_nor_with_letters_twice_as_large(
    letters: int, widths: list[int]
) -> None:
    with chromium(letters=letters) as browser:
        page = browser.new_page()
        for (name, draw), language in product(EVERY_PAGE.items(), ("en", "es")):
            with speaking(language):
                show(page, html(draw()))
            for width in widths:
                page.set_viewport_size({"width": width, "height": 800})
                assert not page.evaluate(WIDE), f"{name} ({language}), {width} px, letters of {letters} px"
