"""The office's way in, and its day."""

from collections.abc import Callable
from datetime import time
from types import SimpleNamespace
from typing import Any

from django.http import HttpResponse

from nextroute.ui import pages
from tests.ui.every_page.office_money import SOME
from tests.ui.every_page.sign_in import SignIn
from tests.ui.rendering import staff_request


def today() -> HttpResponse:
    role = SimpleNamespace(get_role_display=lambda: "Owner")
    money: dict[str, Any] = {"failed": 2, "totals": SOME, "currency": "USD"}
    return pages.page(staff_request(others=True), "dashboard/today.html", at=time(10, 42), member=role, **money)


def staff_sign_in(form: SignIn | None = None, throttled_seconds: int | None = None, notice: str = "") -> HttpResponse:
    context: dict[str, Any] = {"form": form or SignIn(), "throttled_seconds": throttled_seconds, "notice": notice}
    return pages.page(staff_request(brand=None), "dashboard/sign_in.html", **context, link=None)


def wrong_staff_sign_in() -> SignIn:
    form = SignIn({"email": "dana@example.com", "password": "wrong"})
    form.add_error("password", "That e-mail and password don’t go together.")
    return form


def businesses() -> HttpResponse:
    both = [SimpleNamespace(id=1, name="Bright Bins"), SimpleNamespace(id=2, name="Silk City Cans")]
    return pages.page(staff_request(others=True), "dashboard/businesses.html", businesses=both)


PAGES: dict[str, Callable[[], HttpResponse]] = {
    "staff sign in": staff_sign_in,
    "staff sign in, wrong": lambda: staff_sign_in(wrong_staff_sign_in()),
    "staff sign in, too often": lambda: staff_sign_in(throttled_seconds=95),
    "staff sign in, again": lambda: staff_sign_in(notice="You were signed out after a while."),
    "today": today,
    "businesses": businesses,
}
