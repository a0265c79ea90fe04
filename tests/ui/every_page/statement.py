"""A customer's account."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.http import HttpResponse

from nextroute.billing.account import Account, Entry
from nextroute.billing.account import Kind as EntryKind
from nextroute.billing.documents import entry_words
from nextroute.portal.statement import Line, PeriodForm
from nextroute.ui import pages
from tests.ui.rendering import TODAY, request


def statement(*entries: Entry, first: str = "2026-01-01", last: str = "2026-06-13") -> HttpResponse:
    """A customer's account; where its days cannot be taken, the form alone."""
    form = PeriodForm({"first": first, "last": last}, today=TODAY)
    account = Account(form.cleaned_data["first"], TODAY, "USD", 4871, entries) if form.is_valid() else None
    return pages.page(
        request(person="Maria Alvarez", tab="home"),
        "portal/statement.html",
        status=200 if account else 422,
        form=form,
        account=account,
        lines=[Line(one, entry_words.said(one)) for one in entries],
        period={"first": first, "last": last},
    )


ENTRIES = [
    Entry(date(2026, 1, 12), EntryKind.PAYMENT, UUID(int=1), "1042", "check", "", -4871, 0),
    Entry(date(2026, 2, 1), EntryKind.INVOICE, UUID(int=2), "INV-1042", "", "", 123_456, 123_456),
    Entry(date(2026, 2, 3), EntryKind.VOIDED, UUID(int=2), "INV-1042", "", "Billed twice", -123_456, 0),
    Entry(date(2026, 2, 4), EntryKind.CREDIT_NOTE, UUID(int=3), "CN-0001", "", "For the broken lid", -500, -500),
]

PAGES: dict[str, Callable[[], HttpResponse]] = {
    "statement": lambda: statement(*ENTRIES),
    "statement, nothing": statement,
    "statement, wrong": lambda: statement(first="2026-06-14", last="soon"),
}
