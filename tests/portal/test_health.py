from collections.abc import Iterator

import dj_database_url
import pytest

from nextroute.config.embedded_postgres import Addresses
from nextroute.core import running_role
from nextroute.portal import health
from tests.doors import Browser, connected_by

OK = {"status": "ok", "database": "ok", "migrations": "ok"}


def test_all_is_well(db: None) -> None:
    answer = Browser().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, OK)


def test_a_missing_migration_is_named(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_needed", lambda: {("identity", "0001_initial"), ("identity", "9999_next")})
    answer = Browser().get("/healthz")
    assert (answer.status_code, answer.json()["migrations"]) == (503, "missing: identity.9999_next")


@pytest.fixture
def as_owner(committed: None, postgres: Addresses) -> Iterator[None]:
    """Connected as the role that migrates."""
    with connected_by(**dj_database_url.parse(postgres.owner)):
        yield


def test_a_role_that_row_security_does_not_bind_is_refused(as_owner: None) -> None:
    with pytest.raises(running_role.WrongRole, match="nextroute_owner has BYPASSRLS"):
        running_role.refuse_wrong_role()
    answer = Browser().get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "failing")


def test_the_role_of_the_web_server_is_fine(db: None) -> None:
    running_role.refuse_wrong_role()
