"""Several workers at once, and a customer beside them: an invoice is charged once. Locks: docs/rules/locks.md."""

import pytest

from nextroute.billing.autopay import charging, mornings
from nextroute.billing.models import Announcement, AutopayTry, Payment
from nextroute.billing.stripe.client import NoAnswer
from nextroute.billing.stripe.fake import FakeStripe
from nextroute.core.errors import Refused
from tests import cast, racing
from tests.billing import till as tills
from tests.billing.till import Till


@pytest.fixture
def till(stripe: FakeStripe, committed: None) -> Till:
    """Ada is to be charged now: she was told two days ago."""
    till = tills.open_at(stripe, cast.a_business("bright-bins", email="office@bright-bins.example"))
    till.morning()
    till.save()
    till.agree()
    till.invoice(3850, on=till.business.today(till.now).isoformat())
    till.morning()
    till.later(days=2)
    return till


def charged(till: Till) -> list[str]:
    """Each payment here; Stripe has one charge for it."""
    with cast.inside(till.business):
        states = [one.state for one in Payment.objects.all()]
        assert AutopayTry.objects.count() == len(states)
    return states


def test_workers_who_meet_charge_once(till: Till) -> None:
    racing.at_once(*[lambda: mornings.run(till.business.pk, clock=lambda: till.now)] * 4)
    till.sweep()
    assert (charged(till), till.fake.books(till.account).received) == (["succeeded"], 3850)


def test_workers_with_the_same_announcement_charge_once(till: Till) -> None:
    with cast.inside(till.business):
        key = Announcement.objects.get().pk
    made = racing.at_once(*[lambda: charging.charge(till.business, key, now=till.now)] * 4)
    assert len([payment for payment in made if payment]) == 1
    assert (charged(till), till.fake.books(till.account).received) == (["succeeded"], 3850)


def test_a_sweep_beside_the_worker_it_takes_for_dead_charges_once(till: Till) -> None:
    with cast.inside(till.business):
        key = Announcement.objects.get().pk
    payment = charging._begin(key, till.business, till.now)
    assert payment
    racing.at_once(*[lambda: _sent(till, payment)] * 4)
    till.sweep()
    assert (charged(till), till.fake.books(till.account).received) == (["succeeded"], 3850)


def _sent(till: Till, payment: Payment) -> None:
    try:
        charging.send(payment, now=till.now)
    except NoAnswer:  # it is being asked for this very moment
        return


def test_a_customer_who_opens_the_page_meanwhile_pays_nothing_twice(till: Till) -> None:
    def pay() -> None:
        try:
            page = till.page(3850)
            till.fake.pay(str(page.stripe_session))
        except (Refused, NoAnswer, Exception):  # the page may be closed, or never opened
            return

    racing.at_once(pay, lambda: mornings.run(till.business.pk, clock=lambda: till.now))
    till.hear()
    till.sweep()
    assert till.fake.books(till.account).received == 3850
    assert till.ledger().balance == 0
