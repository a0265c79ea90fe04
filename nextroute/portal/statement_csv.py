"""A customer's account as a table for a spreadsheet. The rule: docs/rules/statements.md."""

import csv
from collections.abc import Iterator, Sequence
from decimal import Decimal
from io import StringIO

from babel.numbers import get_currency_precision
from django.utils.translation import gettext as _

from nextroute.billing.account import Account
from nextroute.billing.documents import entry_words
from nextroute.core.days import ONE_DAY

# With the mark by which spreadsheets know UTF-8: without it they take the é of José for two letters.
ENCODING = "utf-8-sig"
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def written(account: Account) -> bytes:
    """In the active language, but for days (2026-06-30) and amounts (-12.50), which a machine reads too."""
    text = StringIO()
    csv.writer(text).writerows([[_plain(cell) for cell in row[:3]] + list(row[3:]) for row in _rows(account)])
    return text.getvalue().encode(ENCODING)


def _rows(account: Account) -> Iterator[Sequence[str]]:
    currency = account.currency
    yield _("Date"), _("What"), _("Note"), _("Amount"), _("Balance"), _("Currency")
    before = account.first - ONE_DAY
    yield before.isoformat(), _("Balance before"), "", "", _amount(account.opening, currency), currency
    for one in account.entries:
        amounts = _amount(one.cents, currency), _amount(one.balance, currency)
        yield one.on.isoformat(), entry_words.said(one), one.words, *amounts, currency


def _amount(cents: int, currency: str) -> str:
    return str(Decimal(cents).scaleb(-get_currency_precision(currency)))


def _plain(cell: str) -> str:
    """Words that a spreadsheet does not take for something to work out."""
    return f"'{cell}" if cell.startswith(_BEGINS_A_FORMULA) else cell
