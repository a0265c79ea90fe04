import pytest

from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from nextroute.identity import logins, passwords, sign_in
from nextroute.identity.arrivals import Asker
from nextroute.identity.models import Login, PortalSession
from tests.cast import NOON
from tests.doors import PASSWORD, SOMEBODY, a_login

ASKER = Asker(SOMEBODY, lambda _slug, _email: True)


def prove(login: Login | None, password: str = PASSWORD) -> str | None:
    return sign_in.prove(login, password, asker=ASKER, now=NOON)


def test_the_right_password_begins_a_session_for_the_only_customer(login: Login, ada: Customer) -> None:
    assert prove(sign_in.who(login.email))
    assert PortalSession.objects.get().customer == ada


def test_somebody_with_several_customers_has_picked_none_yet(ada: Customer, eve: Customer) -> None:
    assert prove(a_login(ada, eve))
    assert PortalSession.objects.get().customer is None


def test_a_password_changed_between_proof_and_session_opens_nothing(login: Login) -> None:
    stale = sign_in.who(login.email)
    logins.set_password(login, "velvet harbor tuesday", actor=SYSTEM, now=NOON)
    assert prove(stale) is None
    assert not PortalSession.objects.exists()


def test_a_hash_of_other_parameters_is_made_anew_at_sign_in(login: Login, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords._HASHER, "time_cost", 1)
    assert prove(login)
    renewed = Login.objects.get(pk=login.pk)
    assert "t=1," in renewed.password
    assert prove(renewed)
