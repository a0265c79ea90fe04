"""What subscribers of a feed read, as a customer's visits change. The rule: docs/rules/calendar-feed.md."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer, Pause
from nextroute.scheduling import blackouts, closing, holds, locks, routes, skips, stops
from nextroute.scheduling.calendar import Effect
from nextroute.scheduling.models import CalendarEvent, Hold, MasterRoute, Plan, Route, Stop, Subscription, Zone
from nextroute.scheduling.reconcile import nightly, reconcile
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON, D
from tests.doors import SCHEDULE, Browser, Clock
from tests.subscriber import Subscriber, a_feed

TODAY = D("2026-06-01")


@pytest.fixture
def made(bright: Business, ada: Customer) -> None:
    """Routes are made for the Tuesdays June 2 and 9."""
    reconcile(bright, TODAY, D("2026-06-12"), today=TODAY)
    ada.business.refresh_from_db()


@pytest.fixture
def reader(ada: Customer, made: None, clock: Clock) -> Subscriber:
    """Has read Ada's feed once."""
    reader = Subscriber(a_feed(ada))
    reader.poll()
    return reader


def hold(customer: Customer, first: str, last: str) -> Hold:
    return holds.place(customer=customer, start_date=D(first), end_date=D(last), actor=SYSTEM, now=NOON)[0]


def brought_up_to_date(customer: Customer, today: date = TODAY) -> None:
    locks.schedule_of(customer)
    reconcile(customer.business, today, today + timedelta(days=60), today=today, customers=[customer])


def night(business: Business, clock: Clock) -> None:
    """The next day: the one before is closed, routes are made for the days ahead."""
    clock.forward(days=1)
    business.refresh_from_db()
    today = business.today(clock.now)
    closing.close(business, today=today, now=clock.now)
    nightly(business, today=today, days=8)


# What is there


def test_visits_with_a_route_are_confirmed_and_expected_ones_tentative_for_half_a_year(reader: Subscriber) -> None:
    days = reader.days()
    assert (*list(days)[:1], *list(days)[-1:], len(days)) == ("06-02", "12-01", 27)
    assert [day for day, status in days.items() if status == "CONFIRMED"] == ["06-02", "06-09"]
    assert set(days.values()) == {"CONFIRMED", "TENTATIVE"}


def test_an_event_says_what_where_and_where_the_bins_go(reader: Subscriber, ada: Customer) -> None:
    ada.properties.update(address2="Unit 4", bin_count=2, bin_location="Behind the garage")
    event = reader.on("06-02")
    assert event.summary == "Bright Bins: Weekly Bin Cleaning"
    assert event.location == "8447 West 51st Avenue, Unit 4"
    assert event.description == "2 bins\nWhere the bins go: Behind the garage"
    assert "Expected" in reader.on("06-16").description


def test_a_day_without_an_arrival_window_is_busy_for_nobody(reader: Subscriber, ada: Customer) -> None:
    event = reader.on("06-02")
    assert (event.start, event.end, event.transparency) == (D("2026-06-02"), D("2026-06-03"), "TRANSPARENT")
    ada.master_stops.update(arrives_from=time(8), arrives_to=time(10, 30))
    event = reader.on("06-02")
    assert event.start == datetime(2026, 6, 2, 8, tzinfo=ZoneInfo("America/Denver"))
    assert event.end == datetime(2026, 6, 2, 10, 30, tzinfo=ZoneInfo("America/Denver"))
    assert event.transparency == "TRANSPARENT"


def test_the_calendar_has_the_businesss_name_and_asks_to_be_read_every_six_hours(reader: Subscriber) -> None:
    text = reader.read().content.decode()
    for line in (
        "METHOD:PUBLISH",
        "NAME:Bright Bins",
        "X-WR-CALNAME:Bright Bins",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
    ):
        assert f"\r\n{line}\r\n" in text


def test_nobody_without_visits_gets_a_broken_file(reader: Subscriber, ada: Customer) -> None:
    Customer.objects.filter(pk=ada.pk).update(activated_on=None)
    CalendarEvent.objects.all().delete()
    Stop.objects.all().delete()
    assert reader.poll() == []


def test_a_visit_that_was_off_from_the_beginning_is_not_listed(ada: Customer, made: None, clock: Clock) -> None:
    hold(ada, "2026-06-08", "2026-06-20")
    days = Subscriber(a_feed(ada)).days()
    assert list(days)[:3] == ["06-02", "06-23", "06-30"]


def test_nothing_of_eve_is_in_adas_calendar(ada: Customer, eve: Customer, clock: Clock) -> None:
    eve.properties.update(address1="99 Secret Lane")
    assert "Secret Lane" not in Subscriber(a_feed(ada)).read().content.decode()
    assert "Secret Lane" in Subscriber(a_feed(eve)).read().content.decode()


def test_the_calendar_shows_the_days_the_schedule_shows(reader: Subscriber, ada: Customer, signed_in: Browser) -> None:
    hold(ada, "2026-06-08", "2026-06-20")
    pages = [signed_in.get(SCHEDULE, {"from": month}).content.decode() for month in ("2026-06", "2026-09")]
    leaves = re.findall(r'<time class="leaf is-list" datetime="([0-9-]+)"( data-state="off")?', "".join(pages))
    calendar = [day.isoformat() for day, _ in reader.standing(TODAY)]
    assert calendar[:-1] == [day for day, off in leaves if not off]  # the last is December's


# What changes

STORY = re.compile(r"^\| [^|]+ \| \w+, (June \d+) \| (\w+) \| (\d) \|$", re.MULTILINE)


def test_one_visit_from_its_first_reading_to_its_last(ada: Customer, bright: Business, clock: Clock) -> None:
    """The table of docs/rules/calendar-feed.md, row by row."""
    told = STORY.findall((Path(__file__).parents[2] / "docs/rules/calendar-feed.md").read_text("utf-8"))
    reader, uid = Subscriber(a_feed(ada)), ""

    def route() -> Route:
        return Route.objects.get(original_date=D("2026-06-09"))

    def go_away() -> None:
        ada.business.refresh_from_db()
        hold(ada, "2026-06-08", "2026-06-10")

    def lift() -> None:
        Hold.objects.update(lifted_at=NOON)
        brought_up_to_date(ada)

    def make() -> None:
        clock.forward(days=10)
        routes.dispatch(route=route(), actor=SYSTEM, now=clock.now)
        stops.complete(stop=route().stops.get(), actor=SYSTEM, now=clock.now)

    def rename() -> None:
        clock.forward(days=1)
        Plan.objects.update(name="Shiny Bins")

    happens: list[Callable[[], object]] = [
        lambda: None,
        lambda: None,
        lambda: nightly(bright, today=TODAY, days=11),
        go_away,
        lift,
        lambda: routes.move(route=route(), to=D("2026-06-11"), reason="Snow", actor=SYSTEM, now=NOON),
        make,
        rename,
    ]
    for (day, status, sequence), happen in zip(told, happens, strict=True):
        happen()
        event = reader.on(f"06-{int(day.split()[1]):02}")
        assert (event.status.lower(), event.sequence) == (status, int(sequence))
        assert event.uid == (uid or event.uid)
        uid = event.uid


def test_nothing_is_told_twice(reader: Subscriber) -> None:
    first = reader.read()
    before = list(CalendarEvent.objects.order_by("uid").values())
    again = reader.read()
    assert again.content == first.content
    assert list(CalendarEvent.objects.order_by("uid").values()) == before


def test_a_route_that_is_made_confirms_the_same_event(reader: Subscriber, bright: Business) -> None:
    expected = reader.on("06-16")
    nightly(bright, today=TODAY, days=20)
    made = reader.on("06-16")
    assert (expected.status, made.status) == ("TENTATIVE", "CONFIRMED")
    assert made.uid == expected.uid
    assert (expected.sequence, made.sequence) == (0, 1)


def test_a_hold_cancels_and_lifting_it_brings_back(reader: Subscriber, ada: Customer) -> None:
    before = reader.on("06-09")
    placed = hold(ada, "2026-06-08", "2026-06-20")
    held = reader.on("06-09")
    assert reader.days()["06-16"] == "CANCELLED"
    assert (held.status, held.summary) == ("CANCELLED", "Bright Bins: no visit")
    assert held.description == "You’re away."
    holds.lift(hold=placed, actor=SYSTEM, now=NOON)
    back = reader.on("06-09")
    assert [event.sequence for event in (before, held, back)] == [0, 1, 2]
    assert back.status == "CONFIRMED"
    assert {event.uid for event in (before, held, back)} == {before.uid}


def test_a_hold_that_is_made_shorter_and_longer_is_followed_at_once(reader: Subscriber, ada: Customer) -> None:
    placed = hold(ada, "2026-06-08", "2026-06-20")

    def canceled() -> list[str]:
        return [day for day, status in reader.days().items() if status == "CANCELLED"]

    assert canceled() == ["06-09", "06-16"]
    for last, off in (("2026-06-10", ["06-09"]), ("2026-06-23", ["06-09", "06-16", "06-23"])):
        holds.change(hold=placed, start_date=placed.start_date, end_date=D(last), actor=SYSTEM, now=NOON)
        assert canceled() == off


def test_a_skip_that_is_taken_back_is_followed_at_once(reader: Subscriber, ada: Customer) -> None:
    skip, _ = skips.place(subscription=ada.subscriptions.get(), due_on=D("2026-06-09"), actor=SYSTEM, now=NOON)
    assert reader.on("06-09").status == "CANCELLED"
    skips.undo(skip=skip, actor=SYSTEM, now=NOON)
    assert reader.on("06-09").status == "CONFIRMED"


def test_a_skip_cancels_its_one_visit(reader: Subscriber, ada: Customer) -> None:
    skips.place(
        subscription=ada.subscriptions.get(), due_on=D("2026-06-09"), actor=SYSTEM, now=NOON, notes="Family is over"
    )
    assert [day for day, status in reader.days().items() if status == "CANCELLED"] == ["06-09"]
    assert reader.on("06-09").description == "You asked us to skip it. “Family is over”"


def test_a_pause_and_an_end_cancel_what_follows(reader: Subscriber, ada: Customer) -> None:
    Pause.objects.create(business=ada.business, customer=ada, first_day=D("2026-06-10"), last_day=D("2026-06-20"))
    Customer.objects.filter(pk=ada.pk).update(canceled_on=D("2026-07-01"))
    assert reader.on("06-16").description == "Your service is paused."
    assert reader.on("07-07").description == "Your service has ended."
    assert [day for day, status in reader.days().items() if status != "CANCELLED"] == [
        "06-02", "06-09", "06-23", "06-30",
    ]  # fmt: skip


def test_a_moved_route_moves_the_event(reader: Subscriber) -> None:
    before = reader.on("06-09")
    route = Route.objects.get(date=D("2026-06-09"))
    routes.move(route=route, to=D("2026-06-11"), reason="Snow", actor=SYSTEM, now=NOON)
    moved = reader.on("06-11")
    assert "06-09" not in reader.days()
    assert (moved.uid, moved.sequence) == (before.uid, 1)
    assert "Moved from Tuesday, June 9." in moved.description


def test_a_canceled_route_cancels_the_event_with_the_offices_words(reader: Subscriber) -> None:
    routes.cancel(route=Route.objects.get(date=D("2026-06-09")), reason="The truck broke down.", actor=SYSTEM, now=NOON)
    event = reader.on("06-09")
    assert (event.status, event.description) == ("CANCELLED", "The truck broke down.")


@pytest.mark.parametrize("off", ["2026-06-09", "2026-07-07"], ids=["scheduled", "expected"])
@pytest.mark.parametrize(("effect", "days"), [(Effect.SKIP, 0), (Effect.NEXT_DAY, 1), (Effect.SHIFT_WEEK, 1)], ids=str)
def test_a_holiday_moves_or_cancels_and_its_end_undoes_it(
    reader: Subscriber, bright: Business, off: str, effect: Effect, days: int
) -> None:
    day = D(off)
    before = reader.on(f"{day:%m-%d}")
    bright.refresh_from_db()
    blackout, _ = blackouts.add(business=bright, date=day, name="Founders’ Day", effect=effect, actor=SYSTEM, now=NOON)
    met = reader.on(f"{day + timedelta(days=days):%m-%d}")
    assert met.uid == before.uid
    if effect is Effect.SKIP:
        assert (met.status, met.description) == ("CANCELLED", "Founders’ Day. Nobody is out.")
    else:
        assert met.status == before.status
        assert "Moved from Tuesday" in met.description
    blackouts.remove(blackout=blackout, actor=SYSTEM, now=NOON)
    after = reader.on(f"{day:%m-%d}")
    assert (after.status, after.description) == (before.status, before.description)
    assert [event.sequence for event in (before, met, after)] == [0, 1, 2]


def test_visits_that_disappear_with_a_plan_are_cancelled_and_the_new_plans_appear(
    reader: Subscriber, bright: Business, ada: Customer
) -> None:
    Subscription.objects.update(ends_on=D("2026-06-30"))
    cast.a_subscription(ada.properties.get(), cast.a_plan(bright, "monthly"), "2026-07-01")
    events = reader.poll()
    gone = [event for event in events if event.status == "CANCELLED"]
    assert {event.description for event in gone} == {"This visit is not planned any more."}
    assert {event.location for event in gone} == {"8447 West 51st Avenue"}
    first_tuesdays = [f"{day:%m-%d}" for day, _ in reader.standing(D("2026-07-01"))]
    assert first_tuesdays == ["07-07", "08-04", "09-01", "10-06", "11-03", "12-01"]


def test_new_words_are_a_change_too(reader: Subscriber, ada: Customer, bright: Business) -> None:
    Business.objects.update(name="Bright & Sons")
    assert reader.on("06-02").summary == "Bright & Sons: Weekly Bin Cleaning"
    Customer.objects.filter(pk=ada.pk).update(language="es")
    hold(ada, "2026-06-08", "2026-06-20")
    with override("es-us"):
        assert reader.on("06-02").description == "1 contenedor"
    assert reader.on("06-02").sequence == 2


# Days that are over


def test_a_visit_that_was_made_stays_as_it_was(reader: Subscriber, ada: Customer, clock: Clock) -> None:
    before = reader.on("06-02")
    routes.dispatch(route=Route.objects.get(date=D("2026-06-02")), actor=SYSTEM, now=NOON)
    clock.forward(days=1)
    stops.complete(stop=ada.stops.get(due_on=D("2026-06-02")), actor=SYSTEM, now=clock.now)
    assert reader.on("06-02") == before
    clock.forward(days=1)
    assert reader.on("06-02") == before


def test_a_visit_that_could_not_be_made_is_cancelled_with_its_reason(
    reader: Subscriber, ada: Customer, clock: Clock
) -> None:
    routes.dispatch(route=Route.objects.get(date=D("2026-06-02")), actor=SYSTEM, now=NOON)
    stop = ada.stops.get(due_on=D("2026-06-02"))
    stops.skip(stop=stop, category=Stop.SkipCategory.NO_ACCESS, reason="The gate was locked.", actor=SYSTEM, now=NOON)
    for _ in range(3):
        event = reader.on("06-02")
        assert (event.status, event.description) == ("CANCELLED", "The gate was locked.")
        clock.forward(days=1)
    assert event.sequence == 1


def test_what_was_told_of_a_day_that_is_over_stays_whatever_becomes_of_plan_and_place(
    reader: Subscriber, ada: Customer, bright: Business, clock: Clock
) -> None:
    ada.master_stops.update(arrives_from=time(8), arrives_to=time(10))
    before = reader.on("06-02")
    clock.forward(days=2)
    ada.properties.update(address1="1 New Street", bin_location="Alley")
    ada.master_stops.update(arrives_from=None, arrives_to=None)
    Business.objects.update(name="Brighter Bins")
    assert reader.on("06-02") == before
    assert reader.on("06-09").location == "1 New Street"


def test_what_was_off_stays_as_it_was_told_through_the_close_of_its_day(
    reader: Subscriber, ada: Customer, bright: Business, clock: Clock
) -> None:
    hold(ada, "2026-06-09", "2026-06-09")
    held = reader.on("06-09")
    for _ in range(10):
        night(bright, clock)
        reader.poll()
    assert reader.on("06-09") == held
    assert reader.on("06-02").status == "CONFIRMED"  # not confirmed by the office yet, but not denied


def test_an_expected_visit_that_nobody_made_is_cancelled_once_its_day_is_over(
    reader: Subscriber, bright: Business, clock: Clock
) -> None:
    clock.forward(days=15)
    assert reader.on("06-16").status == "TENTATIVE"
    clock.forward(days=1)
    missed = reader.on("06-16")
    assert missed.status == "CANCELLED"
    bright.refresh_from_db()
    closing.close(bright, today=bright.today(clock.now), now=clock.now)
    assert reader.on("06-16") == missed


def test_days_leave_after_sixty_and_enter_six_months_ahead(reader: Subscriber, bright: Business, clock: Clock) -> None:
    clock.forward(days=61)  # August 1
    days = reader.days()
    assert (*list(days)[:1], *list(days)[-1:]) == ("06-02", "01-26")
    clock.forward(days=1)
    assert list(reader.days())[:1] == ["06-09"]


def test_a_new_subscriber_gets_the_record_of_sixty_days(ada: Customer, bright: Business, clock: Clock) -> None:
    for _ in range(20):
        night(bright, clock)
    assert list(Subscriber(a_feed(ada)).days())[:3] == ["06-02", "06-09", "06-16"]


def test_a_repeated_visit_is_an_event_of_its_own(reader: Subscriber, ada: Customer) -> None:
    first = ada.stops.get(due_on=D("2026-06-02"))
    again = Stop.objects.get(pk=first.pk)
    again.pk, again.attempt, again.service_date, again.origin = None, 2, D("2026-06-04"), "office"
    again.route = Route.objects.create(
        business=ada.business,
        master_route=MasterRoute.objects.get(),
        date=D("2026-06-04"),
        original_date=D("2026-06-04"),
    )
    again.save(force_insert=True)
    events = {f"{event.day:%m-%d}": event.uid for event in reader.poll()}
    assert events["06-02"] != events["06-04"]


def test_two_places_on_one_day_are_two_events(reader: Subscriber, ada: Customer) -> None:
    cabin = cast.a_property(ada, Zone.objects.get(), "1 Cabin Road")
    cast.a_subscription(cabin, cast.a_plan(ada.business, "monthly"))
    june = [event.location for event in reader.poll() if f"{event.day:%m-%d}" == "07-07"]
    assert sorted(june) == ["1 Cabin Road", "8447 West 51st Avenue"]
