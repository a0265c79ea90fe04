import re

import pytest

from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from nextroute.scheduling import blackouts, holds
from nextroute.scheduling.calendar import Effect
from nextroute.scheduling.models import Zone
from tests import cast
from tests.cast import NOON, D
from tests.doors import SCHEDULE, Browser


def schedule(browser: Browser, query: str = "") -> str:
    answer = browser.get(f"{SCHEDULE}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def days(page: str) -> list[str]:
    """The days of the list."""
    return re.findall(r'<time class="leaf is-list" datetime="([0-9-]+)"', page)


def test_three_months_are_shown_from_today_on(signed_in: Browser) -> None:
    found = days(schedule(signed_in))
    assert (found[0], found[-1], len(found)) == ("2026-06-02", "2026-08-25", 13)


def test_more_months_follow_until_a_year_ahead(signed_in: Browser) -> None:
    page, pages = schedule(signed_in), 1
    while more := re.search(r'href="/portal/schedule/(\?from=[0-9-]+)"', page):
        page, pages = schedule(signed_in, more[1]), pages + 1
    assert pages == 5
    assert days(page)[-1].startswith("2027-08")


@pytest.mark.parametrize(
    "asked", ["2026", "2026-13", "2026-6", "x", "2026-06-01", "9999-12", "２０２６-０６", "0000-01"]
)
def test_a_month_that_is_none_or_too_far_is_not_found(signed_in: Browser, asked: str) -> None:
    assert signed_in.get(SCHEDULE, {"from": asked}).status_code == 404


def test_a_month_that_is_over_leads_to_this_one(signed_in: Browser) -> None:
    assert days(schedule(signed_in, "?from=2025-01")) == days(schedule(signed_in))


def test_one_address_may_be_looked_at_alone(signed_in: Browser, ada: Customer) -> None:
    cabin = cast.a_property(ada, Zone.objects.get(), "1 Cabin Road")
    cast.a_subscription(cabin, cast.a_plan(ada.business, "monthly"))
    page = schedule(signed_in, f"?property={cabin.pk}")
    assert days(page) == ["2026-06-02", "2026-07-07", "2026-08-04"]
    assert f"from=2026-09&amp;property={cabin.pk}" in page
    assert len(days(schedule(signed_in))) == 16


def test_an_address_of_somebody_else_is_not_found(
    signed_in: Browser, ada: Customer, eve: Customer, dee: Customer
) -> None:
    for other in (eve.properties.get().pk, dee.pk, "x", "\0"):
        assert signed_in.get(SCHEDULE, {"property": str(other)}).status_code == 404
    assert signed_in.get(SCHEDULE, {"property": str(ada.properties.get().pk)}).status_code == 200


def test_nothing_of_eve_is_on_adas_page(signed_in: Browser, eve: Customer) -> None:
    eve.properties.update(address1="99 Secret Lane")
    assert "Secret Lane" not in schedule(signed_in)


def test_who_is_not_served_yet_reads_why_instead_of_empty_months(signed_in: Browser, ada: Customer) -> None:
    Customer.objects.filter(id=ada.pk).update(activated_on=None)
    shown = schedule(signed_in)
    assert "getting your first visit ready" in shown
    assert days(shown) == []
    assert "<table" not in shown


def test_an_extra_is_a_line_by_its_plan_which_is_not_for_skipping(signed_in: Browser, ada: Customer) -> None:
    cast.an_extra(ada.properties.get(), "2026-06-09")
    page = schedule(signed_in)
    assert days(page).count("2026-06-09") == 2
    line = page[page.index("Driveway Wash") :].partition("</li>")[0]
    assert "Scheduled" in line
    assert "Skip this visit" not in line


def test_an_extra_that_lost_its_day_says_which_and_why(signed_in: Browser, ada: Customer) -> None:
    cast.an_extra(ada.properties.get(), "2026-06-09")
    day = D("2026-06-09")
    blackouts.add(business=ada.business, date=day, name="Crew training", effect=Effect.SKIP, actor=SYSTEM, now=NOON)
    line = schedule(signed_in).partition("No visit for Driveway Wash at 8447 West 51st Avenue")[2].partition("</li>")[0]
    assert "Crew training." in line
    assert "Nobody is out" not in line, "the day off may be taken back, the extra is not"


def test_each_day_of_the_calendar_with_a_visit_leads_to_the_line_that_tells_of_it(
    signed_in: Browser, ada: Customer
) -> None:
    """Days of one hold share a line."""
    holds.place(customer=ada, start_date=D("2026-07-06"), end_date=D("2026-07-22"), actor=SYSTEM, now=NOON)
    page = signed_in.get(SCHEDULE).content.decode()
    leads = dict(re.findall(r'<a href="#d([0-9-]+)"><time datetime="([0-9-]+)"', page))
    assert len(re.findall(r'href="#d2026-07-07"', page)) == 3
    assert leads["2026-06-09"] == "2026-06-09"
    lines = re.findall(r'<li id="d([0-9-]+)"', page)
    assert len(lines) == len(set(lines))
    assert set(leads) <= set(lines)
