"""Amounts of money as people type them, and back."""

import re

from babel.numbers import get_currency_precision, get_currency_symbol, get_group_symbol

from nextroute.core.words import spoken_locale

LARGEST = 10_000_000  # of the currency; nobody means more


def cents(text: str, currency: str) -> int:
    """The whole number of the currency's smallest unit: 1250 for 12.50, 12,50, 12 or $12.50.

    A point or a comma before one or two last figures parts them off; before three it parts thousands, where it is the
    one that the active language has for that. Negative amounts are read, too. Raises ValueError for anything else.
    """
    digits = get_currency_precision(currency)
    bare = re.sub(
        f"[ \u00a0\u202f]|{currency}|{re.escape(get_currency_symbol(currency, locale=spoken_locale()))}", "", text
    )
    found = _pattern(get_group_symbol(spoken_locale()), digits).fullmatch(bare)
    if not found:
        raise ValueError("an amount, such as 12.50")
    sign, whole, part = found["sign"], re.sub(r"\D", "", found["whole"]), found["part"] or ""
    amount = int(whole + part.ljust(digits, "0"))
    return -amount if sign else amount


def typed(amount: int, currency: str) -> str:
    """An amount as it could be typed: 12.50."""
    digits = get_currency_precision(currency)
    if not digits:
        return str(amount)
    whole, part = divmod(amount, 10**digits)
    return f"{whole}.{part:0{digits}d}"


def _pattern(group: str, digits: int) -> re.Pattern[str]:
    apart = re.escape(group) if group in ",." else "(?!)"
    part = rf"(?:[.,](?P<part>[0-9]{{1,{digits}}}))?" if digits else "(?P<part>)"
    return re.compile(rf"(?P<sign>[-−]?)(?P<whole>[0-9]{{1,3}}(?:{apart}[0-9]{{3}})+|[0-9]{{1,15}}){part}")
