"""Pages drawn without a database: the request of the portal's and of the dashboard's shell."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from django.utils import translation

import nextroute
from nextroute.core import words
from nextroute.ui import pages
from nextroute.ui.brand import Brand

PACKAGE = Path(nextroute.__file__).parent
TODAY = date(2026, 6, 13)
BRIGHT = Brand(
    slug="bright-bins",
    name="Bright Bins",
    phone="+13035550142",
    phone_display="(303) 555-0142",
    email="hello@brightbins.example",
    address="4990 Kipling St, Wheat Ridge, CO 80033",
    primary_color="#0e7490",
    accent_color="#f59e0b",
    version="1",
)


def request(*, brand: Brand | None = BRIGHT, person: str = "", tab: str = "") -> Any:
    """A request as the portal's doors hand it to a view."""
    made: Any = RequestFactory().get("/")
    made.today = TODAY
    if brand:
        made.brand, made.link, made.person = brand, lambda name, **_: f"/at/bright-bins/{name}/", person
        made.brand_css_url = "/brand.css"
    if tab:
        made.tabs = [
            pages.Tab("Home", "house", "/home/", current=tab == "home"),
            pages.Tab("Schedule", "calendar-days", "/schedule/", current=tab == "schedule"),
            pages.Tab("Invoices", "receipt-text", "/invoices/", current=tab == "invoices"),
        ]
    return made


@contextmanager
def speaking(language: str = "en") -> Iterator[None]:
    """Plain static addresses, and a reader's language."""
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STORAGES=plain), translation.override(words.speech(language, "en_US")):
        yield


def staff_request(*, brand: Brand | None = BRIGHT, others: bool = False) -> Any:
    """A request as the dashboard's door hands it to a view."""
    made = request(brand=brand, person="Dana Whitfield")
    made.link = lambda name, **_: f"/at/bright-bins/{name}/"
    made.path = made.link("dashboard_home")
    made.others = others
    made.tabs = [
        pages.Tab("Today", "sun", "/today/", current=True),
        pages.Tab("Requests", "message-square-warning", "/requests/", count=4),
    ]
    return made


def html(response: HttpResponse) -> str:
    return response.content.decode()
