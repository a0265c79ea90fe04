"""The page somebody asked for, signed out, is where they get to: by every way in. docs/rules/getting-in.md."""

import re
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as some

from nextroute.config import links
from nextroute.customers.models import Customer
from nextroute.identity import asks, throttling
from nextroute.identity.models import Login
from nextroute.portal import onward
from nextroute.portal.urls import urlpatterns
from nextroute.tenancy.businesses import Business
from nextroute.tenancy.links import by_the_door
from nextroute.web import audiences
from tests.doors import (
    AGAIN,
    ANYWHERE,
    CHOOSE,
    CHOOSE_BUSINESS,
    HOME,
    PASSWORD,
    SENT,
    SET_PASSWORD,
    Browser,
    Clock,
    a_login,
    said,
    statements,
)
from tests.post import Post

DOOR = "/portal/at/bright-bins/"
AUTOPAY, PAY = "/portal/autopay/", "/portal/pay/?invoice=INV-1042"
OFF, NEW_HOLD = "/portal/autopay/off/", "/portal/holds/new/"
KEY = "01890a5d-ac96-774b-bcce-b302099a8057"


def on_to(page: str, way_in: str = DOOR) -> str:
    """The address of a way in that leads on to a page."""
    return f"{way_in}?next={quote(page, safe='')}"


def led(page: str) -> str:
    """What is left of it."""
    return onward.page(page, links.to)


def ask(browser: Browser, email: str, *, at: str, way: str = "link") -> Any:
    answer = browser.post(at, {"email": email, "way": way})
    assert answer["Location"] == SENT
    return answer


# Who is asked to sign in


@pytest.mark.parametrize("page", [AUTOPAY, PAY, "/portal/pay/?look=1&invoices=INV-1&invoices=INV-2&amount="])
def test_a_stranger_is_asked_at_the_shared_door_and_a_known_browser_at_its_business(
    signed_in: Browser, page: str
) -> None:
    stranger, signed_in.token = Browser(), ""
    for look in (stranger.get, stranger.head):
        assert look(page)["Location"] == on_to(page, ANYWHERE)
    assert signed_in.get(page)["Location"] == on_to(page)


def test_a_session_over_by_time_leads_on_too(signed_in: Browser, login: Login, clock: Clock) -> None:
    clock.forward(minutes=61)
    way_in = signed_in.get(PAY)["Location"]
    assert way_in == f"{DOOR}?why=expired&next={quote(PAY, safe='')}"
    assert "You were signed out after a while" in said(signed_in.get(way_in))
    password = {"email": login.email, "password": PASSWORD, "way": "password"}
    assert signed_in.post(way_in, password)["Location"] == PAY


def test_home_is_nothing_to_be_led_on_to(signed_in: Browser) -> None:
    signed_in.token = ""
    assert Browser().get(HOME).status_code == 200
    assert signed_in.get(HOME)["Location"] == DOOR


@pytest.mark.parametrize(
    ("sent", "page", "leads"),
    [
        (NEW_HOLD, f"http://testserver{NEW_HOLD}?first=2026-06-09", f"{NEW_HOLD}?first=2026-06-09"),
        (OFF, f"http://testserver{AUTOPAY}", AUTOPAY),
        (OFF, f"http://testserver{OFF}", ""),
        (NEW_HOLD, "", ""),
        (NEW_HOLD, f"https://testserver{NEW_HOLD}", ""),
        (NEW_HOLD, f"http://testserver.evil.example{NEW_HOLD}", ""),
        (NEW_HOLD, f"http://testserver@evil.example{NEW_HOLD}", ""),
        (NEW_HOLD, f"http://evil.example{NEW_HOLD}", ""),
        (NEW_HOLD, f"http://[{NEW_HOLD}", ""),
        (CHOOSE, f"http://testserver{CHOOSE}", ""),
    ],
)
def test_what_was_sent_is_lost_but_leads_back_to_the_page_whose_form_it_was(
    signed_in: Browser, clock: Clock, sent: str, page: str, leads: str
) -> None:
    clock.forward(minutes=61)
    answer = signed_in.post(sent, headers={"referer": page})
    assert answer["Location"] == f"{DOOR}?why=unsent" + (f"&next={quote(leads, safe='')}" if leads else "")
    assert "nothing was changed" in said(signed_in.get(answer["Location"]))


# Every way in


def test_a_password_leads_on_also_after_a_wrong_one(browser: Browser, login: Login) -> None:
    for password, status in (("wrong", 422), ("", 422), (PASSWORD, 302)):
        answer = browser.post(on_to(PAY), {"email": login.email, "password": password, "way": "password"})
        assert answer.status_code == status
    assert answer["Location"] == PAY


def test_who_is_slowed_down_is_led_on_afterwards(browser: Browser, login: Login, clock: Clock) -> None:
    """The form has no other address than its page's own."""
    wrong = {"email": login.email, "password": "wrong", "way": "password"}
    for _ in range(throttling.BY_BOTH.burst):
        browser.post(on_to(PAY), wrong)
    answer = browser.post(on_to(PAY), wrong)
    assert answer.status_code == 429
    assert '<form class="form" method="post">' in said(answer)
    clock.forward(seconds=throttling.BY_BOTH.every)
    assert browser.post(on_to(PAY), wrong | {"password": PASSWORD})["Location"] == PAY


@pytest.mark.parametrize("at", [DOOR, ANYWHERE])
def test_a_mailed_link_leads_on_in_whichever_browser_it_is_opened(login: Login, post: Post, at: str) -> None:
    for clicking in (Browser(), None):
        asking = Browser()
        ask(asking, login.email, at=on_to(PAY, at))
        letter = post.letter()
        assert re.fullmatch(rf"{ANYWHERE}[\w-]{{43}}/", letter.link), "nothing of it is in the mail"
        assert (clicking or asking).post(letter.link)["Location"] == PAY


@pytest.mark.parametrize("at", [DOOR, ANYWHERE])
def test_a_code_leads_on(browser: Browser, login: Login, post: Post, at: str) -> None:
    ask(browser, login.email, at=on_to(PAY, at))
    letter = post.letter()
    assert browser.type_code("000000" if letter.code != "000000" else "000001").status_code == 422
    assert browser.type_code(letter.code)["Location"] == PAY


def test_asking_again_and_another_address_are_still_on_the_way(browser: Browser, login: Login, post: Post) -> None:
    for at in (DOOR, ANYWHERE):
        ask(browser, login.email, at=on_to(PAY, at))
        post.letter()
        assert f'href="{on_to(PAY, at)}"' in said(browser.get(SENT))
        assert browser.post(AGAIN)["Location"] == SENT
        assert browser.post(post.letter().link)["Location"] == PAY


def test_each_mail_leads_to_the_page_it_was_asked_on_the_way_to(
    browser: Browser, login: Login, post: Post, clock: Clock
) -> None:
    ask(browser, login.email, at=on_to(PAY))
    first = post.letter()
    clock.forward(seconds=1)
    ask(browser, login.email, at=DOOR)
    post.letter()
    assert browser.type_code(first.code)["Location"] == PAY


def test_the_shared_door_keeps_it_when_what_is_typed_is_no_address(browser: Browser, bright: Business) -> None:
    for answer in (browser.get(on_to(PAY, ANYWHERE)), browser.post(on_to(PAY, ANYWHERE), {"email": "ada"})):
        assert f'action="{on_to(PAY, ANYWHERE)}"' in said(answer)


def test_a_link_that_is_over_shows_the_way_to_a_new_one_and_on(login: Login, post: Post, clock: Clock) -> None:
    phone, desk = Browser(), Browser()
    ask(phone, login.email, at=on_to(PAY))
    letter = post.letter()
    phone.post(letter.link)
    assert f'href="{PAY}">Go on' in said(phone.post(letter.link)), "pressed twice"
    assert f'href="{on_to(PAY)}">Get a new link' in said(desk.get(letter.link))


def test_choosing_a_business_leads_on(browser: Browser, ada: Customer, dee: Customer, post: Post) -> None:
    for customer in (ada, dee):
        a_login(customer, email="same@example.com")
    ask(browser, "same@example.com", at=on_to(AUTOPAY, ANYWHERE))
    phone = Browser()
    assert phone.post(post.letter().link)["Location"] == CHOOSE_BUSINESS
    answer = phone.post(CHOOSE_BUSINESS, {"business": str(dee.business_id)})
    assert answer["Location"] == AUTOPAY
    assert "Silk City" in said(phone.get(AUTOPAY))


def test_choosing_one_of_several_customers_leads_on(browser: Browser, ada: Customer, eve: Customer) -> None:
    a_login(ada, eve, email="both@example.com")
    browser.post(on_to(PAY), {"email": "both@example.com", "password": PASSWORD, "way": "password"})
    choosing = browser.get(PAY)["Location"]
    assert choosing == on_to(PAY, CHOOSE)
    assert '<form method="post">' in said(browser.get(choosing))
    assert browser.post(choosing, {"customer": str(eve.pk)})["Location"] == PAY
    assert browser.post(CHOOSE, {"customer": str(ada.pk)})["Location"] == HOME, "who switches begins anew"


def test_who_was_choosing_when_the_session_ended_is_still_on_the_way(
    browser: Browser, ada: Customer, eve: Customer, clock: Clock
) -> None:
    browser.come_in(a_login(ada, eve, email="both@example.com"), now=clock.now)
    choosing = browser.get(PAY)["Location"]
    clock.forward(minutes=61)
    assert browser.get(choosing)["Location"] == f"{DOOR}?why=expired&next={quote(PAY, safe='')}"


def test_a_new_password_comes_first_and_leads_on(browser: Browser, login: Login, post: Post) -> None:
    ask(browser, login.email, at=on_to(PAY), way="new-password")
    setting = browser.post(post.letter().link)["Location"]
    assert setting == on_to(PAY, SET_PASSWORD)
    done = browser.post(setting, {"password": "velvet harbor tuesday"})["Location"]
    assert f'href="{PAY}">Go on' in said(browser.get(done))


def test_proving_the_mailbox_once_more_for_a_new_password_leads_on(signed_in: Browser, post: Post) -> None:
    assert signed_in.post(on_to(PAY, SET_PASSWORD), {"way": "link"})["Location"] == SENT
    assert signed_in.post(post.letter().link)["Location"] == on_to(PAY, SET_PASSWORD)


# From a mail


def test_a_mails_button_goes_through_the_businesss_own_door(browser: Browser, bright: Business, login: Login) -> None:
    address = by_the_door(links.to, bright, "portal_pay", query={"invoice": "INV-1042"})
    assert address == f"http://127.0.0.1{on_to(PAY)}"
    assert "Bright Bins" in said(browser.get(on_to(PAY)))
    browser.post(on_to(PAY), {"email": login.email, "password": PASSWORD, "way": "password"})
    assert browser.get(on_to(PAY))["Location"] == PAY, "who is in has no door to pass"


def test_the_door_leads_on_and_back_when_the_session_turns_out_to_be_over(signed_in: Browser, clock: Clock) -> None:
    clock.forward(minutes=61)
    answer = signed_in.get(on_to(PAY), follow=True)
    assert answer.redirect_chain == [(PAY, 302), (f"{DOOR}?why=expired&next={quote(PAY, safe='')}", 302)]


# What is not led on to

HOSTILE = [
    "//evil.example",
    "//evil.example/portal/autopay/",
    "///evil.example/portal/autopay/",
    "/\\evil.example/portal/autopay/",
    "\\\\evil.example",
    "\\/evil.example",
    "https://evil.example/portal/autopay/",
    "https:evil.example",
    "https:/portal/autopay/",
    "HTTPS://evil.example",
    "http://testserver/portal/autopay/",
    "http://testserver@evil.example/portal/autopay/",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "portal/autopay/",
    "@evil.example/portal/autopay/",
    ".evil.example/portal/autopay/",
    "/portal/../../evil",
    "/portal/autopay/../../dashboard/",
    "/portal/autopay/%2e%2e/%2e%2e/dashboard/",
    "/portal//autopay/",
    "/portal/autopay",
    "/portal/autopay/;x",
    "/portal/autopay/#there",
    "/portal%2Fautopay/",
    "/PORTAL/autopay/",
    " /portal/autopay/",
    "/portal/autopay/ ",
    "/portal/autopay/\n",
    "\t/portal/autopay/",
    "/portal/autopay/\r\nSet-Cookie: portal=x",
    "/portal/auto\0pay/",
    "/portal/\u202eautopay/",
    "\uff0fportal/autopay/",
    "/portal/holds/\u0661/",
    "/nowhere/",
    "/dashboard/",
    "/dashboard/invoices/",
    "/api/webhooks/stripe",
    "/healthz",
    "/dev/mail/",
    HOME,
    DOOR,
    on_to(AUTOPAY),
    ANYWHERE,
    SENT,
    AGAIN,
    f"{ANYWHERE}{'x' * 43}/",
    CHOOSE_BUSINESS,
    CHOOSE,
    SET_PASSWORD,
    "/portal/sign-out/",
    f"/portal/calendar/{'x' * 43}.ics",
    "/portal/autopay/off/",
    "/portal/autopay/add/",
    f"/portal/autopay/methods/{KEY}/",
    f"{AUTOPAY}?{'x' * onward.LONGEST}",
    "x" * 100_000,
    "",
    "/",
    "?",
]


@pytest.mark.parametrize("wanted", HOSTILE)
def test_what_is_no_page_of_a_customers_leads_home(signed_in: Browser, wanted: str) -> None:
    assert led(wanted) == ""
    assert signed_in.get(on_to(wanted))["Location"] == HOME


@pytest.mark.parametrize("way", ["password", "link", "code"])
@pytest.mark.parametrize("wanted", ["//evil.example/portal/autopay/", "https://evil.example", "/\\evil.example", SENT])
def test_a_forged_address_leads_home_by_every_way_in(
    browser: Browser, login: Login, post: Post, wanted: str, way: str
) -> None:
    typed = {"email": login.email, "password": PASSWORD, "way": "password" if way == "password" else "link"}
    answer = browser.post(on_to(wanted), typed)
    if way == "link":
        answer = Browser().post(post.letter().link)
    elif way == "code":
        answer = browser.type_code(post.letter().code)
    assert answer["Location"] == HOME


def test_a_forged_address_leads_home_by_every_page_after_it(
    browser: Browser, ada: Customer, eve: Customer, clock: Clock
) -> None:
    browser.come_in(a_login(ada, eve, email="both@example.com"), now=clock.now)
    assert browser.post(on_to("//evil.example", CHOOSE), {"customer": str(eve.pk)})["Location"] == HOME
    assert f'href="{HOME}">See your visits' in said(browser.get(on_to("//evil.example", SET_PASSWORD) + "&set=1"))


def test_what_was_let_into_an_ask_is_judged_again_when_it_is_followed(
    browser: Browser, login: Login, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as trusting:
        trusting.setattr(onward, "asked", lambda request: request.GET.get("next", ""))
        ask(browser, login.email, at=on_to("https://evil.example/"))
    assert browser.post(post.letter().link)["Location"] == HOME


@pytest.mark.parametrize(
    ("wanted", "address"),
    [
        (f"{AUTOPAY}?next=//evil.example", f"{AUTOPAY}?next=%2F%2Fevil.example"),
        (f"{AUTOPAY}?a=1#//evil.example", f"{AUTOPAY}?a=1%23%2F%2Fevil.example"),
        (f"{AUTOPAY}?a=\r\nSet-Cookie:x", f"{AUTOPAY}?a=%0D%0ASet-Cookie%3Ax"),
        (f'{AUTOPAY}?"><script>', f"{AUTOPAY}?%22%3E%3Cscript%3E="),
        (f"{AUTOPAY}?", AUTOPAY),
        (f"/portal/pay/{KEY.upper()}/", ""),
        (f"/portal/pay/{KEY}/", f"/portal/pay/{KEY}/"),
        (f"/portal/visits/{KEY}/2026-06-16/skip/", f"/portal/visits/{KEY}/2026-06-16/skip/"),
        (f"/portal/visits/{KEY}/2026-06-31/skip/", ""),
        ("/portal/invoices/INV-1042/", "/portal/invoices/INV-1042/"),
    ],
)
def test_an_address_is_built_anew_from_the_page_it_names(wanted: str, address: str) -> None:
    assert led(wanted) == address


@given(some.text(max_size=80), some.sampled_from(["", "/", "//", "/portal/", AUTOPAY, f"{AUTOPAY}?", f"{PAY}&x="]))
def test_whatever_is_asked_for_leads_to_a_customers_page_or_nowhere(text: str, start: str) -> None:
    found = led(start + text)
    parts = urlsplit(found)
    assert (parts.scheme, parts.netloc, parts.fragment) == ("", "", "")
    assert not found or (found.isascii() and found.isprintable() and parts.path.startswith("/portal/"))
    assert len(found) > onward.LONGEST or led(found) == found
    assert "next" not in parse_qs(parts.query) or "next" in text


def test_every_page_of_a_customers_that_can_be_looked_at_is_led_on_to(browser: Browser, bright: Business) -> None:
    """But for home; and what cannot be looked at is not."""
    parts = {"number": "INV-1042", "due_on": "2026-06-16"}
    for pattern in urlpatterns:
        if audiences.of(pattern.callback) != "customer" or pattern.name == "portal_home":
            continue
        names = pattern.pattern.converters
        where: dict[str, Any] = {name: parts.get(name, KEY) for name in names}
        address = links.to(str(pattern.name), **where)
        looks = browser.get(address).status_code != 405
        assert led(address) == (address if looks else ""), pattern.name


# What it costs


@pytest.mark.parametrize("at", [DOOR, ANYWHERE])
def test_asking_on_the_way_to_a_page_costs_the_same_for_an_address_that_is_nobodys(
    login: Login, post: Post, at: str
) -> None:
    told: set[int | str] = set()
    for email in (login.email, "nobody@example.com"):
        for where in (at, on_to(PAY, at)):
            browser = Browser()
            with statements() as sent:
                ask(browser, email, at=where)
            assert not [one for one in sent if "identity_login" in one], "nobody is looked up"
            told.add(len(sent))
        told.add(f"{len(said(browser.get(SENT))) - len(email)} letters")
    assert len(told) == 2
    assert [one.to for one in post.round()] == [login.email] * 2


def test_an_ask_keeps_the_page(browser: Browser, login: Login) -> None:
    answer = ask(browser, login.email, at=on_to(PAY))
    kept = asks.latest_of(answer.cookies[settings.ASKING_COOKIE].value)
    assert kept
    assert kept.onward == PAY
