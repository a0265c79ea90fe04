"""What the pages of money offer: one next step, and only what can be done."""

import re
from collections.abc import Callable

import pytest
from django.http import HttpResponse

from tests.ui.every_page import EVERY_PAGE
from tests.ui.every_page.money import PAGES
from tests.ui.rendering import html, speaking

HOMES = {name: draw for name, draw in EVERY_PAGE.items() if name.startswith("home")}
PAY = re.compile(r'<a class="button is-primary" href="/at/bright-bins/portal_pay/">Pay (.*?)</a>')


def read(name: str) -> str:
    with speaking():
        return html(EVERY_PAGE[name]())


@pytest.mark.parametrize("draw", [*PAGES.values(), *HOMES.values()], ids=[*PAGES, *HOMES])
def test_a_page_has_at_most_one_filled_button(draw: Callable[[], HttpResponse]) -> None:
    with speaking():
        assert html(draw()).count("is-primary") <= 1


@pytest.mark.parametrize(
    ("name", "amount"),
    [("invoices, pay here", "$12,081.19"), ("invoice", "$81.19"), ("home", "$12,378.15")],
)
def test_what_can_be_paid_here_is_paid_by_a_button_that_names_the_amount(name: str, amount: str) -> None:
    page = read(name)
    assert PAY.findall(page) == [amount]
    assert "Send a check" not in page


@pytest.mark.parametrize(
    "name", ["invoices", "invoices, paid up", "invoice, late", "invoice, paid", "invoice, on its way", "invoice, void",
             "invoice, draft", "home, by check", "home, all paid", "home paused"],
)  # fmt: skip
def test_there_is_no_button_where_nothing_can_be_paid_here(name: str) -> None:
    assert "portal_pay/" not in read(name)
