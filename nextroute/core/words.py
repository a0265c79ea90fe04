"""Days, times and money as people say them, in the active language ("en-us", "es-us"): on pages, in mails and feeds.

Today is always handed in.
"""

from datetime import date, time
from decimal import Decimal
from functools import cache, lru_cache

import phonenumbers
from babel.core import Locale, UnknownLocaleError
from babel.dates import DateTimePattern, format_interval, parse_pattern
from babel.numbers import format_currency, format_percent, get_currency_precision
from django.utils.translation import get_language, gettext, ngettext


def speech(language: str, locale: str) -> str:
    """What to activate for a reader of `language` ("es") at a business of `locale` ("en_US"): "es-us"."""
    territory = locale.replace("-", "_").partition("_")[2]
    tag = f"{language}-{territory}".rstrip("-").lower()
    return tag if _exists(tag) else language


def lang() -> str:
    """The active language as HTML names it: es-US."""
    name, _, territory = (get_language() or "en").partition("-")
    return f"{name}-{territory.upper()}" if territory else name


@cache
def _exists(tag: str) -> bool:
    try:
        Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return False
    return True


@cache
def _parsed(tag: str) -> Locale:
    return Locale.parse(tag if _exists(tag) else tag.partition("-")[0], sep="-")


def spoken_locale() -> Locale:
    """The active language's."""
    return _parsed(get_language() or "en-us")


@cache
def _pattern(locale: Locale, kind: str) -> DateTimePattern:
    """CLDR's pattern for a weekday, day and month, with the year or without it."""
    full: str = locale.date_formats["full"].pattern
    patterns = {
        "full": full,
        "weekday day month": full.replace(" 'de' y", "").replace(", y", "").replace(" y", ""),
        "long": locale.date_formats["long"].pattern,
        "day month": locale.datetime_skeletons["MMMMd"].pattern,
        "month year": locale.datetime_skeletons["yMMMM"].pattern,
        "weekday day": "EEEE d",
    }
    chosen = patterns.get(kind, kind)
    # Within a sentence Spanish says "el martes 16 de junio"; the comma belongs to a letter's head.
    return parse_pattern(chosen.replace(",", "") if locale.language == "es" else chosen)


@lru_cache(maxsize=4096)
def _said(locale: Locale, kind: str, day: date) -> str:
    return _pattern(locale, kind).apply(day, locale)


def day_long(day: date, today: date) -> str:
    """Tuesday, June 16; with the year when it is not this one."""
    return _said(spoken_locale(), "weekday day month" if day.year == today.year else "full", day)


def day_short(day: date, today: date) -> str:
    """June 16; with the year when it is not this one."""
    return _said(spoken_locale(), "day month" if day.year == today.year else "long", day)


def day_dated(day: date) -> str:
    """June 16, 2026: with the year always, as papers have it."""
    return _said(spoken_locale(), "long", day)


def weekday_day(day: date) -> str:
    """Tuesday 16, where the month is said nearby."""
    return _said(spoken_locale(), "weekday day", day)


def weekday(day: date) -> str:
    """Tuesday."""
    return _said(spoken_locale(), "EEEE", day)


def weekday_short(day: date) -> str:
    """Tue."""
    return _said(spoken_locale(), "ccc", day)


def month(day: date) -> str:
    """June."""
    return _said(spoken_locale(), "LLLL", day)


def month_short(day: date) -> str:
    """Jun."""
    return _said(spoken_locale(), "LLL", day)


def month_year(day: date, today: date) -> str:
    """June, or January 2027 when that is not this year."""
    return _said(spoken_locale(), "LLLL" if day.year == today.year else "month year", day)


def span(first: date, last: date, today: date) -> str:
    """July 3 to 17; June 28 to July 5; a year where it is not this one."""
    if first == last:
        return day_short(first, today)
    if (first.year, first.month) == (last.year, last.month) == (today.year, first.month):
        words = {"month": _said(spoken_locale(), "MMMM", first), "first": first.day, "last": last.day}
        return gettext("%(month)s %(first)s to %(last)s") % words
    ends = {"first": day_short(first, today), "last": day_short(last, today)}
    return gettext("%(first)s to %(last)s") % ends


def in_days(day: date, today: date) -> str:
    """Today, tomorrow, in 3 days, in about 3 months; yesterday, 3 days ago."""
    days = (day - today).days
    if -1 <= days <= 1:
        return {-1: gettext("yesterday"), 0: gettext("today"), 1: gettext("tomorrow")}[days]
    if days < 0:
        return ngettext("%(days)s day ago", "%(days)s days ago", -days) % {"days": -days}
    if days <= 60:
        return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
    months = round(days / 30.4)
    return ngettext("in about %(months)s month", "in about %(months)s months", months) % {"months": months}


@lru_cache(maxsize=1024)
def _hours(locale: Locale, first: time, last: time) -> str:
    twelve = "a" in locale.time_formats["short"].pattern
    whole = first.minute == last.minute == 0
    skeleton = ("h" if twelve else "H") + ("" if twelve and whole else "m")
    said = format_interval(first, last, skeleton, locale=locale)
    return said.replace("\u2009", "").replace("\u202f", "\u00a0")  # few fonts have CLDR's thin spaces


def hours(window: tuple[time, time]) -> str:
    """8-10 AM, with a dash between, of an arrival window."""
    return _hours(spoken_locale(), *window)


@lru_cache(maxsize=2048)
def _clock(locale: Locale, at: time) -> str:
    short: str = locale.time_formats["short"].pattern
    # People who count to twelve say which half of the day they mean, and they do not say "AM".
    return parse_pattern("h:mm B" if "a" in short else short).apply(at, locale)


def clock(at: time) -> str:
    """9:42 in the morning, of a local time; 09:42 where people count to 24."""
    return _clock(spoken_locale(), at.replace(second=0, microsecond=0))


@lru_cache(maxsize=4096)
def _money(locale: Locale, cents: int, currency: str) -> str:
    said = format_currency(Decimal(abs(cents)).scaleb(-get_currency_precision(currency)), currency, locale=locale)
    return f"−{said}" if cents < 0 else said


def money(cents: int, currency: str) -> str:
    """$38.50, or −$38.50 with a minus as wide as a figure, of a whole number of the currency's smallest unit."""
    return _money(spoken_locale(), cents, currency)


def percent(rate: Decimal) -> str:
    """8.25%, of a rate in percent."""
    return format_percent(rate.normalize().scaleb(-2), locale=spoken_locale(), decimal_quantization=False)


def tel(phone: str) -> str:
    """The address a phone dials: tel:+13035550142."""
    return "tel:" + "".join(sign for sign in phone if sign.isdigit() or sign == "+")


def phone(number: str, region: str) -> str:
    """An E.164 number as people of the region (ISO 3166) write it: (303) 555-0142, or +1 303-555-0142 elsewhere."""
    if not number:
        return ""
    read = phonenumbers.parse(number)
    home = read.country_code == phonenumbers.country_code_for_region(region)
    kind = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(read, kind.NATIONAL if home else kind.INTERNATIONAL)


def initial(name: str) -> str:
    """The letter that stands for a business where it has no logo."""
    return next((sign for sign in name if sign.isalnum()), "·").upper()


def capital(words: str) -> str:
    """Words that begin a line or a heading: their first letter large, the rest as it is."""
    return words[:1].upper() + words[1:]


def sentence(words: str) -> str:
    """Words that somebody wrote, ending as a sentence does, so that another may follow."""
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def first_weekday() -> int:
    """The day a week begins with on this reader's calendars: 0 for Monday, 6 for Sunday."""
    return spoken_locale().first_week_day


def weekday_letters(monday: date) -> tuple[str, str]:
    """A weekday's letter and its name, for the head of a month."""
    return _said(spoken_locale(), "ccccc", monday), weekday(monday)
