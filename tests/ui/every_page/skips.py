"""Skipping one visit."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse

from nextroute.ui import pages
from tests.ui.visits import NEXT, OUTLOOK, task


def skip(state: str = "can", **changes: Any) -> HttpResponse:
    context: dict[str, Any] = {"visit": NEXT, "state": state, "can_undo": True, "preview": None, "refusal": ""}
    context |= {"done": "", "by_approval": False, "email": "maria@example.com", "currency": "USD"}
    return pages.page(task(), "portal/skip.html", **{**context, **changes})


PAGES: dict[str, Callable[[], HttpResponse]] = {
    "skip": lambda: skip(preview=OUTLOOK),
    "skip, done": lambda: skip("skipped", done="skipped"),
    "skip, too late": lambda: skip("late", refusal="This visit is already on the truck."),
    "skip, back": lambda: skip("can", done="back"),
}
