"""Pages that answer without a reload, in a real browser under the portal's own content policy."""

import gzip
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpRequest, HttpResponse
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.test import RequestFactory
from playwright.sync_api import Browser, Page, Request, Route

from nextroute.ui import brand, pages, stylesheet
from tests.ui.chromium import HOST, chromium
from tests.ui.every_page import EVERY_PAGE
from tests.ui.every_page.paying import pay
from tests.ui.rendering import PACKAGE, html, request, speaking
from tests.ui.samples import filled, sample, view

HTMX = PACKAGE / "ui" / "static" / "ui" / "js" / "htmx.min.js"

type View = Callable[[HttpRequest], HttpResponse]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with speaking("en"):
        yield


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone, and a complaint about anything the content policy had to stop. Without motion: a page that is left while
    it still glides in is complained of by the browser, now and then."""
    with browser.new_context(viewport={"width": 360, "height": 780}, reduced_motion="reduce") as context:
        page = context.new_page()
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
        assert not complaints


def asked(sent: Request) -> Any:
    """The same request, as a view of the portal gets it."""
    made, plain = request(person="Maria Alvarez", tab="schedule"), urlsplit(sent.url)
    fresh = RequestFactory().get(f"{plain.path}?{plain.query}", headers=sent.headers)
    vars(fresh).update({name: value for name, value in vars(made).items() if name not in vars(fresh)})
    return fresh


def guarded(answer: View, sent: HttpRequest) -> HttpResponse:
    """The answer, under the content policy of the portal's settings."""
    answered = ContentSecurityPolicyMiddleware(answer)(sent)
    assert isinstance(answered, HttpResponse)
    return answered


def serve(page: Page, answer: View) -> list[Request]:
    """Let `answer` stand behind /sample/; what it was asked."""
    seen: list[Request] = []

    def route(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/assets/"):
            route.fulfill(body=stylesheet.css(), content_type="text/css")
        elif path == "/brand.css":
            route.fulfill(body=brand.stylesheet("#0e7490", "#f59e0b"), content_type="text/css")
        elif path.startswith("/static/"):
            route.fulfill(path=PACKAGE / "ui" / path.removeprefix("/"))
        else:
            seen.append(route.request)
            answered = guarded(answer, asked(route.request))
            route.fulfill(status=answered.status_code, headers=dict(answered.headers), body=answered.content)

    page.route("**/*", route)
    page.goto(f"{HOST}/sample/")
    return seen


def holding(asked: HttpRequest) -> HttpResponse:
    """Presets set the days, and both say what falls away."""
    weeks = {"7": "2026-06-23", "14": "2026-06-30"}
    last = weeks.get(asked.GET.get("length", ""), asked.GET.get("last_day", "2026-07-14"))
    return view(asked, filled(last_day=last))


def test_the_policy_is_the_portals_own_and_allows_nothing_inline() -> None:
    answer = guarded(lambda _: HttpResponse(), RequestFactory().get("/"))
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy


def test_a_preset_changes_days_and_preview_without_a_reload(page: Page) -> None:
    seen = serve(page, holding)
    assert "3 visits" in page.locator("#sum").inner_text()
    page.evaluate("window.same = true")
    page.get_by_role("button", name="One week").click()
    page.get_by_text("1 visits fall away").wait_for()
    assert page.get_by_label("First day back").input_value() == "2026-06-23"
    assert page.evaluate("window.same")
    assert page.evaluate("document.activeElement.value") == "7"
    assert len(seen) == 2
    assert seen[1].headers["hx-request"] == "true"
    assert "length=7" in page.url


def test_a_changed_day_asks_by_itself_and_leaves_the_reader_where_they_were(page: Page) -> None:
    seen = serve(page, holding)
    page.get_by_label("First day back").fill("2026-07-20")
    page.get_by_label("Why").focus()
    page.wait_for_url("**last_day=2026-07-20**")
    assert page.evaluate("document.activeElement.id") == "id_reason"
    assert parse_qs(urlsplit(seen[1].url).query)["last_day"] == ["2026-07-20"]


def test_a_typed_amount_asks_for_what_it_comes_to_and_sends_what_is_chosen_alone(page: Page) -> None:
    """Not the form's token: an address is written into logs."""
    seen = serve(page, lambda asked: HttpResponse("Pay $20.00") if "look" in asked.GET else pay())
    page.get_by_label("Or another amount").fill("20")
    page.locator("#sum").get_by_text("Pay $20.00").wait_for()
    assert parse_qs(urlsplit(seen[-1].url).query) == {
        "invoices": ["INV-1033", "INV-1042"],
        "amount": ["20"],
        "look": ["1"],
    }


def test_without_javascript_the_same_button_loads_the_same_page(browser: Browser) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        serve(page, holding)
        page.get_by_role("button", name="Two weeks").click()
        page.get_by_text("2 visits fall away").wait_for()
        assert page.get_by_label("First day back").input_value() == "2026-06-30"


def test_a_whole_page_is_gone_to_and_never_drawn_within_another(page: Page) -> None:
    """As when the session ended meanwhile: the answer is somebody else's page."""

    def ended(asked: HttpRequest) -> HttpResponse:
        return pages.page(asked, "ui/404.html") if asked.GET else sample(filled())

    serve(page, ended)
    with page.expect_navigation(url="**/sample/?*"):
        page.get_by_label("First day back").fill("2026-07-20")
    assert page.locator("h1").count() == 1
    assert page.locator("#stage").count() == 0


def test_a_fragment_is_one_block_with_the_shells_names_and_nobody_keeps_it() -> None:
    made = request(person="Maria Alvarez")
    made.META["HTTP_HX_REQUEST"] = "true"
    answer = view(made, filled())
    assert html(answer).startswith('<form action="/sample/"')
    assert 'name="csrfmiddlewaretoken"' in html(answer)
    assert "<h1" not in html(answer)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Vary"] == sample().headers["Vary"] == "HX-Request"


def test_where_a_whole_page_sends_the_browser_is_never_another_host() -> None:
    made = RequestFactory().get("/?day=1", headers={"HX-Request": "true"})
    made.path = "//evil.example/ñ"
    assert pages.not_found(made).headers["HX-Redirect"] == "/%2Fevil.example/%C3%B1?day=1"


def test_the_script_is_loaded_where_a_page_asks_for_it_and_nowhere_else() -> None:
    assert '<script src="/static/ui/js/htmx.min.js" defer></script>' in html(sample())
    asking = {name for name, draw in EVERY_PAGE.items() if "<script" in html(draw())}
    assert {name.split(",")[0] for name in asking} == {"going away", "extra", "change plan", "cancel", "pay"}


def test_the_script_stays_within_its_budget_and_names_its_licence() -> None:
    assert len(gzip.compress(HTMX.read_bytes())) <= 14_000
    assert "Zero-Clause BSD" in (HTMX.parent / "LICENSE-htmx.txt").read_text("utf-8")


def test_no_template_asks_for_what_the_policy_forbids() -> None:
    """hx-on, js: values and conditions in hx-trigger are all evaluated as code."""
    for path in PACKAGE.rglob("templates/**/*.html"):
        assert not re.search(r'hx-on\b|"js:|hx-trigger="[^"]*\[', path.read_text("utf-8")), path
