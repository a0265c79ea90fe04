import pytest
from django.db import transaction

from nextroute.audit.models import Entry
from nextroute.audit.verbs import Verb
from nextroute.core import scope
from nextroute.core.actors import SYSTEM
from nextroute.core.errors import Refused
from nextroute.notifications import sms_numbers
from nextroute.tenancy.businesses import Business
from tests.cast import NOON, inside
from tests.notifications.texting import OURS


def give(business: Business, number: str = OURS) -> str:
    return sms_numbers.give(business=business, number=number, actor=SYSTEM, now=NOON)


def owner(number: str) -> object:
    """As a webhook finds it: in nobody's scope."""
    with transaction.atomic(), scope._within(scope.NOWHERE):
        return sms_numbers.owner(number)


def of(business: Business) -> str:
    with inside(business):
        return sms_numbers.of(Business.objects.get(id=business.id))


def test_a_business_has_none_until_it_is_given_one(bright: Business) -> None:
    assert of(bright) == ""
    assert give(bright, "+1 (303) 555-0100") == OURS
    assert of(bright) == OURS


def test_the_business_is_found_by_its_number(bright: Business, silk: Business) -> None:
    give(bright)
    give(silk, "+18605550100")
    assert (owner(OURS), owner("+18605550100"), owner("+13035550101"), owner("")) == (bright.id, silk.id, None, None)


def test_another_number_takes_the_place_of_the_first(bright: Business) -> None:
    give(bright)
    give(bright, "+13035550101")
    assert of(bright) == "+13035550101"
    assert owner(OURS) is None


def test_a_number_is_one_businesss(bright: Business, silk: Business) -> None:
    give(bright)
    with pytest.raises(Refused, match="Another business") as refused:
        give(silk)
    assert refused.value.field == "number"
    assert (owner(OURS), of(silk)) == (bright.id, "")


def test_a_number_taken_back_may_be_given_to_another(bright: Business, silk: Business) -> None:
    give(bright)
    assert sms_numbers.take_back(business=bright, actor=SYSTEM) == OURS
    assert sms_numbers.take_back(business=bright, actor=SYSTEM) == ""
    assert of(bright) == ""
    give(silk)
    assert owner(OURS) == silk.id


@pytest.mark.parametrize("number", ["", "303 555 0100", "bright", "+1303"])
def test_what_is_no_number_is_refused(bright: Business, number: str) -> None:
    with pytest.raises(Refused, match="international number"):
        give(bright, number)


def test_it_is_in_the_trail_once(bright: Business) -> None:
    for _ in range(2):
        give(bright)
    for _ in range(2):
        sms_numbers.take_back(business=bright, actor=SYSTEM)
    entries = Entry.objects.filter(verb__startswith="sms_number").order_by("id")
    assert [(entry.verb, entry.subject_label) for entry in entries] == [
        (Verb.SMS_NUMBER_GIVEN, OURS),
        (Verb.SMS_NUMBER_TAKEN_BACK, OURS),
    ]
