"""The system's Chromium, showing pages that no server serves."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from nextroute.ui import brand, stylesheet
from tests.ui.rendering import PACKAGE

HOST = "http://portal.example"

type Scheme = Literal["light", "dark"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; without one the run stops with a line naming it."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.exit("Chromium is missing: install the package `chromium`.", returncode=1)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def show(page: Page, html: str, *, primary: str = "#0e7490", accent: str = "#f59e0b") -> None:
    """Open a rendered page with its stylesheet, font and a business's colours."""

    def answer(route: Route) -> None:
        address = route.request.url.removeprefix(HOST)
        if address.startswith("/assets/"):
            route.fulfill(body=stylesheet.css(), content_type="text/css")
        elif address == "/brand.css":
            route.fulfill(body=brand.stylesheet(primary, accent), content_type="text/css")
        elif address.startswith("/static/"):
            route.fulfill(path=PACKAGE / "ui" / address.removeprefix("/"))
        else:
            route.fulfill(body=html, content_type="text/html; charset=utf-8")

    page.unroute_all(behavior="ignoreErrors")  # a font may still be on its way to the page before
    page.route("**/*", answer)
    page.goto(HOST)


def show_instead(page: Page, html: str) -> None:
    """Put another page in the place of one that was shown: quicker than to open it, as look, font and scripts stay."""
    page.set_content(html)


def prefer_letters(page: Page, pixels: int) -> None:
    """As a reader sets it in their browser: what `1rem` is, in sizes and in media queries."""
    page.context.new_cdp_session(page).send(
        "Page.setFontSizes", {"fontSizes": {"standard": pixels, "fixed": pixels * 13 // 16}}
    )
