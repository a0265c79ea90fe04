from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

from django.db import connections

from nextroute.audit.models import Detail, Entry
from nextroute.audit.verbs import Verb
from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from nextroute.notifications import consents
from nextroute.notifications.models import Consent
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.cast import NOON, inside
from tests.notifications.texting import ADAS

LATER = NOON + timedelta(days=1)


def give(business: Business, *, customer_id: UUID | None = None) -> None:
    consents.give(business.id, ADAS, how="form", actor=SYSTEM, now=NOON, customer_id=customer_id)


def stop(business: Business) -> None:
    consents.stop(business.id, ADAS, actor=SYSTEM, now=NOON)


def give_back(business: Business) -> None:
    consents.give_back(business.id, ADAS, actor=SYSTEM, now=LATER)


def verbs() -> list[str]:
    return list(Entry.objects.filter(verb__startswith="sms.").order_by("id").values_list("verb", flat=True))


def test_nobody_has_agreed_until_they_do(bright: Business) -> None:
    assert consents.of(bright.id, [ADAS, ""]) == set()
    give(bright)
    assert consents.of(bright.id, [ADAS, "+13035550199", ""]) == {ADAS}


def test_stop_ends_it_and_start_gives_it_back(bright: Business) -> None:
    give(bright)
    stop(bright)
    assert consents.of(bright.id, [ADAS]) == set()
    give_back(bright)
    assert consents.of(bright.id, [ADAS]) == {ADAS}
    row = Consent.objects.get(phone=ADAS)
    assert (row.how, row.given_at, row.stopped_at) == ("start", LATER, None)


def test_a_form_gives_it_again_too(bright: Business) -> None:
    stop(bright)
    give(bright)
    assert consents.of(bright.id, [ADAS]) == {ADAS}


def test_start_gives_nothing_to_whom_had_not_stopped(bright: Business) -> None:
    """A plain “yes” from somebody who never agreed to anything agrees to nothing."""
    give_back(bright)
    assert not Consent.objects.exists()
    give(bright)
    give_back(bright)
    assert Consent.objects.get().how == "form"


def test_whoever_never_agreed_can_stop(bright: Business) -> None:
    stop(bright)
    assert consents.of(bright.id, [ADAS]) == set()
    assert Consent.objects.get().stopped_at == NOON


def test_it_is_one_businesss_alone(bright: Business, silk: Business) -> None:
    give(bright)
    with inside(silk):
        give(silk)
        stop(silk)
        assert consents.of(silk.id, [ADAS]) == set()
    assert consents.of(bright.id, [ADAS]) == {ADAS}


def test_each_change_is_in_the_trail_once_and_the_number_in_its_detail(bright: Business, ada: Customer) -> None:
    for _ in range(2):
        give(bright, customer_id=ada.id)
    for _ in range(2):
        stop(bright)
    for _ in range(2):
        give_back(bright)
    assert verbs() == [Verb.SMS_STARTED, Verb.SMS_STOPPED, Verb.SMS_STARTED]
    first = Entry.objects.filter(verb=Verb.SMS_STARTED).earliest("id")
    assert first.customer_id == ada.id
    assert Detail.objects.get(entry=first).values == {"phone": ADAS}
    assert not Entry.objects.filter(subject_label__contains="555").exists()


def test_two_at_once_are_one_and_then_the_other(committed: None) -> None:
    """The phone says STOP and START at once, again and again, and says it twice: the provider may."""
    business = cast.a_business()

    def say(word: int) -> None:
        try:
            with inside(business):
                (stop if word % 2 else give)(business)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as phones:
        list(phones.map(say, [1, 1, 0, 0, 1, 0] * 5))
    with inside(business):
        said = verbs()
        stopped = Consent.objects.get().stopped_at is not None
    assert [verb != before for before, verb in pairwise(said)] == [True] * (len(said) - 1)
    assert stopped is (said[-1] == Verb.SMS_STOPPED)
