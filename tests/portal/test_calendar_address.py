"""Who may read a feed, how often, and how its address is given out and taken back."""

import logging
import re
from io import StringIO
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.conf import settings as configured
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from nextroute.identity.models import Access, Login
from nextroute.identity.throttling import BY_FEED, BY_UNKNOWN_FEED
from nextroute.scheduling import feeds, holds
from nextroute.scheduling.models import BlackoutDate, CalendarFeed
from nextroute.scheduling.reconcile import reconcile
from tests import cast
from tests.cast import NOON, D
from tests.doors import CALENDAR, SCHEDULE, Browser, Clock, a_login, statements
from tests.subscriber import Subscriber, a_feed, path_of

UNKNOWN = f"{CALENDAR}{'x' * 43}.ics"


@pytest.fixture
def feed(ada: Customer, login: Login, clock: Clock) -> CalendarFeed:
    """Ada's, made by herself."""
    return a_feed(ada, login)


def shown(browser: Browser, query: str = "") -> str:
    answer = browser.get(f"{CALENDAR}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def do(browser: Browser, wish: str) -> str:
    """The page after it was done."""
    answer = browser.post(CALENDAR, {"do": wish})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{CALENDAR}?done={wish}")
    return shown(browser, f"?done={wish}")


def address_on(page: str) -> str:
    found = re.search(r'<input[^>]* value="http://127.0.0.1(/portal/calendar/[^"]+)"', page)
    return found[1] if found else ""


# The page


def test_before_there_is_a_link_the_page_offers_one_and_says_who_could_see_it(signed_in: Browser) -> None:
    page = shown(signed_in)
    assert "Make my calendar link" in page
    assert "anyone you give the address to" in page
    assert ".ics" not in page


def test_the_link_is_made_once_and_shown_again(signed_in: Browser) -> None:
    page = do(signed_in, "open")
    assert "Your link is ready." in page
    address = address_on(page)
    assert signed_in.get(address).status_code == 200
    assert address_on(do(signed_in, "open")) == address_on(shown(signed_in)) == address


def test_the_link_opens_in_apples_googles_and_microsofts_calendar(signed_in: Browser) -> None:
    page = do(signed_in, "open")
    path = address_on(page)
    apple, google, outlook = (
        link.replace("&amp;", "&") for link in re.findall(r'<a class="button" href="([^"]+)"', page)
    )
    assert apple == f"webcal://127.0.0.1{path}"
    assert google.startswith("https://calendar.google.com/calendar/r?")
    assert parse_qs(urlsplit(google).query) == {"cid": [apple]}
    assert outlook.startswith("https://outlook.live.com/calendar/0/addfromweb?")
    assert parse_qs(urlsplit(outlook).query) == {"url": [f"http://127.0.0.1{path}"], "name": ["Bright Bins"]}


def test_a_new_address_takes_the_place_of_the_old_one(signed_in: Browser) -> None:
    old = address_on(do(signed_in, "open"))
    page = do(signed_in, "renew")
    new = address_on(page)
    assert "The old address has stopped working." in page
    assert new != old
    assert (signed_in.get(old).status_code, signed_in.get(new).status_code) == (404, 200)


def test_sharing_can_be_stopped_and_begun_again(signed_in: Browser) -> None:
    old = address_on(do(signed_in, "open"))
    page = do(signed_in, "revoke")
    assert "The address has stopped working." in page
    assert address_on(page) == ""
    assert signed_in.get(old).status_code == 404
    do(signed_in, "revoke")
    assert address_on(do(signed_in, "open")) not in ("", old)


def test_the_schedule_leads_there(signed_in: Browser) -> None:
    assert f'href="{CALENDAR}"' in signed_in.get(SCHEDULE).content.decode()


def test_what_cannot_be_done_is_not_found(signed_in: Browser) -> None:
    for wish in ("", "explode", "\0"):
        assert signed_in.post(CALENDAR, {"do": wish}).status_code == 404


def test_a_form_from_elsewhere_does_nothing(login: Login, clock: Clock) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.come_in(login, now=clock.now)
    assert browser.post(CALENDAR, {"do": "open"}).status_code == 403
    assert not CalendarFeed.objects.exists()


def test_one_customers_link_is_not_anothers(
    signed_in: Browser, feed: CalendarFeed, eve: Customer, clock: Clock
) -> None:
    other = Browser()
    other.come_in(a_login(eve), now=clock.now)
    assert address_on(shown(signed_in)) == path_of(feed)
    assert address_on(shown(other)) == ""
    do(other, "revoke")
    assert other.get(path_of(feed)).status_code == 200


def test_when_the_servers_secret_changed_the_address_works_but_is_not_shown(
    signed_in: Browser, feed: CalendarFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = path_of(feed)
    monkeypatch.setattr(configured, "SECRET_KEY", "another")
    assert Browser().get(path).status_code == 200
    signed_in.come_in(Login.objects.get(), now=NOON)
    page = shown(signed_in)
    assert "we can’t show it again" in page
    assert address_on(page) == ""
    assert address_on(do(signed_in, "renew")) not in ("", path)


# Who reads


def test_whoever_has_the_address_reads_it_without_signing_in(feed: CalendarFeed) -> None:
    answer = Browser().get(path_of(feed))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "Set-Cookie" not in answer.headers


def test_one_that_was_taken_back_and_one_nobody_was_given_are_one_answer(feed: CalendarFeed) -> None:
    path = path_of(feed)
    feeds.revoke(feed=feed, actor=SYSTEM, now=NOON)
    gone, unknown = Browser().get(path), Browser().get(UNKNOWN)
    assert gone.status_code == unknown.status_code == 404
    assert gone.content == unknown.content
    assert "There is nothing at this address." in gone.content.decode()


def test_it_ends_with_its_makers_access(signed_in: Browser, feed: CalendarFeed, ada: Customer, clock: Clock) -> None:
    path = path_of(feed)
    Access.objects.filter(customer=ada).delete()
    gone = Browser().get(path)
    assert (gone.status_code, gone.content) == (404, Browser().get(UNKNOWN).content)
    other = Browser()
    other.come_in(a_login(ada, email="new@example.com"), now=clock.now)
    assert address_on(shown(other)) == ""
    assert Browser().get(address_on(do(other, "open"))).status_code == 200
    assert CalendarFeed.objects.count() == 2


@given(token=st.text(max_size=60) | st.from_regex(r"[A-Za-z0-9_-]{43}", fullmatch=True))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_other_token_is_not_found(feed: CalendarFeed, token: str) -> None:
    with transaction.atomic():
        assert Browser().get(f"{CALENDAR}{quote(token, safe='', errors='replace')}.ics").status_code == 404
        transaction.set_rollback(True)  # nobody guessed too often


def test_no_log_names_a_token(feed: CalendarFeed, monkeypatch: pytest.MonkeyPatch) -> None:
    (console,) = (handler for handler in logging.getLogger("django").handlers if handler.filters)
    log = StringIO()
    monkeypatch.setattr(console, "stream", log)
    for _ in range(BY_FEED.burst + 1):
        Browser().get(path_of(feed))
    feeds.revoke(feed=feed, actor=SYSTEM, now=NOON)
    assert Browser().get(path_of(feed)).status_code == 404
    assert log.getvalue().count("/portal/calendar/….ics") == 2
    assert feed.token not in log.getvalue()


def test_nothing_is_written_to_it(feed: CalendarFeed) -> None:
    path = path_of(feed)
    assert [Browser().generic(method, path).status_code for method in ("POST", "PUT", "DELETE")] == [405] * 3


# How often


def test_reading_too_often_is_slowed_by_address_of_the_feed(feed: CalendarFeed, ada: Customer, clock: Clock) -> None:
    path = path_of(feed)
    assert [Browser().get(path).status_code for _ in range(BY_FEED.burst)] == [200] * BY_FEED.burst
    slowed = Browser().get(path, REMOTE_ADDR="198.51.100.1")
    assert (slowed.status_code, slowed.headers["Retry-After"]) == (429, str(BY_FEED.every))
    clock.forward(seconds=BY_FEED.every)
    assert [Browser().get(path).status_code for _ in range(2)] == [200, 429]


def test_guessing_is_slowed_by_the_guessers_address(feed: CalendarFeed) -> None:
    guesses = [f"{CALENDAR}{n:043}.ics" for n in range(BY_UNKNOWN_FEED.burst)]
    assert {Browser().get(guess).status_code for guess in guesses} == {404}
    slowed = Browser().get(UNKNOWN)
    assert (slowed.status_code, slowed.headers["Retry-After"]) == (429, str(BY_UNKNOWN_FEED.every))
    assert Browser().get(UNKNOWN, REMOTE_ADDR="198.51.100.1").status_code == 404
    assert Browser().get(path_of(feed)).status_code == 200


def test_a_calendar_that_has_it_already_is_told_so(feed: CalendarFeed, ada: Customer, clock: Clock) -> None:
    reader = Subscriber(feed)
    first = reader.read()
    assert first.headers["Cache-Control"] == "private, max-age=300"
    etag, changed = first.headers["ETag"], first.headers["Last-Modified"]
    for asked in ({"If-None-Match": etag}, {"If-None-Match": f"W/{etag}"}, {"If-Modified-Since": changed}):
        again = reader.read(**asked)
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    clock.forward(hours=1)
    holds.place(customer=ada, start_date=D("2026-06-08"), end_date=D("2026-06-20"), actor=SYSTEM, now=NOON)
    for asked in ({"If-None-Match": etag}, {"If-Modified-Since": changed}):
        assert reader.read(**asked).status_code == 200
    assert reader.read().headers["ETag"] != etag


def test_a_new_day_is_news_to_who_asks_by_date(feed: CalendarFeed, clock: Clock) -> None:
    reader = Subscriber(feed)
    changed = reader.read().headers["Last-Modified"]
    clock.forward(days=1)
    assert reader.read(**{"If-Modified-Since": changed}).status_code == 200


def test_its_size_can_be_asked_alone(feed: CalendarFeed) -> None:
    asked, read = Browser().head(path_of(feed)), Browser().get(path_of(feed))
    assert asked.content == b""
    assert asked.headers["ETag"] == read.headers["ETag"]


# How much it costs


def test_reading_and_the_page_take_ten_statements_and_write_nothing_when_nothing_changed(
    committed: None, clock: Clock
) -> None:
    bright = cast.a_business()
    with cast.inside(bright):
        ada = cast.a_customer(bright, "ada")
        zone = cast.a_zone(bright)
        for n in range(4):
            cast.a_subscription(cast.a_property(ada, zone, f"{n} Main Street"), cast.a_plan(bright))
        BlackoutDate.objects.create(business=bright, date=D("2026-06-09"), name="Founders’ Day", effect="next_day")
        reconcile(bright, D("2026-06-01"), D("2026-07-20"), today=D("2026-06-01"))
        eve = cast.a_customer(bright, "eve")
        cast.served(eve, zone=zone)
    login = a_login(ada)
    with cast.inside(bright):
        path, small = path_of(a_feed(ada, login)), a_feed(eve)
    clock.forward(days=30)
    with statements() as first:
        assert Browser().get(path).content.count(b"BEGIN:VEVENT") > 100
    with statements() as sent:
        assert Browser().get(path).status_code == 200
    assert len(sent) <= 10, "\n".join(sent)
    with statements() as of_eve:
        assert Browser().get(path_of(small)).content.count(b"BEGIN:VEVENT") < 40
    assert len(of_eve) == len(first), "as many as for four properties"
    become = [at for at, one in enumerate(sent) if "set_config('role'" in one]
    assert "nextroute_customer" in sent[become[-1]], "visits are read as the customer"
    assert not any("scheduling_stop" in one for one in sent[: become[-1]])
    assert not [one for one in sent if re.match("INSERT|UPDATE|DELETE", one)]
    with cast.inside(bright):
        holds.place(customer=ada, start_date=D("2026-07-08"), end_date=D("2026-08-20"), actor=SYSTEM, now=clock.now)
    with statements() as again:
        assert Browser().get(path).status_code == 200
    assert len(first) == len(again) <= 21, "\n".join(again)
    browser = Browser()
    browser.come_in(login, now=clock.now)
    clock.forward(minutes=1)  # with the note that the session was seen
    with statements() as sent:
        shown(browser)
    assert len(sent) <= 10, "\n".join(sent)
