import pytest
from django.db import IntegrityError, transaction

from nextroute.audit.models import Detail, Entry
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import Actor, ActorKind
from nextroute.core.errors import Refused
from nextroute.customers.models import Customer
from nextroute.notifications import preferences
from nextroute.notifications.models import Preference
from nextroute.notifications.triggers import Category, Channel, Trigger
from nextroute.tenancy.businesses import Business
from tests.notifications.texting import owed

HERSELF = Actor(ActorKind.CUSTOMER)


def change(customer: Customer, category: Category = Category.VISITS, *, wanted: bool) -> None:
    preferences.change(customer_id=customer.id, category=category, channel=Channel.SMS, wanted=wanted, actor=HERSELF)


def test_a_category_is_turned_off_on_one_channel_for_one_customer(ada: Customer, eve: Customer) -> None:
    change(ada, wanted=False)
    assert preferences.unwanted(owed(ada))
    assert not preferences.unwanted(owed(ada, channel="email"))
    assert not preferences.unwanted(owed(ada, Trigger.WELCOME))
    assert not preferences.unwanted(owed(eve))


def test_it_is_turned_on_again(ada: Customer) -> None:
    change(ada, wanted=False)
    change(ada, wanted=True)
    assert not preferences.unwanted(owed(ada))
    assert Preference.objects.count() == 1


def test_security_cannot_be_turned_off(ada: Customer) -> None:
    with pytest.raises(Refused) as refused:
        change(ada, Category.SECURITY, wanted=False)
    assert refused.value.field == "category"
    assert not Preference.objects.exists()


def test_not_even_by_a_row_nobody_thought_of(ada: Customer) -> None:
    with pytest.raises(IntegrityError, match="preference_not_of_security"), transaction.atomic():
        Preference.objects.create(
            business_id=ada.business_id, customer=ada, category="security", channel="email", wanted=False
        )


def test_a_customer_changes_their_own_from_within_their_own_scope(bright: Business, ada: Customer) -> None:
    with scope.customer(bright.id, ada.id):
        change(ada, wanted=False)
        assert [row.category for row in ada.preferences.all()] == [Category.VISITS]


def test_a_change_is_in_the_trail_and_saying_it_again_is_none(ada: Customer) -> None:
    for wanted in (False, False, True):
        change(ada, wanted=wanted)
    entries = Entry.objects.filter(verb=Verb.PREFERENCE_CHANGED).order_by("id")
    assert [Detail.objects.get(entry=entry).values["wanted"] for entry in entries] == [False, True]
    assert {(entry.customer_id, entry.subject_label, *entry.changed) for entry in entries} == {
        (ada.id, "visits by sms", "wanted")
    }
