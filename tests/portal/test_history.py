import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from nextroute.scheduling import photos
from nextroute.scheduling.models import Photo, Plan, Stop, Subscription, Zone
from tests import cast
from tests.cast import D, a_stop, not_made
from tests.doors import HISTORY, SCHEDULE, Browser, Clock, a_login, statements

TODAY = D("2026-06-01")


@pytest.fixture
def weekly(ada: Customer) -> Subscription:
    return Subscription.objects.get(customer=ada)


def history(browser: Browser, query: str = "") -> str:
    answer = browser.get(f"{HISTORY}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def text(page: str) -> str:
    """What is read in the list, tags gone."""
    main = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub("<[^>]+>", " ", main)).split())


def days(page: str) -> list[str]:
    """The days of the list."""
    return re.findall(r'<time class="leaf is-list" datetime="([0-9-]+)"', page)


def earlier(page: str) -> str | None:
    """The query of the link to what was before."""
    found = re.search(r'href="/portal/history/(\?before=[^"]+)"', page)
    return unescape(found[1]) if found else None


def many(subscription: Subscription, count: int) -> None:
    """Visits made on as many days before today, two a day."""
    for n in range(count):
        a_stop(subscription, f"{TODAY - timedelta(days=1 + n // 2)}", attempt=n)


def test_who_was_never_served_reads_that_it_will_stand_here(signed_in: Browser) -> None:
    page = text(history(signed_in))
    assert "No visits yet. The first one will stand here once we have come." in page
    assert "this year" not in page


def test_the_latest_visit_stands_first_by_months_and_a_year_is_said_when_it_is_another(
    signed_in: Browser, weekly: Subscription
) -> None:
    for day in ("2025-12-30", "2026-05-26", "2026-04-28"):
        a_stop(weekly, day)
    page = history(signed_in)
    assert days(page) == ["2026-05-26", "2026-04-28", "2025-12-30"]
    assert re.findall("<h2[^>]*>(.*?)</h2>", page) == ["May", "April", "December 2025"]


def test_a_visit_that_was_made_says_so_where_and_when(signed_in: Browser, weekly: Subscription) -> None:
    a_stop(weekly, "2026-05-26")
    assert "Weekly 8447 West 51st Avenue, 5:59 in the morning Done" in text(history(signed_in))


@pytest.mark.parametrize(
    ("category", "badge", "words"),
    [
        ("no_access", "Skipped: no access", "We couldn’t serve you on this day. Not billed."),
        ("weather", "Skipped: weather", "We couldn’t serve you on this day. Not billed."),
        ("operational", "Skipped by us", "We couldn’t serve you on this day. Not billed."),
        ("customer_request", "Skipped by you", "You asked us to skip it. Not billed."),
    ],
)
def test_a_visit_that_was_not_made_says_why_and_that_it_costs_nothing(
    signed_in: Browser, weekly: Subscription, category: str, badge: str, words: str
) -> None:
    stop = a_stop(weekly, "2026-05-26", status="skipped", skip_category=category)
    assert f"8447 West 51st Avenue. {words} {badge}" in text(history(signed_in))
    Stop.objects.filter(pk=stop.pk).update(skip_reason="Snow to the knee")
    assert f"8447 West 51st Avenue. Snow to the knee. Not billed. {badge}" in text(history(signed_in))


@pytest.mark.parametrize(
    ("reason", "badge", "words"),
    [
        ("holiday", "Holiday", "Holiday. Nobody was out."),
        ("hold", "On hold", "You were away."),
        ("skip", "Skipped by you", "You asked us to skip it."),
        ("paused", "Paused", "Your service was paused."),
        ("canceled", "Ended", "Your service had ended."),
        ("office", "No visit", "We couldn’t serve you on this day. Not billed."),
    ],
)
def test_a_day_not_served_says_why(
    signed_in: Browser, weekly: Subscription, reason: str, badge: str, words: str
) -> None:
    not_made(weekly, "2026-05-26", reason)
    assert f"8447 West 51st Avenue. {words} {badge}" in text(history(signed_in))


def test_who_pays_a_flat_price_does_not_read_that_a_visit_is_not_billed(
    signed_in: Browser, weekly: Subscription
) -> None:
    Plan.objects.update(billing_mode="flat")
    a_stop(weekly, "2026-05-26", status="skipped", skip_category="weather")
    assert "Not billed" not in history(signed_in)


def test_a_visit_nobody_confirmed_says_so(signed_in: Browser, weekly: Subscription) -> None:
    a_stop(weekly, "2026-05-26", status="pending")
    assert "Not confirmed yet" in history(signed_in)


def test_a_visit_of_today_stands_here_once_it_is_made(signed_in: Browser, weekly: Subscription) -> None:
    stop = a_stop(weekly, "2026-06-01", status="pending")
    assert days(history(signed_in)) == []
    Stop.objects.filter(pk=stop.pk).update(status="skipped", skip_category="weather")
    assert days(history(signed_in)) == ["2026-06-01"]


def test_days_of_one_long_pause_are_one_line_that_names_each(signed_in: Browser, weekly: Subscription) -> None:
    for day in ("2026-05-05", "2026-05-12", "2026-05-19"):
        not_made(weekly, day, "paused")
    a_stop(weekly, "2026-05-26")
    page = history(signed_in)
    assert days(page) == ["2026-05-26", "2026-05-19"]
    assert "Your service was paused No visit on Tuesday 5 , Tuesday 12 and Tuesday 19 ." in text(page)


@pytest.mark.parametrize(
    ("came", "missed", "sentence"),
    [
        (1, 0, "We came 1 time this year."),
        (2, 0, "We came 2 times this year."),
        (1, 1, "We came 1 time this year, and missed 1."),
        (3, 2, "We came 3 times this year, and missed 2."),
        (0, 1, "We missed 1 visit this year."),
        (0, 2, "We missed 2 visits this year."),
    ],
)
def test_the_year_is_one_sentence(
    signed_in: Browser, weekly: Subscription, came: int, missed: int, sentence: str
) -> None:
    for n in range(came):
        a_stop(weekly, "2026-05-26", attempt=n)
    for n in range(missed):
        a_stop(weekly, "2026-05-19", attempt=n, status="skipped", skip_category="weather")
    assert sentence in text(history(signed_in))


def test_photos_stand_below_their_visit_small_and_lead_to_the_large_ones(
    signed_in: Browser, weekly: Subscription, folder: Path
) -> None:
    stop = a_stop(weekly, "2026-05-26")
    for kind in Photo.Kind:
        photos.add(stop=stop, kind=kind, content=cast.a_picture(), actor=SYSTEM, now=cast.NOON)
    page = history(signed_in)
    assert re.findall('alt="([^"]*)"', page) == ["Photo before, May 26", "Photo after, May 26"]
    before = Photo.objects.get(kind="before")
    assert f'<a href="/portal/history/photos/{before.pk}/"><img src="/portal/history/photos/{before.pk}/small/"' in page
    shown = re.findall(r'(?:href|src)="(/portal/history/photos/[^"]+)"', page)
    assert [signed_in.get(path).status_code for path in shown] == [200] * 4


def test_every_row_is_on_exactly_one_page(signed_in: Browser, weekly: Subscription) -> None:
    many(weekly, 60)
    page, shown = history(signed_in), []
    sizes = []
    while True:
        shown += days(page)
        sizes.append(len(days(page)))
        query = earlier(page)
        if not query:
            break
        page = history(signed_in, query)
    assert sizes == [25, 25, 10]
    assert shown == sorted((f"{stop.service_date}" for stop in Stop.objects.all()), reverse=True)


def test_a_full_page_with_nothing_before_it_leads_nowhere(signed_in: Browser, weekly: Subscription) -> None:
    many(weekly, 25)
    assert earlier(history(signed_in)) is None
    a_stop(weekly, "2026-01-06")
    assert earlier(history(signed_in))


def test_an_earlier_page_leads_back_to_the_latest(signed_in: Browser, weekly: Subscription) -> None:
    many(weekly, 30)
    first = history(signed_in)
    assert "Back to the latest" not in first
    second = history(signed_in, earlier(first) or "")
    assert '<a class="button is-quiet" href="/portal/history/">Back to the latest</a>' in second


def test_one_address_may_be_looked_at_alone_also_further_back(
    signed_in: Browser, ada: Customer, weekly: Subscription
) -> None:
    cabin = cast.a_subscription(cast.a_property(ada, Zone.objects.get(), "1 Cabin Road"), cast.a_plan(ada.business))
    many(weekly, 3)
    many(cabin, 30)
    page = history(signed_in, f"?property={cabin.property_id}")
    assert len(days(page)) == 25
    assert "We came 30 times this year." in text(page)
    query = earlier(page) or ""
    assert f"property={cabin.property_id}" in query
    rest = history(signed_in, query)
    assert len(days(rest)) == 5
    assert "8447 West 51st Avenue, " not in text(rest), "but for the filter"


def test_an_address_without_a_past_says_so_and_can_be_left_again(signed_in: Browser, ada: Customer) -> None:
    cabin = cast.a_property(ada, Zone.objects.get(), "1 Cabin Road")
    page = history(signed_in, f"?property={cabin.pk}")
    assert "No visits here yet." in page
    assert ">Everywhere</a>" in page


def test_an_address_of_somebody_else_is_not_found(
    signed_in: Browser, ada: Customer, eve: Customer, dee: Customer
) -> None:
    for other in (eve.properties.get().pk, dee.pk, "x", "\0"):
        assert signed_in.get(HISTORY, {"property": str(other)}).status_code == 404
    assert signed_in.get(HISTORY, {"property": str(ada.properties.get().pk)}).status_code == 200


KEY = "01a20e2a-0002-78c3-9541-f666de428ee7"


@pytest.mark.parametrize(
    "asked",
    [
        "x", "2026-05-26", KEY, f"2026-05-26{KEY}", f"2026-13-01.{KEY}", f"0000-01-01.{KEY}", f"2026-05-26.{KEY}\n",
        f"２０２６-05-26.{KEY}", "2026-05-26." + "-" * 36, f"2026-05-26.{KEY[:-1]}g", "\0",
    ],
)  # fmt: skip
def test_a_page_that_is_none_is_not_found(signed_in: Browser, weekly: Subscription, asked: str) -> None:
    a_stop(weekly, "2026-05-19")
    assert signed_in.get(HISTORY, {"before": asked}).status_code == 404
    assert signed_in.get(HISTORY, {"before": f"2026-05-26.{KEY}"}).status_code == 200


def test_there_is_nothing_before_the_first_visit(signed_in: Browser, weekly: Subscription) -> None:
    stop = a_stop(weekly, "2026-05-19")
    assert signed_in.get(HISTORY, {"before": f"2026-05-19.{stop.pk}"}).status_code == 404


def test_nothing_of_eve_is_on_adas_page(signed_in: Browser, eve: Customer) -> None:
    eve.properties.update(address1="99 Secret Lane")
    a_stop(Subscription.objects.get(customer=eve), "2026-05-26")
    page = history(signed_in)
    assert "Secret Lane" not in page
    assert days(page) == []


def test_schedule_leads_to_the_past_and_the_past_back(signed_in: Browser) -> None:
    assert f'href="{HISTORY}"' in signed_in.get(SCHEDULE).content.decode()
    page = history(signed_in)
    assert f'<a class="back" href="{SCHEDULE}">' in page
    assert f'<a href="{SCHEDULE}" aria-current="page">' in page, "its tab stays the current one"


def test_whose_service_has_ended_still_finds_the_past(signed_in: Browser, ada: Customer) -> None:
    Customer.objects.filter(pk=ada.pk).update(canceled_on=TODAY)
    Subscription.objects.update(ends_on=TODAY - timedelta(days=1))
    assert f'href="{HISTORY}"' in signed_in.get(SCHEDULE).content.decode()


def test_a_page_takes_the_same_few_statements_however_long_the_past(
    committed: None, folder: Path, clock: Clock
) -> None:
    """With a filter, photos and a page before it; and the same number with and without them."""
    bright = cast.a_business()
    with cast.inside(bright):
        ada = cast.a_customer(bright, "ada")
        zone = cast.a_zone(bright)
        of_four = [
            cast.a_subscription(cast.a_property(ada, zone, f"{n} Main Street"), cast.a_plan(bright)) for n in range(4)
        ]
    browser = Browser()
    browser.come_in(a_login(ada), now=clock.now)
    counts = []
    for past in ("none", "long"):
        if past == "long":
            with cast.inside(bright):
                for subscription in of_four:
                    many(subscription, 30)
                stop = Stop.objects.latest("service_date")
                photos.add(stop=stop, kind=Photo.Kind.AFTER, content=cast.a_picture(), actor=SYSTEM, now=clock.now)
        clock.forward(minutes=1)  # with the note that the session was seen
        with statements() as sent:
            page = history(browser)
        counts.append(len(sent))
    with statements() as sent:
        history(browser, f"{earlier(page)}&property={of_four[0].property_id}")
    assert counts == [5, 5], "\n".join(sent)
    assert len(sent) == 4
