"""What did not arrive is the office's to look at, and to send again."""

from datetime import timedelta
from uuid import uuid4

import pytest

from nextroute.audit.models import Entry
from nextroute.audit.verbs import Verb
from nextroute.core.actors import Actor, ActorKind
from nextroute.core.errors import Refused
from nextroute.customers.models import Customer
from nextroute.notifications import bounces, dead_letters
from nextroute.notifications.models import Delivery
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.doors import Clock
from tests.notifications.posting import Outbox, deliver, owe

BO = Actor(ActorKind.STAFF)


def given_up(business: Business, customer: Customer | None = None, **changes: object) -> Delivery:
    one = owe(business, customer=customer)
    fields = {"status": "failed", "attempts": 8, "why": "refused 550", "provider_id": str(one.id)} | changes
    Delivery.objects.filter(id=one.id).update(**fields)
    one.refresh_from_db()
    return one


def resend(business: Business, one: Delivery, clock: Clock) -> Delivery:
    return dead_letters.resend(one.id, business=business, actor=BO, now=clock.now)


def test_what_was_given_up_or_came_back_is_listed_the_newest_first(
    bright: Business, silk: Business, clock: Clock
) -> None:
    failed, bounced = given_up(bright), given_up(bright, status="bounced")
    for status in ("queued", "sent", "dropped"):
        given_up(bright, status=status)
    with cast.inside(silk):
        given_up(silk)
    assert dead_letters.of(bright) == [bounced, failed]


@pytest.mark.parametrize("status", ["failed", "bounced"])
def test_a_dead_letter_is_sent_again_as_if_it_had_never_been_tried(
    bright: Business, ada: Customer, clock: Clock, outbox: Outbox, status: str
) -> None:
    one = given_up(bright, ada, status=status)
    bounces.note(bright.pk, one.address, why="bounced", now=clock.now)
    clock.forward(days=2)
    resend(bright, one, clock)
    one.refresh_from_db()
    assert (one.status, one.attempts, one.due_at, one.why, one.provider_id) == ("queued", 0, clock.now, "", None)
    deliver(bright, clock)
    one.refresh_from_db()
    assert (one.status, one.attempts) == ("sent", 1)
    assert outbox.sent == [str(one.id)]


def test_sending_again_is_on_record_in_the_customers_trail(bright: Business, ada: Customer, clock: Clock) -> None:
    one = given_up(bright, ada)
    resend(bright, one, clock)
    entry = Entry.objects.get(verb=Verb.DELIVERY_RESENT)
    assert (entry.verb, entry.subject_id, entry.customer_id) == ("delivery.resent", one.id, ada.pk)
    assert entry.subject_label == "service_reminder email"
    assert "@" not in entry.subject_label


@pytest.mark.parametrize("status", ["queued", "sent", "dropped"])
def test_only_a_dead_letter_is_sent_again(bright: Business, clock: Clock, status: str) -> None:
    one = given_up(bright, status=status)
    with pytest.raises(Refused, match="No message with this key was given up"):
        resend(bright, one, clock)
    one.refresh_from_db()
    assert one.status == status
    assert not Entry.objects.filter(verb=Verb.DELIVERY_RESENT).exists()


def test_a_second_press_of_the_button_is_refused(bright: Business, clock: Clock) -> None:
    one = given_up(bright)
    resend(bright, one, clock)
    with pytest.raises(Refused):
        resend(bright, one, clock)


def test_what_is_of_no_use_any_more_is_not_sent_again(bright: Business, clock: Clock) -> None:
    one = given_up(bright, not_after=clock.now - timedelta(minutes=1))
    with pytest.raises(Refused, match="too late"):
        resend(bright, one, clock)


def test_another_businesss_dead_letter_is_not_there(bright: Business, silk: Business, clock: Clock) -> None:
    with cast.inside(silk):
        theirs = given_up(silk)
    for key in (theirs.id, uuid4()):
        with pytest.raises(Refused):
            dead_letters.resend(key, business=bright, actor=BO, now=clock.now)


@pytest.mark.parametrize(
    ("address", "masked"),
    [("ada@example.com", "a…@example.com"), ("+13035550142", "…0142"), ("@example.com", "…@example.com")],
)
def test_an_address_is_shown_as_far_as_it_must_be(address: str, masked: str) -> None:
    assert Delivery(address=address).masked == masked
