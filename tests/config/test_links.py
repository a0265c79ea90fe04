import pytest
from django.test import RequestFactory
from django.urls import NoReverseMatch

from nextroute.config import links
from nextroute.tenancy.businesses import Business

BRIGHT = Business(slug="bright-bins")


def test_a_page_has_its_address() -> None:
    assert links.to("portal_home") == "/portal/"
    assert links.to("portal_schedule", query={"from": "2026-09"}) == "/portal/schedule/?from=2026-09"


def test_the_way_in_of_a_business_has_its_name() -> None:
    assert links.to("portal_sign_in", BRIGHT) == "/portal/at/bright-bins/"
    assert links.to("portal_home", BRIGHT) == "/portal/"


def test_what_leaves_the_site_has_the_host(settings: object) -> None:
    assert links.to("portal_home", absolute=True) == "http://127.0.0.1/portal/"
    settings.DEV, settings.ALLOWED_HOSTS = False, ["portal.example.com", "other"]  # type: ignore[attr-defined]
    assert links.to("portal_sign_in", BRIGHT, absolute=True) == "https://portal.example.com/portal/at/bright-bins/"


def test_what_a_calendar_opens_has_its_scheme_and_the_host() -> None:
    assert links.to("portal_home", scheme="webcal") == "webcal://127.0.0.1/portal/"


def test_on_ones_own_machine_an_address_says_where_the_server_listens(settings: object) -> None:
    settings.PORT = "8001"  # type: ignore[attr-defined]
    assert links.to("portal_home", absolute=True) == "http://127.0.0.1:8001/portal/"


def test_a_calendar_on_the_web_is_told_in_its_own_address_what_to_read() -> None:
    address = links.to("google_calendar", query={"cid": "webcal://portal.example.com/a b.ics"})
    assert address == "https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2Fportal.example.com%2Fa%20b.ics"


def test_a_page_there_is_not_has_none() -> None:
    with pytest.raises(NoReverseMatch):
        links.to("portal_of_nobody")


def test_a_requests_links_know_the_business_it_turns_out_to_be_at() -> None:
    request = RequestFactory().get("/")
    link = links.for_request(request)
    vars(request)["business"] = BRIGHT
    assert link("portal_sign_in") == "/portal/at/bright-bins/"
    assert link("portal_sign_in", slug="silk-city") == "/portal/at/silk-city/"
