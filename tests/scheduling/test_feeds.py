"""A feed's life: opened, read by several at once, taken back. The rule: docs/rules/calendar-feed.md."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event, local
from typing import Any

import pytest
from django.db import connections

from nextroute.core import scope
from nextroute.core.actors import SYSTEM
from nextroute.core.scope import Scope
from nextroute.customers.models import Customer
from nextroute.scheduling import blackouts, calendar_news, extras, feeds, holds
from nextroute.scheduling.calendar import Effect
from nextroute.scheduling.calendar_events import CalendarEvent
from nextroute.scheduling.models import CalendarFeed
from nextroute.scheduling.visits import Visit
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON, D, inside
from tests.subscriber import a_feed

TODAY = D("2026-06-01")


def say(visit: Visit | None) -> tuple[str, str]:
    return (visit.state, visit.reason or "") if visit else ("gone", "")


def read(feed: CalendarFeed) -> list[CalendarEvent] | None:
    """As a calendar would, in a transaction of its own."""
    with scope.transaction_of() as become:
        customer = feeds.served(feed, become)
        if customer is None:
            return None
        return calendar_news.bring_up_to_date(feed, customer, say, today=TODAY, now=NOON)


def sequences(events: list[CalendarEvent] | None) -> set[int]:
    return {event.sequence for event in events or []}


def hold(customer: Customer) -> None:
    with inside(customer.business):
        holds.place(customer=customer, start_date=D("2026-06-08"), end_date=D("2026-06-20"), actor=SYSTEM, now=NOON)


# Its key


def test_only_the_hash_of_the_token_is_kept(ada: Customer) -> None:
    feed = a_feed(ada)
    assert len(feed.token) == 43
    assert feed.token not in str(CalendarFeed.objects.values().get())
    assert feeds.presented(feed.token) == feed


def test_a_customer_has_one_feed_at_a_time(ada: Customer, eve: Customer) -> None:
    feed = a_feed(ada)
    assert a_feed(ada) == feeds.of(ada) == feed
    assert feeds.of(eve) is None
    assert a_feed(eve).token != feed.token


def test_a_token_taken_back_opens_nothing(ada: Customer) -> None:
    feed = a_feed(ada)
    feeds.revoke(feed=feed, actor=SYSTEM, now=NOON)
    assert feeds.presented(feed.token) is None
    assert feeds.of(ada) is None
    feeds.revoke(feed=feed, actor=SYSTEM, now=NOON + timedelta(days=1))
    assert CalendarFeed.objects.get().revoked_at == NOON


def test_taking_back_an_old_feed_leaves_the_new_one(ada: Customer) -> None:
    old = a_feed(ada)
    new = feeds.renew(customer=ada, actor=SYSTEM, now=NOON)
    feeds.revoke(feed=old, actor=SYSTEM, now=NOON)
    assert feeds.of(ada) == new != old


# What was told through it


def test_a_new_address_does_not_tell_what_was_canceled_before_it_but_counts_on(ada: Customer, bright: Business) -> None:
    old = a_feed(ada)
    assert sequences(read(old)) == {0}
    hold(ada)
    assert sequences(read(old)) == {0, 1}
    events = read(feeds.renew(customer=ada, actor=SYSTEM, now=NOON)) or []
    assert {event.status for event in events} == {"TENTATIVE"}
    assert sequences(events) == {1}
    assert len(CalendarEvent.objects.all()) == len(events) + 2


def test_what_a_lapsed_feed_had_told_is_not_canceled_in_a_later_one(ada: Customer) -> None:
    feed = a_feed(ada)
    read(feed)
    feeds.revoke(feed=feed, actor=SYSTEM, now=NOON)
    hold(ada)
    assert {event.status for event in read(a_feed(ada)) or []} == {"TENTATIVE"}


# Several at once


@pytest.fixture
def standing(committed: None) -> CalendarFeed:
    """Ada's feed, committed, which nobody has read."""
    bright = cast.a_business()
    with inside(bright):
        ada = cast.a_customer(bright, "ada")
        cast.served(ada)
        return a_feed(ada)


def at_once[R](*doings: Callable[[], R]) -> list[R]:
    ready = Barrier(len(doings))

    def in_thread(doing: Callable[[], R]) -> R:
        try:
            ready.wait(timeout=5)
            return doing()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(doings)) as threads:
        return list(threads.map(in_thread, doings))


def test_readers_at_once_are_told_the_same(standing: CalendarFeed) -> None:
    ada = standing.customer
    for round_ in range(4):
        answers = at_once(*[lambda: read(standing)] * 4)
        told = [[(event.uid, event.shown, event.sequence) for event in answer or []] for answer in answers]
        assert all(one == told[0] for one in told)
        assert sequences(answers[0]) <= set(range(round_ + 1))
        with inside(ada.business):
            ada.properties.update(bin_count=round_ + 2, address1=f"{round_} Main Street")


def test_a_reader_with_older_news_does_not_tell_it_after_newer(
    standing: CalendarFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow one has seen the visits before the hold; by the time it may write, a quick one has told of the hold."""
    ada = standing.customer
    read(standing)
    with inside(ada.business):
        ada.properties.update(address1="1 New Street")
    slow_has_seen, quick_has_told, in_slow = Barrier(2), Barrier(2), local()
    compared = calendar_news._compared

    def pausing(*asked: Any) -> Any:
        answer = compared(*asked)
        if vars(in_slow).pop("first", False):
            slow_has_seen.wait(timeout=5)
            quick_has_told.wait(timeout=5)
        return answer

    def slow() -> list[CalendarEvent] | None:
        in_slow.first = True
        return read(standing)

    def quick() -> list[CalendarEvent] | None:
        slow_has_seen.wait(timeout=5)
        hold(ada)
        answer = read(standing)
        quick_has_told.wait(timeout=5)
        return answer

    monkeypatch.setattr(calendar_news, "_compared", pausing)
    first, second = at_once(slow, quick)
    assert sequences(first) == {1}
    assert [(e.uid, e.shown, e.sequence) for e in first or []] == [(e.uid, e.shown, e.sequence) for e in second or []]


def test_a_reader_with_newer_news_waits_for_the_one_who_is_telling(
    standing: CalendarFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or both would tell something different under one sequence."""
    ada = standing.customer
    read(standing)
    with inside(ada.business):
        ada.properties.update(address1="1 New Street")
    telling, newer_told, in_older = Event(), Event(), local()
    keep = calendar_news._keep

    def pausing(news: list[CalendarEvent]) -> None:
        if vars(in_older):
            telling.set()
            newer_told.wait(timeout=0.5)  # which it cannot have, while it waits
        keep(news)

    def older() -> list[CalendarEvent] | None:
        in_older.here = True
        return read(standing)

    def newer() -> list[CalendarEvent] | None:
        telling.wait(timeout=5)
        hold(ada)
        answer = read(standing)
        newer_told.set()
        return answer

    monkeypatch.setattr(calendar_news, "_keep", pausing)
    first, second = at_once(older, newer)
    assert sequences(first) == {1}
    assert sequences(second) == {1, 2}


def test_a_feed_taken_back_while_it_is_read_is_read_no_more(standing: CalendarFeed) -> None:
    """The reader found it standing; when its news may be told, there is nobody to tell."""
    found, taken_back = Barrier(2), Barrier(2)

    def reader() -> list[CalendarEvent] | None:
        with scope.transaction_of() as become:
            customer = feeds.served(standing, become)
            found.wait(timeout=5)
            taken_back.wait(timeout=5)
            assert customer
            return calendar_news.bring_up_to_date(standing, customer, say, today=TODAY, now=NOON)

    def taker() -> None:
        found.wait(timeout=5)
        with inside(standing.customer.business):
            feeds.revoke(feed=standing, actor=SYSTEM, now=NOON)
        taken_back.wait(timeout=5)

    assert at_once(reader, taker) == [None, None]
    with inside(standing.customer.business):
        assert not CalendarEvent.objects.exists()


def test_openers_at_once_get_one_feed(committed: None) -> None:
    bright = cast.a_business()
    with inside(bright):
        ada = cast.a_customer(bright, "ada")

    def opened() -> CalendarFeed:
        with scope.transaction_of() as become:
            become(Scope(bright.pk))
            return feeds.open(customer=ada, actor=SYSTEM, now=NOON)

    assert len({feed.pk for feed in at_once(*[opened] * 4)}) == 1


# Extras


def test_an_extra_is_one_event_whatever_day_it_has(ada: Customer) -> None:
    """Another day moves it; a lost one cancels it; a day after that brings it back, instead of a second one."""
    feed, bright = a_feed(ada), ada.business
    told: list[tuple[str, str, int]] = []

    def look() -> None:
        (event,) = [one for one in read(feed) or [] if one.location and one.day in extra_days]
        told.append((f"{event.day:%m-%d}", event.status, event.sequence))

    extra_days = [D("2026-06-04"), D("2026-06-11"), D("2026-06-18")]
    with inside(bright):
        thursdays = cast.a_zone(bright, "South", weekday=4).master_routes.get()
        home = ada.properties.get()
        cast.a_place(home, thursdays)
        ada.subscriptions.update(ends_on=D("2026-01-01"))
        extra = cast.an_extra(home, "2026-06-04")
    look()
    with inside(bright):
        extras.reschedule(extra=extra, day=D("2026-06-18"), actor=SYSTEM, now=NOON)
    look()
    day = D("2026-06-18")
    blackouts.add(business=bright, date=day, name="Flood", effect=Effect.SKIP, actor=SYSTEM, now=NOON)
    look()
    with inside(bright):
        extras.reschedule(extra=extra, day=D("2026-06-11"), actor=SYSTEM, now=NOON)
    look()
    with inside(bright):
        extras.call_off(extra=extra, actor=SYSTEM, now=NOON)
    look()
    assert told == [
        ("06-04", "CONFIRMED", 0),
        ("06-18", "CONFIRMED", 1),
        ("06-18", "CANCELLED", 2),
        ("06-11", "CONFIRMED", 3),
        ("06-11", "CANCELLED", 4),
    ]
