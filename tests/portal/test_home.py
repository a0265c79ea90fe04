import re
from datetime import date
from typing import Any

import pytest

from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from nextroute.identity.models import Login
from nextroute.scheduling import holds
from nextroute.scheduling.models import BlackoutDate, Subscription
from nextroute.scheduling.reconcile import reconcile
from nextroute.tenancy import settings
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.billing.books import an_invoice, pay
from tests.cast import D
from tests.doors import HOME, Browser, Clock, a_login, statements
from tests.portal.test_invoices import many, on_its_way

TODAY = D("2026-06-01")


def home(browser: Browser) -> str:
    answer = browser.get(HOME)
    assert answer.status_code == 200
    return answer.content.decode()


def made(business: Business) -> None:
    """Routes and stops of the next week."""
    reconcile(business, TODAY, D("2026-06-08"), today=TODAY)


def test_the_next_visit_is_expected_until_its_route_is_made(signed_in: Browser, bright: Business) -> None:
    assert 'We expect to come on <time datetime="2026-06-02">Tuesday, June 2</time>.' in home(signed_in)
    made(bright)
    assert 'We’ll come on <time datetime="2026-06-02">Tuesday, June 2</time>.' in home(signed_in)


def test_today_is_the_businesss_day(signed_in: Browser, clock: Clock) -> None:
    Business.objects.update(session_idle_minutes=24 * 60)
    clock.forward(hours=11, minutes=59)  # 23:59 in Denver, the next day in UTC
    assert "tomorrow" in home(signed_in)
    clock.forward(minutes=1)
    assert "We expect to come today." in home(signed_in)


def test_every_day_on_the_page_is_marked_as_a_day(signed_in: Browser) -> None:
    page = home(signed_in)
    assert all(f'datetime="{day}"' in page for day in ("2026-06-02", "2026-06-09", "2026-07-07"))
    assert all(' datetime="20' in tag for tag in re.findall("<time[^>]*>", page))


def test_a_hold_is_arranged_and_moves_the_next_visit(signed_in: Browser, ada: Customer) -> None:
    holds.place(
        customer=ada,
        start_date=D("2026-06-03"),
        end_date=D("2026-06-17"),
        actor=SYSTEM,
        now=cast.NOON,
    )
    page = home(signed_in)
    assert "You’re away June 3 to 17" in page
    assert "We’ll skip 2 visits." in page


def test_a_hold_that_was_made_longer_is_arranged_once(signed_in: Browser, ada: Customer) -> None:
    days: dict[str, Any] = {"start_date": D("2026-06-03"), "actor": SYSTEM, "now": cast.NOON}
    hold, _ = holds.place(customer=ada, end_date=D("2026-06-10"), **days)
    holds.change(hold=hold, end_date=D("2026-06-17"), **days)
    page = home(signed_in)
    assert page.count("You’re away June 3 to 17") == page.count("You’re away June") > 0
    assert "We’ll skip 2 visits." in page


def test_a_hold_that_was_made_longer_is_arranged_once_in_its_second_part_too(
    signed_in: Browser, ada: Customer, clock: Clock
) -> None:
    days: dict[str, Any] = {"start_date": D("2026-06-03"), "actor": SYSTEM, "now": cast.NOON}
    hold, _ = holds.place(customer=ada, end_date=D("2026-06-05"), **days)
    holds.change(hold=hold, end_date=D("2026-06-17"), **days)
    clock.forward(days=7)
    signed_in.come_in(Login.objects.get(), now=clock.now)
    page = home(signed_in)
    assert "You’re away June 3 to 17" in page
    assert "We’ll skip 2 visits." in page


def test_a_holiday_is_a_note_from_the_business(signed_in: Browser, bright: Business) -> None:
    BlackoutDate.objects.create(business=bright, date=D("2026-06-09"), name="Founders’ Day", effect="skip")
    assert 'We’re off on <time datetime="2026-06-09">Tuesday, June 9</time>, for Founders’ Day.' in home(signed_in)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"activated_on": None}, "We’re getting your first visit ready."),
        ({"canceled_on": date(2026, 6, 1)}, "Your service has ended."),
        ({}, "No visit is planned yet."),
    ],
)
def test_without_a_visit_ahead_the_page_says_why(
    signed_in: Browser, ada: Customer, change: dict[str, date | None], sentence: str
) -> None:
    Subscription.objects.update(ends_on=D("2026-05-31"))
    Customer.objects.filter(pk=ada.pk).update(**change)
    assert sentence in home(signed_in)


def test_nothing_of_eve_is_on_adas_page(signed_in: Browser, ada: Customer, eve: Customer) -> None:
    eve.properties.update(address1="99 Secret Lane")
    assert "Secret Lane" not in home(signed_in)


@pytest.mark.parametrize(("path", "most"), [(HOME, 8), ("/portal/schedule/", 7)])
def test_a_page_takes_the_same_few_statements_however_long_the_history(
    committed: None, path: str, most: int, clock: Clock
) -> None:
    bright = cast.a_business()
    with cast.inside(bright):
        ada = cast.a_customer(bright, "ada")
        zone = cast.a_zone(bright)
        for n in range(4):
            cast.a_subscription(cast.a_property(ada, zone, f"{n} Main Street"), cast.a_plan(bright))
            cast.an_extra(ada.properties.latest("id"), "2026-06-16")
        BlackoutDate.objects.create(business=bright, date=D("2026-06-09"), name="Founders’ Day", effect="next_day")
        reconcile(bright, TODAY, D("2026-07-20"), today=TODAY)
        for month in ("2026-03-01", "2026-04-01", "2026-05-01"):
            an_invoice(ada.subscriptions.earliest("id"), 1250, month=D(month))
        many(ada, 100)
    browser = Browser()
    browser.come_in(a_login(ada), now=clock.now)
    clock.forward(minutes=1)  # with the note that the session was seen, once a minute
    with statements() as sent:
        assert browser.get(path).status_code == 200
    assert len(sent) <= most + 1, "\n".join(sent)
    with statements() as sent:
        browser.get(path)
    assert len(sent) <= most


def test_money_is_not_spoken_of_before_the_first_invoice(signed_in: Browser) -> None:
    assert "You owe" not in home(signed_in)


def test_what_is_owed_stands_with_what_is_due_first_and_how_to_pay(
    signed_in: Browser, ada: Customer, bright: Business
) -> None:
    settings.change(bright, {"payment_instructions": "Cash to the crew."}, actor=SYSTEM)
    weekly = ada.subscriptions.get()
    for month in ("2026-05", "2026-04", "2026-03", "2026-02"):
        an_invoice(weekly, 8119, month=D(f"{month}-01"), on="2026-06-01" if month == "2026-02" else "")
    page = home(signed_in)
    assert "$324<small>.76</small>" in page
    assert "Cash to the crew." in page
    assert re.findall('href="/portal/invoices/([^"]+)/"', page) == ["INV-1003", "INV-1002", "INV-1001"]
    assert '<b class="bad">61 days late</b>' in page
    assert "due Monday, June 1" in page


def test_who_is_paid_up_reads_so_and_of_credit(signed_in: Browser, ada: Customer) -> None:
    an_invoice(ada.subscriptions.get(), 1250, month=D("2026-05-01"))
    pay(ada, 2000, on="2026-06-01")
    page = home(signed_in)
    assert "Nothing. You’re all paid up." in page
    assert "You have $7.50 to your credit." in page


def test_money_on_its_way_is_not_asked_for_again(signed_in: Browser, ada: Customer) -> None:
    on_its_way(ada, an_invoice(ada.subscriptions.get(), 1250, month=D("2026-05-01")), 1250)
    page = home(signed_in)
    assert "Nothing to pay now." in page
    assert "$12.50 is on its way to us." in page
    assert "INV-1001" not in page


def test_whoever_may_not_sign_in_sees_no_home(login: Login) -> None:
    assert Browser().get(HOME).status_code == 200
    assert "Ada" not in Browser().get(HOME).content.decode()
