import logging
import os
import socket
from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection, connections
from django.test import Client

from nextroute.scheduling import visits
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.doors import HOME, Browser, Clock, a_login, connected_by

NEVER = ("Traceback", "psycopg", "Exception", "line ", "SELECT")


def calm(page: str) -> bool:
    return "<h1>" in page and not any(word in page for word in NEVER)


def test_an_address_there_is_not_is_a_calm_page_in_the_look_that_is_known(browser: Browser, signed_in: Browser) -> None:
    page = signed_in.get("/nowhere")
    assert page.status_code == 404
    assert calm(page.content.decode())
    assert "Bright Bins" in page.content.decode()
    signed_in.token = ""
    assert "Bright Bins" in signed_in.get("/nowhere").content.decode()


def test_a_stranger_is_told_of_no_business(browser: Browser, bright: Business) -> None:
    page = browser.get("/nowhere")
    assert (page.status_code, "Bright" in page.content.decode()) == (404, False)


def test_a_failure_of_ours_is_a_calm_page_without_the_database(
    signed_in: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(visits, "ahead", lambda *_, **__: 1 / 0)
    signed_in.raise_request_exception = False
    answer = signed_in.get(HOME)
    assert answer.status_code == 500
    assert calm(answer.content.decode())


def test_a_request_for_another_host_is_refused_calmly() -> None:
    answer = Client(headers={"host": "evil.example"}).get(HOME)
    assert answer.status_code == 400
    assert calm(answer.content.decode())


def test_a_database_that_goes_away_is_a_page_that_says_so(
    signed_in: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OperationalError("server closed the connection while asking for ada@example.com")

    monkeypatch.setattr(visits, "ahead", fail)
    with caplog.at_level(logging.INFO):
        answer = signed_in.get(HOME)
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert calm(answer.content.decode())
    assert "ada@example.com" not in caplog.text
    assert "Traceback" not in caplog.text


@pytest.fixture
def no_database(committed: None) -> Iterator[None]:
    """The address of the database leads nowhere, and the pool has little patience."""
    impatient = {"pool": {"min_size": 1, "max_size": 1, "timeout": 0.2}}
    with connected_by(HOST="127.0.0.1", PORT="9", OPTIONS=impatient):
        yield


@pytest.mark.parametrize("path", [HOME, "/portal/at/bright-bins/", "/portal/schedule/", "/nowhere"])
def test_without_a_database_every_page_is_calm(no_database: None, path: str) -> None:
    browser = Browser()
    browser.token = "x" * 43
    answer = browser.get(path)
    assert answer.status_code == (404 if path == "/nowhere" else 503)
    assert calm(answer.content.decode())


def test_without_a_database_nobody_signs_in_and_health_says_so(no_database: None) -> None:
    assert Browser().sign_in("ada@example.com").status_code == 503
    answer = Browser().get("/healthz")
    assert (answer.status_code, answer.json()["database"]) == (503, "does not answer")


def test_a_connection_cut_in_the_middle_of_a_page_is_a_page_that_says_so_and_the_next_one_works(
    committed: None, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    bright = cast.a_business()
    with cast.inside(bright):
        ada = cast.a_customer(bright, "ada")
        cast.served(ada)
    browser = Browser()
    browser.come_in(a_login(ada), now=clock.now)

    def cut(*_: object, **__: object) -> None:
        assert connection.connection is not None
        with socket.socket(fileno=os.dup(connection.connection.pgconn.socket)) as line:
            line.shutdown(socket.SHUT_RDWR)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    with monkeypatch.context() as during:
        during.setattr(visits, "ahead", cut)
        assert browser.get(HOME).status_code == 503
    connections.close_all()  # as at the end of every request
    assert browser.get(HOME).status_code == 200
