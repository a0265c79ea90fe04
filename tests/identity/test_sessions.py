from datetime import timedelta
from hashlib import sha256

import pytest

from nextroute.audit.models import Entry
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.scope import Scope
from nextroute.customers.models import Customer
from nextroute.identity import presence, sessions
from nextroute.identity.models import Access, Login, PortalSession
from nextroute.identity.presence import Over, Presence
from nextroute.identity.sessions import Proof
from nextroute.tenancy.businesses import Business
from tests.cast import NOON
from tests.doors import SOMEBODY, a_login

HOUR = timedelta(hours=1)


@pytest.fixture
def token(login: Login, ada: Customer) -> str:
    return sessions.start(login, customer=ada, user_agent="x" * 999, now=NOON)


def found(token: str, after: timedelta = timedelta(0)) -> Presence | Over | None:
    with scope.transaction_of():
        return presence.of(token, now=NOON + after)


def test_only_the_hash_of_the_token_is_kept(token: str) -> None:
    session = PortalSession.objects.get()
    assert len(token) == 43
    assert session.token_hash == sha256(token.encode()).hexdigest()
    assert len(session.user_agent) == 200


def test_a_token_says_who_asks_and_for_whom(token: str, ada: Customer, login: Login) -> None:
    here = found(token)
    assert isinstance(here, Presence)
    assert (here.customer, here.login) == (ada, login)


@pytest.mark.parametrize("unknown", ["", "x", "x" * 43, "é" * 43, "x" * 42 + "\n", "'" * 43])
def test_a_token_nobody_was_given_opens_nothing(token: str, unknown: str) -> None:
    assert found(unknown) is None


def test_a_session_is_over_after_the_idle_time_of_its_business(token: str, bright: Business) -> None:
    assert isinstance(found(token, 59 * HOUR / 60), Presence)
    assert isinstance(found(token, 59 * HOUR / 60 + HOUR), Over)
    assert found(token, 59 * HOUR / 60 + HOUR) == Over(bright, expired=True)


def test_a_session_is_over_after_thirty_days_however_busy(token: str, bright: Business) -> None:
    Business.objects.update(session_idle_minutes=30 * 24 * 60)
    assert isinstance(found(token, timedelta(days=15)), Presence)
    assert isinstance(found(token, timedelta(days=30, seconds=-1)), Presence)
    assert isinstance(found(token, timedelta(days=30)), Over)


def test_a_session_is_touched_once_a_minute(token: str) -> None:
    found(token, timedelta(seconds=59))
    assert PortalSession.objects.get().seen_at == NOON
    found(token, timedelta(seconds=60))
    assert PortalSession.objects.get().seen_at == NOON + timedelta(seconds=60)


def test_signing_out_ends_it_and_is_no_expiry(token: str, bright: Business) -> None:
    sessions.end(token, actor=SOMEBODY, now=NOON)
    assert found(token) == Over(bright, expired=False)
    sessions.end(token, actor=SOMEBODY, now=NOON + HOUR)
    assert PortalSession.objects.get().ended_at == NOON


def test_ending_a_token_nobody_was_given_does_nothing(token: str) -> None:
    sessions.end("x" * 43, actor=SOMEBODY, now=NOON)
    assert isinstance(found(token), Presence)


def test_an_access_that_is_taken_away_ends_what_it_opened(token: str) -> None:
    Access.objects.all().delete()
    assert found(token) == Over(None, expired=False)


def test_one_of_several_must_be_picked_and_only_ones_own(ada: Customer, eve: Customer) -> None:
    both = a_login(ada, eve, email="both@example.com")
    token = sessions.start(both, customer=None, user_agent="", now=NOON)
    here = found(token)
    assert isinstance(here, Presence)
    assert (here.customer, list(here.customers)) == (None, [ada, eve])
    assert here.pick(str(login_of_nobody := both.pk), actor=SOMEBODY) is None, login_of_nobody
    assert here.pick(str(eve.pk), actor=SOMEBODY) == eve
    again = found(token)
    assert isinstance(again, Presence)
    assert again.customer == eve


def test_whom_one_acts_for_is_on_record(ada: Customer, eve: Customer) -> None:
    both = a_login(ada, eve, email="both@example.com")
    here = found(sessions.start(both, customer=None, user_agent="", now=NOON))
    assert isinstance(here, Presence)
    here.pick(str(eve.pk), actor=SOMEBODY)
    entry = Entry.objects.get(verb=Verb.CUSTOMER_CHOSEN)
    assert (entry.verb, entry.actor_id, entry.customer_id) == (Verb.CUSTOMER_CHOSEN, both.pk, eve.pk)


@pytest.mark.parametrize(("by", "minutes", "holds"), [("link", 14, True), ("code", 14, True), ("link", 15, False)])
def test_a_mailbox_proven_a_moment_ago_is_held_for_a_quarter_of_an_hour(
    login: Login, by: str, minutes: int, holds: bool
) -> None:
    sessions.start(login, customer=None, user_agent="", now=NOON, by=Proof(by))
    session = PortalSession.objects.get()
    assert session.holds_the_mailbox(NOON + timedelta(minutes=minutes)) is holds


def test_a_password_proves_no_mailbox(token: str) -> None:
    assert not PortalSession.objects.get().holds_the_mailbox(NOON)


def test_losing_access_to_the_picked_one_leaves_the_other(ada: Customer, eve: Customer) -> None:
    both = a_login(ada, eve, email="both@example.com")
    token = sessions.start(both, customer=eve, user_agent="", now=NOON)
    Access.objects.filter(customer=eve).delete()
    here = found(token)
    assert isinstance(here, Presence)
    assert here.customer == ada


def test_a_token_leads_into_its_business_and_no_other(token: str, login: Login, dee: Customer) -> None:
    with scope.business(dee.business_id):
        a_login(dee)
    with scope._within(scope.NOWHERE), scope.transaction_of():
        session = sessions.entered(token)
        assert session
        assert (session.login_id, scope.current()) == (login.pk, Scope(login.business_id))
        assert set(Login.objects.values_list("business_id", flat=True)) == {login.business_id}


def test_a_token_nobody_was_given_leads_nowhere(token: str) -> None:
    with scope.transaction_of():
        assert sessions.entered(token[::-1]) is None
        assert scope.current() == scope.NOWHERE
        assert not PortalSession.objects.exists()
        assert not Login.objects.exists()


def test_a_session_is_read_by_its_own_key_before_its_business_is_known(token: str, login: Login) -> None:
    sessions.start(login, customer=None, user_agent="", now=NOON)
    with scope._within(scope.NOWHERE), scope.presenting(sha256(token.encode()).hexdigest()):
        assert PortalSession.objects.get().login_id == login.pk
        assert not Login.objects.exists()
