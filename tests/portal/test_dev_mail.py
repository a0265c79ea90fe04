"""/dev/mail/ shows the mail kept on this machine, to this machine."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.mail import EmailMultiAlternatives, mailers
from django.test import Client
from playwright.sync_api import Page, Route

from nextroute.notifications import rendering
from nextroute.notifications.triggers import Trigger
from nextroute.ui import stylesheet
from tests.notifications.samples import LINK, a_delivery, a_mail, speaking
from tests.ui.axe import complaints
from tests.ui.chromium import HOST, chromium
from tests.ui.rendering import PACKAGE

LIST = "/dev/mail/"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: object) -> Path:
    settings.MAIL_FOLDER = tmp_path  # type: ignore[attr-defined]
    options = {"path": str(tmp_path)}
    settings.MAILERS = {"default": {"BACKEND": "nextroute.notifications.fake.Folder", "OPTIONS": options}}  # type: ignore[attr-defined]
    return tmp_path


def keep(trigger: Trigger = Trigger.SIGN_IN_LINK, subject: str = "") -> UUID:
    """A mail such as the worker writes; its key."""
    key, delivery = uuid4(), a_delivery(trigger)
    with speaking("en"):
        message = a_mail(trigger)
        mail = EmailMultiAlternatives(subject or message.subject, rendering.text(delivery, message), "p@example.com")
        mail.attach_alternative(rendering.html(delivery, message), "text/html")
    mail.to = ["ada@example.com"]
    mail.extra_headers["Message-ID"] = f"<{key}@example.com>"
    mailers.default.send_messages([mail])
    return key


def shown(path: str = LIST, **asker: str) -> str:
    response = Client().get(path, **asker)  # type: ignore[arg-type]
    assert response.status_code == 200
    return response.content.decode()


def test_all_kept_mail_is_listed(folder: Path) -> None:
    assert "No mail yet." in shown()
    key = keep(subject="Hello <b>Ada</b>")
    listed = shown()
    assert "Hello &lt;b&gt;Ada&lt;/b&gt;" in listed
    assert f'href="{LIST}{key}/"' in listed
    assert "ada@example.com" in listed


def test_a_mail_is_shown_as_text_with_links_and_with_its_headers() -> None:
    page = shown(f"{LIST}{keep()}/")
    assert f'<a href="{LINK}">{LINK}</a>' in page
    assert "418206" in page
    assert "To: ada@example.com" in page
    assert "<iframe" in page


def test_a_message_of_text_only_is_shown_as_text(db: None) -> None:
    key = uuid4()
    mail = EmailMultiAlternatives("SMS", "Bright Bins: We'll come.", "p@example.com", ["ada@example.com"])
    mail.extra_headers["Message-ID"] = f"<{key}@example.com>"
    mailers.default.send_messages([mail])
    page = shown(f"{LIST}{key}/")
    assert "Bright Bins: We&#39;ll come." in page
    assert "<iframe" not in page
    assert Client().get(f"{LIST}{key}/html/").status_code == 404


def test_the_mail_itself_may_have_styles_and_links_and_nothing_else() -> None:
    key = keep()
    response = Client().get(f"{LIST}{key}/html/")
    assert response.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; form-action 'none'; "
        "sandbox allow-top-navigation-by-user-activation"
    )
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    around = Client().get(f"{LIST}{key}/").headers
    assert "unsafe-inline" not in around["Content-Security-Policy"]
    assert around["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "asker",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": "10.0.0.7"},
        {"REMOTE_ADDR": "2001:db8::1"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
    ],
    ids=str,
)
def test_for_anybody_elsewhere_there_is_nothing(db: None, asker: dict[str, str]) -> None:
    key = keep()
    for path in (LIST, f"{LIST}{key}/", f"{LIST}{key}/html/"):
        response = Client().get(path, **asker)  # type: ignore[arg-type]
        assert response.status_code == 404
        assert "ada@example.com" not in response.content.decode()


@pytest.mark.parametrize("near", ["127.0.0.1", "127.8.8.8", "::1"])
def test_this_machine_has_several_addresses(near: str) -> None:
    assert "No mail yet." in shown(REMOTE_ADDR=near)


def test_what_is_not_kept_is_not_found(db: None, settings: object) -> None:
    assert Client().get(f"{LIST}{uuid4()}/").status_code == 404
    settings.MAIL_FOLDER = None  # type: ignore[attr-defined]
    assert Client().get(LIST).status_code == 404


# In a browser


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as browser, browser.new_context(reduced_motion="reduce", java_script_enabled=True) as context:
        page = context.new_page()
        page.route("**/*", _answer)
        yield page


def _answer(route: Route) -> None:
    """What the web server would answer, without one."""
    path = route.request.url.removeprefix(HOST)
    if path.startswith("/assets/"):
        route.fulfill(body=stylesheet.css(), content_type="text/css")
    elif path.startswith("/static/"):
        package, _, file = path.removeprefix("/static/").partition("/")
        route.fulfill(path=PACKAGE / package / "static" / package / file)
    elif path.startswith(LIST):
        response = Client().get(path)
        route.fulfill(status=response.status_code, headers=dict(response.headers), body=response.content)
    else:
        route.fulfill(body="<title>Elsewhere</title>", content_type="text/html")


@pytest.mark.parametrize("kept", [False, True], ids=["empty", "kept"])
def test_it_works_for_everyone(page: Page, kept: bool) -> None:
    keys = [keep(trigger) for trigger in (Trigger.SIGN_IN_LINK, Trigger.SERVICE_REMINDER)] if kept else []
    for path in (LIST, *(f"{LIST}{key}/" for key in keys[:1])):
        page.goto(HOST + path)
        assert complaints(page) == [], path


def test_the_mails_button_leads_out_of_its_frame_and_from_its_own_page(page: Page) -> None:
    key = keep()
    page.goto(f"{HOST}{LIST}")
    page.get_by_role("link", name="Sign in to Bright Bins").click()
    frame = page.frame_locator("iframe")
    assert frame.locator("h1").evaluate("h => getComputedStyle(h).fontSize") == "30px"
    frame.get_by_role("link", name="Sign in").click()
    page.wait_for_url(LINK)
    page.goto(f"{HOST}{LIST}{key}/html/")
    page.get_by_role("link", name="Sign in").click()
    page.wait_for_url(LINK)
