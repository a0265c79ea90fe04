import gzip
from collections.abc import Iterator

import pytest
from django.test import RequestFactory

from nextroute.ui import pages, stylesheet
from tests.ui.rendering import PACKAGE, speaking

FONT = PACKAGE / "ui" / "static" / "ui" / "fonts" / "literata.woff2"


@pytest.fixture(autouse=True)
def _plain_addresses() -> Iterator[None]:
    fresh = (stylesheet.css, stylesheet.gzipped, stylesheet.digest)
    for kept in fresh:
        kept.cache_clear()
    with speaking():
        yield
    for kept in fresh:
        kept.cache_clear()


def test_a_first_visit_stays_within_its_budget() -> None:
    assert len(stylesheet.gzipped()) <= 10_000
    assert FONT.stat().st_size <= 20_000


def test_every_rule_stands_in_a_layer_and_the_order_of_layers_comes_first() -> None:
    assert stylesheet.css().startswith("@layer reset,tokens,base,components,pages,utilities;".replace(",", ", "))
    for path in stylesheet.FOLDER.rglob("*.css"):
        text = path.read_text("utf-8")
        assert "@layer " in text or path.name == "fonts.css", path.name
        assert text.count("{") == text.count("}"), path.name
        assert len(text.splitlines()) <= 80, path.name


def test_the_font_is_found_where_static_files_are_served() -> None:
    assert 'url("/static/ui/fonts/literata.woff2")' in stylesheet.css()
    assert "../fonts" not in stylesheet.css()
    assert "/*" not in stylesheet.css()


def test_its_address_names_its_content_and_may_be_kept_for_ever() -> None:
    answer = pages.stylesheet(RequestFactory().get("/"), stylesheet.digest())
    assert stylesheet.href() == f"/assets/portal.{stylesheet.digest()}.css"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content.decode() == stylesheet.css()
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_an_address_of_another_release_is_answered_but_not_kept() -> None:
    answer = pages.stylesheet(RequestFactory().get("/"), "0123456789abcdef")
    assert answer.headers["Cache-Control"] == "no-cache"


def test_it_crosses_the_wire_compressed() -> None:
    asked = RequestFactory().get("/", headers={"Accept-Encoding": "br, gzip"})
    answer = pages.stylesheet(asked, stylesheet.digest())
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.content).decode() == stylesheet.css()
