"""A rhythm as a sentence: “Every other Friday at 3120 Teller St.”"""

from django.utils.translation import gettext as _

from nextroute.scheduling.calendar import Frequency, MonthWeek
from nextroute.scheduling.rhythms import Rhythm


def sentence(rhythm: Rhythm) -> str:
    """In the reader's language. Whole sentences, because languages place and bend their weekdays differently."""
    return _pattern(rhythm) % {
        "weekday": _weekday(rhythm.weekday),
        "weekdays": _weekdays(rhythm.weekday),
        "nth": _nth(rhythm.month_week),
        "address": rhythm.address,
    }


def _pattern(rhythm: Rhythm) -> str:
    match rhythm.frequency:
        case Frequency.BIWEEKLY:
            return _("Every other %(weekday)s at %(address)s.")
        case Frequency.MONTHLY:
            return _("The %(nth)s %(weekday)s of each month at %(address)s.")
        case Frequency.QUARTERLY:
            return _("The %(nth)s %(weekday)s of each quarter at %(address)s.")
        case Frequency.ANNUALLY:
            return _("Once a year, on the %(nth)s %(weekday)s of its month, at %(address)s.")
        case Frequency.SEASONAL:
            return _("%(weekdays)s in season at %(address)s.")
        case _:
            return _("%(weekdays)s at %(address)s.")


def _weekday(iso: int) -> str:
    names = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    return names[iso - 1]


def _weekdays(iso: int) -> str:
    names = (
        _("Mondays"),
        _("Tuesdays"),
        _("Wednesdays"),
        _("Thursdays"),
        _("Fridays"),
        _("Saturdays"),
        _("Sundays"),
    )
    return names[iso - 1]


def _nth(week: MonthWeek) -> str:
    names = {
        MonthWeek.FIRST: _("first"),
        MonthWeek.SECOND: _("second"),
        MonthWeek.THIRD: _("third"),
        MonthWeek.FOURTH: _("fourth"),
        MonthWeek.LAST: _("last"),
    }
    return names[week]
