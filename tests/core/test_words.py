from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal

import pytest
from django.utils import translation

from nextroute.core import words
from tests.ui.rendering import TODAY, speaking

TUESDAY = date(2026, 6, 16)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with speaking("en"):
        yield


@pytest.mark.parametrize(
    ("language", "long", "short", "far"),
    [
        ("en", "Tuesday, June 16", "June 16", "Tuesday, January 5, 2027"),
        ("es", "martes 16 de junio", "16 de junio", "martes 5 de enero de 2027"),
    ],
)
def test_a_day_is_said_with_its_weekday_and_a_year_only_when_it_is_not_this_one(
    language: str, long: str, short: str, far: str
) -> None:
    with speaking(language):
        assert words.day_long(TUESDAY, TODAY) == long
        assert words.day_short(TUESDAY, TODAY) == short
        assert words.day_long(date(2027, 1, 5), TODAY) == far


@pytest.mark.parametrize(
    ("day", "english", "spanish"),
    [
        (date(2026, 6, 12), "yesterday", "ayer"),
        (TODAY, "today", "hoy"),
        (date(2026, 6, 14), "tomorrow", "mañana"),
        (TUESDAY, "in 3 days", "en 3 días"),
        (date(2026, 6, 10), "3 days ago", "hace 3 días"),
        (date(2026, 12, 30), "in about 7 months", "en unos 7 meses"),
    ],
)
def test_a_distance_is_said_as_people_say_it(day: date, english: str, spanish: str) -> None:
    assert words.in_days(day, TODAY) == english
    with speaking("es"):
        assert words.in_days(day, TODAY) == spanish


@pytest.mark.parametrize(
    ("first", "last", "english", "spanish"),
    [
        (date(2026, 7, 3), date(2026, 7, 17), "July 3 to 17", "3 al 17 de julio"),
        (date(2026, 6, 28), date(2026, 7, 5), "June 28 to July 5", "28 de junio al 5 de julio"),
        (date(2026, 7, 3), date(2026, 7, 3), "July 3", "3 de julio"),
        (
            date(2026, 12, 30),
            date(2027, 1, 4),
            "December 30 to January 4, 2027",
            "30 de diciembre al 4 de enero de 2027",
        ),
        (
            date(2027, 1, 3),
            date(2027, 1, 17),
            "January 3, 2027 to January 17, 2027",
            "3 de enero de 2027 al 17 de enero de 2027",
        ),
    ],
)
def test_days_from_one_to_another_name_their_month_once(first: date, last: date, english: str, spanish: str) -> None:
    assert words.span(first, last, TODAY) == english
    with speaking("es"):
        assert words.span(first, last, TODAY) == spanish


def test_a_window_names_full_hours_shortly() -> None:
    assert words.hours((time(8), time(10))) == "8–10\u00a0AM"
    assert words.hours((time(8), time(13, 30))) == "8:00\u00a0AM–1:30\u00a0PM"


@pytest.mark.parametrize(
    ("at", "english", "spanish"),
    [
        (time(9, 42, 59), "9:42 in the morning", "9:42 de la mañana"),
        (time(12), "12:00 noon", "12:00 del mediodía"),
        (time(13, 15), "1:15 in the afternoon", "1:15 de la tarde"),
        (time(18, 30), "6:30 in the evening", "6:30 de la tarde"),
        (time(0, 5), "12:05 in the morning", "12:05 de la madrugada"),
    ],
)
def test_a_time_is_said_as_people_say_it(at: time, english: str, spanish: str) -> None:
    assert words.clock(at) == english
    with speaking("es"):
        assert words.clock(at) == spanish


def test_who_counts_to_24_needs_no_half_of_the_day() -> None:
    with translation.override("en-gb"):
        assert words.clock(time(13, 15)) == "13:15"


@pytest.mark.parametrize(
    ("written", "said"), [("Snow", "Snow."), ("Snow!", "Snow!"), ("Snow.", "Snow."), ("Snow…", "Snow…")]
)
def test_what_somebody_wrote_ends_as_a_sentence_does(written: str, said: str) -> None:
    assert words.sentence(written) == said


@pytest.mark.parametrize(
    ("cents", "currency", "said"),
    [
        (3850, "USD", "$38.50"),
        (-1500, "USD", "−$15.00"),
        (123456, "USD", "$1,234.56"),
        (500, "JPY", "¥500"),
    ],
)
def test_money_counts_in_the_currencys_smallest_unit(cents: int, currency: str, said: str) -> None:
    assert words.money(cents, currency) == said


@pytest.mark.parametrize(
    ("language", "locale", "spoken"),
    [("en", "en_US", "en-us"), ("es", "en_US", "es-us"), ("es", "en_IE", "es"), ("en", "en", "en")],
)
def test_the_reader_gives_the_language_and_the_business_its_territory(language: str, locale: str, spoken: str) -> None:
    assert words.speech(language, locale) == spoken


def test_weeks_begin_as_on_the_readers_calendars() -> None:
    assert words.first_weekday() == 6
    assert words.weekday_letters(date(2026, 6, 14)) == ("S", "Sunday")


def test_a_number_is_dialled_without_its_dots_and_brackets() -> None:
    assert words.tel("+1 (303) 555-0142") == "tel:+13035550142"


@pytest.mark.parametrize(
    ("number", "region", "said"),
    [
        ("+13035550142", "US", "(303) 555-0142"),
        ("+13035550142", "GB", "+1 303-555-0142"),
        ("+442079460123", "GB", "020 7946 0123"),
        ("", "US", ""),
    ],
)
def test_a_phone_number_is_written_as_its_readers_write_it(number: str, region: str, said: str) -> None:
    assert words.phone(number, region) == said


def test_a_language_has_its_name_in_html() -> None:
    assert words.lang() == "en-US"
    with translation.override("es"):
        assert words.lang() == "es"


@pytest.mark.parametrize(("rate", "said"), [("8.250", "8.25%"), ("2.905", "2.905%"), ("10", "10%"), ("0.5", "0.5%")])
def test_a_rate_is_said_without_spare_noughts(rate: str, said: str) -> None:
    assert words.percent(Decimal(rate)) == said


def test_a_paper_dates_itself_in_full() -> None:
    assert words.day_dated(TUESDAY) == "June 16, 2026"
    with speaking("es"):
        assert words.day_dated(TUESDAY) == "16 de junio de 2026"
