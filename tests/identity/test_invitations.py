"""Customers are welcomed: one by name, or all who have not been here yet."""

import pytest

from nextroute.audit.models import Entry
from nextroute.audit.verbs import Verb
from nextroute.core.actors import SYSTEM
from nextroute.core.errors import Refused
from nextroute.customers.models import Customer
from nextroute.identity import invitations, sessions
from nextroute.identity.models import Access, Login
from nextroute.notifications.models import Delivery
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON
from tests.doors import a_login, statements


def welcomed() -> list[str]:
    return sorted(Delivery.objects.filter(trigger="welcome").values_list("address", flat=True))


def invite_all(business: Business, *, again: bool = False) -> int:
    return invitations.invite_all(business, actor=SYSTEM, now=NOON, again=again)


def test_all_who_never_signed_in_are_welcomed_once(bright: Business, ada: Customer, eve: Customer) -> None:
    here, _new = a_login(ada), a_login(eve)
    sessions.start(here, customer=ada, user_agent="", now=NOON)
    assert invite_all(bright) == 1
    assert welcomed() == [eve.email]
    assert invite_all(bright) == 0
    assert invite_all(bright, again=True) == 1
    assert welcomed() == [eve.email, eve.email]


def test_nobody_else_is_welcomed(bright: Business, ada: Customer, dee: Customer) -> None:
    a_login(dee)
    a_login(ada)
    Access.objects.all().delete()
    assert invite_all(bright) == 0
    assert not Entry.objects.filter(verb=Verb.LOGIN_INVITED).exists()


def test_somebody_with_two_customers_is_welcomed_once_and_in_nobodys_trail(
    bright: Business, ada: Customer, eve: Customer
) -> None:
    Customer.objects.filter(pk=ada.pk).update(language="es")
    a_login(ada, eve, email="both@example.com")
    assert invite_all(bright) == 1
    owed = Delivery.objects.get()
    assert (owed.address, owed.customer_id, owed.language) == ("both@example.com", None, "es")


def test_it_costs_the_same_for_one_as_for_many_and_leaves_one_entry(bright: Business, ada: Customer) -> None:
    a_login(ada)
    with statements() as for_one:
        invite_all(bright)
    for n in range(12):
        a_login(cast.a_customer(bright, f"someone{n}"))
    with statements() as for_many:
        assert invite_all(bright) == 12
    assert len(for_one) == len(for_many)
    assert [entry.counts for entry in Entry.objects.filter(verb=Verb.LOGIN_INVITED).order_by("id")] == [
        {"invited": 1},
        {"invited": 12},
    ]


def test_one_customer_is_welcomed_whatever_went_before(bright: Business, ada: Customer) -> None:
    login = a_login(ada)
    sessions.start(login, customer=ada, user_agent="", now=NOON)
    for _ in range(2):
        assert invitations.invite(customer=ada, actor=SYSTEM, now=NOON) == login
    assert welcomed() == [ada.email, ada.email]
    assert Entry.objects.filter(verb=Verb.LOGIN_INVITED, customer_id=ada.pk).count() == 2
    assert Login.objects.get().invited_at == NOON


def test_a_customer_without_a_way_in_gets_one(bright: Business, ada: Customer) -> None:
    invitations.invite(customer=ada, actor=SYSTEM, now=NOON)
    assert Access.objects.get(customer=ada).login.email == ada.email


def test_a_customer_without_an_address_cannot_be_welcomed(bright: Business) -> None:
    with pytest.raises(Refused) as refused:
        invitations.invite(customer=cast.a_customer(bright, "kim", email=""), actor=SYSTEM, now=NOON)
    assert refused.value.field == "email"
    assert not Login.objects.exists()
