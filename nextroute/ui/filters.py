"""What templates can do with a value: core's words for days and money, and lists that keep their markup."""

import re
from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext
from markupsafe import Markup, escape

from nextroute.core import words
from nextroute.core.words import weekday_day

_CENTS = re.compile(r"(.*?)(?:([.,]\d\d)(\D*))?", re.DOTALL)  # the last two figures, and what follows them


def listing(items: Sequence[object]) -> Markup:
    """Tuesday 7, Tuesday 14 and Friday 17. Keeps markup, escapes everything else."""
    *first, last = [escape(item) for item in items]
    if not first:
        return last
    pattern = Markup(escape(gettext("%(first)s and %(last)s")))  # noqa: S704 - escaped just here
    return pattern % {"first": Markup(", ").join(first), "last": last}


def when(day: date, said: object) -> Markup:
    """The words for a day, marked with the day they mean."""
    return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), said)


def marked_day(day: date, today: date) -> Markup:
    """Tuesday, June 16, marked with its day."""
    return when(day, words.day_long(day, today))


def days_listed(days: Sequence[date]) -> Markup:
    """Tuesday 7, Tuesday 14 and Friday 17, each marked with its day."""
    return listing([when(day, weekday_day(day)) for day in days])


def figure(cents: int, currency: str) -> Markup:
    """$99 and, smaller, .59: an amount that stands large by itself."""
    whole, small, rest = _CENTS.fullmatch(words.money(cents, currency)).groups()  # type: ignore[union-attr] # matches all
    return Markup("{}<small>{}</small>{}").format(whole, small, rest) if small else Markup(escape(whole))  # noqa: S704


FILTERS = {
    said.__name__: said
    for said in (
        words.day_long, words.day_short, words.day_dated, words.weekday_day, words.weekday, words.weekday_short,
        words.month, words.month_short, words.month_year, words.span, words.in_days, words.hours, words.money,
        words.percent, words.tel, words.capital, words.sentence, words.clock, words.weekday_letters, listing,
        days_listed, marked_day, figure,
    )
}  # fmt: skip
