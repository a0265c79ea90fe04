"""One PostgreSQL for the whole run, migrated by the owner and used as nextroute_app, as in production."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dj_database_url
import psycopg
import pytest
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from pytest_django import DjangoDbBlocker, Settings

from nextroute.billing.stripe.fake import FakeStripe, a_fake_stripe
from nextroute.config.embedded_postgres import Addresses, EmbeddedPostgres
from nextroute.core import scope
from nextroute.customers.models import Customer
from nextroute.identity import passwords
from nextroute.identity.models import Login
from nextroute.tenancy import businesses
from nextroute.tenancy.businesses import Business
from tests import cast, database
from tests.billing import till as tills
from tests.billing.till import Till
from tests.doors import Browser, Clock, a_login
from tests.post import Letter, Post

# Losing the data of a killed test run is no loss.
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "150"}


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """The addresses of a fresh, migrated database."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), settings=QUICK) as addresses:
        urls = {
            "DATABASE_URL": addresses.app,
            "DATABASE_OWNER_URL": addresses.owner,
            "DJANGO_SETTINGS_MODULE": "nextroute.config.settings",
        }
        subprocess.run(
            [sys.executable, "-m", "nextroute.config.cli", "migrate"],
            env=os.environ | urls,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        yield addresses


@pytest.fixture(scope="session")
def django_db_setup(postgres: Addresses, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    connection = connections["default"]
    assert isinstance(connection, DatabaseWrapper)
    connection.settings_dict.update(dj_database_url.parse(postgres.app))
    with django_db_blocker.unblock():
        yield
        connections.close_all()
        connection.close_pool()


@pytest.fixture
def owner(postgres: Addresses) -> Iterator[psycopg.Connection[Any]]:
    """A connection as nextroute_owner, in autocommit."""
    with psycopg.connect(postgres.owner, autocommit=True) as connection:
        yield connection


@pytest.fixture
def committed(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, owner: psycopg.Connection[Any]
) -> Iterator[None]:
    """For tests that need real commits, several connections or threads: every table is empty again afterwards."""
    with django_db_blocker.unblock():
        yield
        connections.close_all()
    database.empty(owner)


@pytest.fixture(autouse=True)
def _no_scope_left() -> Iterator[None]:
    """No test hands a scope on to the next one."""
    yield
    assert scope.current() == scope.NOWHERE


@pytest.fixture
def bright(db: None) -> Iterator[Business]:
    """Bright Bins of Denver; the test runs in its scope."""
    business = cast.a_business("bright-bins")
    with scope.business(business.id):
        yield business


@pytest.fixture
def ada(bright: Business) -> Customer:
    """Served weekly on Tuesdays."""
    ada = cast.a_customer(bright, "ada")
    cast.served(ada)
    return ada


@pytest.fixture
def eve(bright: Business, ada: Customer) -> Customer:
    """Another customer of Ada's business, on the same route."""
    eve = cast.a_customer(bright, "eve")
    cast.served(eve)
    return eve


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Noon of June 1, 2026 in Denver."""
    clock = Clock()
    monkeypatch.setattr(businesses, "utc_now", lambda: clock.now)
    return clock


@pytest.fixture
def browser(clock: Clock) -> Browser:
    return Browser()


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked of argon2, in order."""
    asked: list[str] = []

    def noting(name: str) -> None:
        real = getattr(passwords._HASHER, name)

        def note(*args: str) -> object:
            asked.append(name)
            return real(*args)

        monkeypatch.setattr(passwords._HASHER, name, note)

    noting("verify")
    noting("encode")
    return asked


@pytest.fixture
def login(ada: Customer) -> Login:
    """Ada's."""
    return a_login(ada)


@pytest.fixture
def signed_in(browser: Browser, login: Login, clock: Clock) -> Browser:
    """Ada's browser, signed in."""
    browser.come_in(login, now=clock.now)
    return browser


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """Where the test's files lie."""
    settings.FILES = tmp_path
    return tmp_path


@pytest.fixture
def post(clock: Clock) -> Post:
    return Post(clock)


@pytest.fixture
def letter(browser: Browser, login: Login, post: Post) -> Letter:
    """What Ada finds in her mailbox when her browser has asked for a link."""
    browser.ask(login.email)
    return post.letter()


@pytest.fixture
def silk(db: None) -> Business:
    return cast.a_business("silk-city", timezone="America/New_York")


@pytest.fixture
def stripe(settings: Settings) -> Iterator[FakeStripe]:
    """The stand-in for Stripe, configured and running."""
    with a_fake_stripe(endpoints=list(tills.LISTENERS)) as fake:
        settings.STRIPE_KEY, settings.STRIPE_URL, settings.STRIPE_WEBHOOK_SECRETS = fake.key, fake.url, tills.SECRETS
        yield fake


@pytest.fixture
def till(stripe: FakeStripe, db: None) -> Till:
    """Of Bright Bins, which can be paid online; Ada and Eve are its customers."""
    return tills.open_at(stripe, cast.a_business("bright-bins", email="office@bright-bins.example"))


@pytest.fixture
def dee(silk: Business) -> Customer:
    """A customer of another business."""
    with cast.inside(silk):
        dee = cast.a_customer(silk, "dee")
        cast.served(dee)
    return dee
