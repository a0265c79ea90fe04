"""One's password."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse

from nextroute.ui import pages
from tests.ui.rendering import request


class NewPassword(forms.Form):
    current = forms.CharField(label="Present password", widget=forms.PasswordInput)
    password = forms.CharField(label="New password", widget=forms.PasswordInput, help_text="At least 10 characters.")


def password(**changes: Any) -> HttpResponse:
    context: dict[str, Any] = {"form": NewPassword(), "email": "maria@alvarez.example", "throttled_seconds": None}
    context |= {"has_one": True, "must_prove": False, "is_set": False, "onward_link": ""}
    answer = request(person="Maria Alvarez", tab="home")
    return pages.page(answer, "portal/password.html", **{**context, **changes})


PAGES: dict[str, Callable[[], HttpResponse]] = {
    "password": password,
    "password, first": lambda: password(has_one=False),
    "password, proof needed": lambda: password(has_one=False, must_prove=True),
    "password set": lambda: password(is_set=True),
    "password set, on the way": lambda: password(is_set=True, onward_link="/autopay/"),
}
