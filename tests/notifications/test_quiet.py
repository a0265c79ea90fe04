from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers.tzdata import TIMEZONE_DATA

from nextroute.notifications import quiet
from nextroute.notifications.models import Delivery
from nextroute.notifications.triggers import Channel, Trigger
from nextroute.tenancy.businesses import Business

DENVER, HONOLULU, KIRITIMATI = "America/Denver", "Pacific/Honolulu", "Pacific/Kiritimati"
ZONES = (DENVER, HONOLULU, KIRITIMATI, "Pacific/Pago_Pago", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu")
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def at(text: str, zone: str = DENVER) -> datetime:
    """A local time, as the instant it is."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def local(instant: datetime, zone: str) -> time:
    return instant.astimezone(ZoneInfo(zone)).time()


def a_text(phone: str, zone: str = DENVER) -> Delivery:
    return Delivery(business=Business(timezone=zone), channel=Channel.SMS, address=phone)


def until(phone: str, now: datetime, zone: str = DENVER) -> datetime | None:
    return quiet.until(a_text(phone, zone), now)


@pytest.mark.parametrize(
    ("now", "over"),
    [
        ("2026-06-01T20:59:59.999999", None),
        ("2026-06-01T21:00:00", "2026-06-02T08:00"),
        ("2026-06-01T23:59:59.999999", "2026-06-02T08:00"),
        ("2026-06-02T00:00:00", "2026-06-02T08:00"),
        ("2026-06-02T07:59:59.999999", "2026-06-02T08:00"),
        ("2026-06-02T08:00:00", None),
    ],
)
def test_it_is_quiet_from_nine_in_the_evening_and_no_longer_at_eight(now: str, over: str | None) -> None:
    assert until("+13035550142", at(now)) == (at(over) if over else None)


@pytest.mark.parametrize(
    ("evening", "hours"),
    [("2026-03-07T21:00", 10), ("2026-10-31T21:00", 12), ("2026-06-01T21:00", 11)],
)
def test_the_night_of_a_clock_change_ends_at_eight_by_the_clock(evening: str, hours: int) -> None:
    now = at(evening)
    assert until("+13035550142", now) == now + timedelta(hours=hours)


@given(INSTANTS, st.sampled_from(ZONES))
def test_in_any_zone_on_any_day_it_is_over_at_the_next_eight_oclock(now: datetime, zone: str) -> None:
    over = quiet.awake([zone], now)
    if over == now:
        assert quiet.ENDS <= local(now, zone) < quiet.BEGINS
    else:
        assert not quiet.ENDS <= local(now, zone) < quiet.BEGINS
        assert local(over, zone) == quiet.ENDS
        assert timedelta(0) < over - now <= timedelta(hours=12)


@given(INSTANTS, st.sampled_from(sorted(set(TIMEZONE_DATA.values()))))
def test_of_several_zones_everybody_is_awake_when_it_is_over(now: datetime, zones: tuple[str, ...]) -> None:
    """For every set of zones a prefix may have: so a message is never put off for ever."""
    over = quiet.awake([zone for zone in zones if zone != "Etc/Unknown"] or [DENVER], now)
    assert all(quiet.ENDS <= local(over, zone) < quiet.BEGINS for zone in zones if zone != "Etc/Unknown")
    assert over - now <= timedelta(hours=48)


@pytest.mark.parametrize(
    ("phone", "business", "zones"),
    [
        ("+18085550142", DENVER, [HONOLULU]),  # a customer who kept their number, or is on an island
        ("+13035550142", HONOLULU, [DENVER]),
        ("+18005551212", DENVER, [DENVER]),  # anywhere in America: here, then
        ("+18005551212", "America/Detroit", ["America/Detroit"]),  # not in the list, but the clock of one that is
        ("+68673001234", KIRITIMATI, [KIRITIMATI]),
        ("+68673001234", DENVER, ["Pacific/Enderbury", KIRITIMATI, "Pacific/Tarawa"]),
        ("+6867300000", DENVER, [DENVER]),  # nothing is known of the number
        ("+870772001234", DENVER, [DENVER]),  # a satellite phone
        ("+80012345678", DENVER, [DENVER]),
        ("+34612345678", "Europe/Madrid", ["Europe/Madrid"]),
        ("+34612345678", DENVER, ["Atlantic/Canary", "Europe/Madrid"]),
        ("gibberish", DENVER, [DENVER]),
        ("", DENVER, [DENVER]),
    ],
)
def test_a_number_is_where_its_prefix_says_or_with_the_business_if_it_may_be(
    phone: str, business: str, zones: list[str]
) -> None:
    assert list(quiet.zones_of(phone, business, at("2026-06-01T12:00"))) == zones


def test_a_number_of_two_zones_is_left_alone_while_it_is_night_in_either() -> None:
    now = at("2026-06-02T08:30", "Europe/Madrid")
    assert until("+34612345678", now) == at("2026-06-02T08:00", "Atlantic/Canary")
    assert until("+34612345678", at("2026-06-02T20:30", "Atlantic/Canary")) == at("2026-06-03T08:00", "Atlantic/Canary")


def test_arizona_is_with_denver_in_winter_only() -> None:
    """The number may be where the clocks agree, so it is asked anew each time."""
    assert list(quiet.zones_of("+16025550142", DENVER, at("2026-01-15T12:00"))) == [DENVER]
    assert list(quiet.zones_of("+16025550142", DENVER, at("2026-07-15T12:00"))) == ["America/Phoenix"]


def test_mail_is_read_when_somebody_looks() -> None:
    mail = Delivery(business=Business(timezone=DENVER), channel=Channel.EMAIL, address="ada@example.com")
    assert quiet.until(mail, at("2026-06-01T23:00")) is None


def test_nothing_that_cannot_wait_goes_by_text_message() -> None:
    by_sms = [trigger for trigger in Trigger if Channel.SMS in trigger.channels]
    assert by_sms
    assert not [trigger for trigger in by_sms if trigger.urgent or trigger.category == "security"]
