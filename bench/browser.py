"""A first and a following visit in Chromium: bytes over the wire, largest contentful paint, layout shift."""

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

_OBSERVE = """
window.painted = 0; window.shifted = 0;
new PerformanceObserver(list => { for (const e of list.getEntries()) window.painted = e.startTime })
    .observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(list => { for (const e of list.getEntries()) window.shifted += e.value })
    .observe({type: 'layout-shift', buffered: true});
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """`wire`: bytes with headers, by kind (Document, Stylesheet, Font, Image, Script); `lcp` in ms."""

    wire: dict[str, int]
    lcp: float
    cls: float

    @property
    def total(self) -> int:
        return sum(self.wire.values())


@contextmanager
def chromium() -> Iterator[Browser | None]:
    """The system's browser; none when there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        yield None
        return
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def visits(browser: Browser, origin: str, token: str, first: str, following: str) -> tuple[Visit, Visit]:
    """Two pages in a browser that has seen nothing before."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    context.add_init_script(_OBSERVE)
    _sign_in(context, origin, token)
    page = context.new_page()
    found = _visit(context, page, origin + first), _visit(context, page, origin + following)
    context.close()
    return found


def _sign_in(context: BrowserContext, origin: str, token: str) -> None:
    session = context.new_cdp_session(context.new_page())
    session.send("Network.setCookie", {
        "name": settings.PORTAL_COOKIE, "value": token, "url": origin, "secure": True, "path": "/",
    })  # fmt: skip


def _visit(context: BrowserContext, page: Page, address: str) -> Visit:
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    kinds: dict[str, str] = {}
    wire: Counter[str] = Counter()

    def responded(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event["type"]

    def finished(event: dict[str, Any]) -> None:
        wire[kinds.get(event["requestId"], "Other")] += int(event["encodedDataLength"])

    session.on("Network.responseReceived", responded)
    session.on("Network.loadingFinished", finished)
    page.goto(address, wait_until="networkidle")
    if not page.url == address:
        raise RuntimeError(f"{address} led to {page.url}")
    page.wait_for_timeout(200)
    found = Visit(dict(wire), page.evaluate("painted"), page.evaluate("shifted"))
    session.detach()
    return found
