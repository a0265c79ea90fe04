import gzip
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from django.http import HttpResponse
from django.template.loader import get_template
from django.utils.functional import SimpleLazyObject
from jinja2 import UndefinedError

from nextroute.ui import pages
from tests.ui.every_page import EVERY_PAGE
from tests.ui.every_page.home import home
from tests.ui.every_page.schedule import schedule
from tests.ui.rendering import BRIGHT, PACKAGE, TODAY, html, request, speaking
from tests.ui.visits import Visit

VOID = {"meta", "link", "input", "br", "img", "hr", "path", "rect", "circle", "line"}


class Outline(HTMLParser):
    """Collects what must be unique or matched in a document."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.headings: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.headings += [tag] if tag == "h1" else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """<path/> opens nothing."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("draw", EVERY_PAGE.values(), ids=EVERY_PAGE.keys())
def test_every_page_is_sound_small_and_keeps_to_the_content_policy(
    draw: Callable[[], HttpResponse], language: str
) -> None:
    with speaking(language):
        answer = draw()
    text = html(answer)
    outline = Outline(text)
    assert not outline.open
    assert len(set(outline.ids)) == len(outline.ids)
    assert outline.headings == ["h1"]
    assert f'<html lang="{language}-US">' in text
    assert not re.search(r"\sstyle=|<style|<script(?! src=./static/)|\son\w+=", text)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert len(gzip.compress(answer.content)) <= 6_000


def test_the_title_names_the_page_and_the_business() -> None:
    with speaking():
        assert "<title>Schedule - Bright Bins</title>" in html(schedule())


def test_a_business_is_shown_by_its_logo_or_its_first_letter() -> None:
    with speaking():
        assert '<span class="seal" aria-hidden="true">B</span>' in html(home())
        branded = request(brand=replace(BRIGHT, logo_url="/logo.png"))
        assert '<img class="logo" src="/logo.png" alt="">' in html(pages.not_found(branded))


def test_what_a_business_writes_is_never_markup() -> None:
    visit = Visit(TODAY, plan="<b>Plan</b>", address='"><script>', bin_location="<i>")
    with speaking():
        text = html(home(next_visits=[visit]))
    assert "<script" not in text
    assert "&lt;b&gt;Plan" in text


def test_a_misspelt_name_is_an_error_not_a_blank() -> None:
    with pytest.raises(UndefinedError), speaking():
        pages.page(request(), "portal/home.html")


def test_a_broken_page_fetches_nothing() -> None:
    def fetched() -> None:
        raise AssertionError("asked the database")

    asked = request(brand=None)
    asked.brand = asked.link = asked.person = SimpleLazyObject(fetched)
    with speaking():
        assert pages.broken(asked).status_code == 500
        assert pages.unavailable(asked).headers["Retry-After"] == "60"


def test_a_broken_page_still_says_whom_to_call_when_that_is_at_hand() -> None:
    with speaking():
        assert "tel:+13035550142" in html(pages.broken(request()))


def test_every_template_of_the_portal_and_its_look_compiles() -> None:
    for root in (PACKAGE / "ui" / "templates", PACKAGE / "portal" / "templates"):
        for path in root.rglob("*.html"):
            get_template(str(path.relative_to(root)), using="jinja")
