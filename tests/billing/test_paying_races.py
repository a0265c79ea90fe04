"""Several tabs, workers and clerks at once, each with a connection of its own: docs/rules/payments.md."""

from collections.abc import Callable
from functools import partial

import pytest

from nextroute.billing import following, hearing
from nextroute.billing.models import Payment, StripeEvent
from nextroute.billing.stripe.client import NoAnswer
from nextroute.billing.stripe.fake import FakeStripe
from nextroute.core.errors import Refused
from nextroute.notifications.models import Delivery
from tests import cast, racing
from tests.billing import till as tills
from tests.billing.till import Till

TABS = 6


@pytest.fixture
def open_till(stripe: FakeStripe, committed: None) -> Till:
    return tills.open_at(stripe, cast.a_business("bright-bins", email="office@bright-bins.example"))


def meeting(*acts: Callable[[], object]) -> list[str]:
    """All at once; what became of each."""

    def said(act: Callable[[], object]) -> str:
        try:
            act()
        except (Refused, NoAnswer) as no:
            return type(no).__name__
        return "done"

    return racing.at_once(*(partial(said, act) for act in acts))


def test_however_many_tabs_press_pay_one_page_is_open_and_it_is_paid_once(open_till: Till) -> None:
    invoice = open_till.invoice(3850)
    meeting(*[partial(open_till.page, 3850, invoice)] * TABS)
    open_till.page(3850, invoice)
    created = [one for one in open_till.payments() if one.state == "created"]
    assert len(created) == 1
    paid = 0
    for one in open_till.payments():
        if one.stripe_session:
            try:
                open_till.fake.pay(one.stripe_session)
            except Exception:
                continue
            paid += 1
    assert paid == 1
    open_till.sweep()
    assert open_till.ledger().balance == 0


def test_workers_the_return_page_and_the_sweep_book_it_once(open_till: Till) -> None:
    payment = open_till.page(3850, open_till.invoice(3850))
    open_till.fake.pay(str(payment.stripe_session))
    open_till.fake.deliver(twice=1)
    now = open_till.now
    told = ["payment_intent.succeeded", "charge.succeeded", "checkout.session.completed"]
    events = list(StripeEvent.objects.filter(type__in=told).values_list("id", flat=True))
    row = following.read(open_till.business.pk, payment.pk)
    acts: list[Callable[[], object]] = [partial(hearing.act, key, now=now) for key in events]
    acts += [partial(following.follow, row, now=now)] * 2
    assert set(meeting(*acts)) == {"done"}
    with cast.inside(open_till.business):
        assert Payment.objects.get().state == "succeeded"
        assert Delivery.objects.filter(trigger="payment_received").count() == 1
    assert open_till.ledger().money == 3850


def test_a_refund_pressed_in_two_windows_is_one_and_two_refunds_never_exceed_the_payment(open_till: Till) -> None:
    payment = open_till.pay(3850, open_till.invoice(3850))
    same = [partial(open_till.give_back, payment, 2000, key="same")] * 3
    meeting(*same, *[partial(open_till.give_back, payment, 2000, key=f"other {n}") for n in range(3)])
    open_till.sweep()
    assert open_till.fake.books(open_till.account).refunded == 2000
    assert open_till.ledger().money == 1850
