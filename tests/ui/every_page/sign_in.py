"""Signing in, and choosing whose pages to see."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django import forms
from django.http import HttpResponse

from nextroute.ui import pages
from nextroute.ui.brand import Brand
from tests.ui.rendering import BRIGHT, request


class SignIn(forms.Form):
    email = forms.EmailField(
        label="Your e-mail", widget=forms.EmailInput({"autocomplete": "username"}), help_text="Any of yours."
    )
    password = forms.CharField(label="Password", widget=forms.PasswordInput({"autocomplete": "current-password"}))


class Code(forms.Form):
    code = forms.CharField(
        label="Or type the six digits we sent",
        max_length=20,
        help_text="Handy when the e-mail is on another device.",
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


def wrong_code() -> Code:
    form = Code({"code": "000000"})
    form.add_error("code", "Those aren’t the digits we sent. Look at the newest e-mail and try again.")
    return form


def wrong_sign_in() -> SignIn:
    form = SignIn({"email": "maria", "password": ""})
    form.add_error(None, "That e-mail and password don’t go together.")
    return form


def sign_in(form: SignIn | None = None, throttled_seconds: int | None = None, notice: str = "") -> HttpResponse:
    context: dict[str, Any] = {"form": form or SignIn(), "throttled_seconds": throttled_seconds, "notice": notice}
    return pages.page(request(), "portal/sign_in.html", by_password=form is not None, **context)


def shared_sign_in(throttled_seconds: int | None = None) -> HttpResponse:
    context: dict[str, Any] = {"form": SignIn(), "action": "/sign-in/", "throttled_seconds": throttled_seconds}
    return pages.page(request(brand=None), "portal/shared_sign_in.html", **context)


def sign_in_sent(form: Code | None = None, throttled_seconds: int | None = None) -> HttpResponse:
    context: dict[str, Any] = {"form": form or Code(), "throttled_seconds": throttled_seconds, "minutes": 10}
    context |= {"email": "maria.of.the.long.name@alvarez-family.example", "back_link": "/", "again_link": "/again/"}
    return pages.page(request(), "portal/sign_in_sent.html", **context)


def sign_in_link(brand: Brand | None = BRIGHT) -> HttpResponse:
    return pages.page(request(brand=brand), "portal/sign_in_link.html", email="m•••@alvarez-family.example")


def sign_in_closed(why: str, *, is_in: bool = False, onward: str = "") -> HttpResponse:
    context: dict[str, Any] = {"why": why, "is_in": is_in, "home_link": "/", "again_link": "/sign-in/"}
    context["onward_link"] = onward
    return pages.page(request(), "portal/sign_in_closed.html", **context)


def choose_business() -> HttpResponse:
    businesses = [SimpleNamespace(id=1, name="Bright Bins"), SimpleNamespace(id=2, name="Silk City Cans")]
    return pages.page(request(brand=None), "portal/choose_business.html", businesses=businesses)


def choose() -> HttpResponse:
    customers = [SimpleNamespace(id=1, name="Maria Alvarez", address="8447 West 51st Avenue")]
    customers.append(SimpleNamespace(id=2, name="Alvarez & Sons", address=""))
    return pages.page(request(), "portal/choose_customer.html", customers=customers)


PAGES: dict[str, Callable[[], HttpResponse]] = {
    "sign in": sign_in,
    "sign in, wrong": lambda: sign_in(wrong_sign_in()),
    "sign in, too often": lambda: sign_in(throttled_seconds=95),
    "sign in, again": lambda: sign_in(notice="You were signed out after a while."),
    "choose": choose,
    "shared sign in": shared_sign_in,
    "shared sign in, too often": lambda: shared_sign_in(throttled_seconds=95),
    "sent": sign_in_sent,
    "sent, wrong": lambda: sign_in_sent(wrong_code()),
    "sent, too often": lambda: sign_in_sent(throttled_seconds=95),
    "link": sign_in_link,
    "link, shared": lambda: sign_in_link(brand=None),
    "link used": lambda: sign_in_closed("used"),
    "link used, in": lambda: sign_in_closed("used", is_in=True),
    "link used, on the way": lambda: sign_in_closed("used", is_in=True, onward="/autopay/"),
    "link expired": lambda: sign_in_closed("expired"),
    "link overtaken": lambda: sign_in_closed("overtaken"),
    "link unknown": lambda: sign_in_closed("unknown"),
    "choose business": choose_business,
}
