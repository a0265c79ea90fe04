"""Our books beside Stripe's: docs/rules/payments.md, “What Stripe tells”."""

from datetime import timedelta

from nextroute.billing import comparing, disputes
from nextroute.billing.comparing import Difference, Sums
from nextroute.core.actors import SYSTEM
from tests import cast
from tests.billing.stripe.shop import a_client
from tests.billing.till import Till

BANK = "000123456789"


def found(till: Till) -> list[Difference]:
    return list(comparing.differences(till.business, since=till.now - timedelta(days=90)))


def test_books_that_agree_differ_in_nothing(till: Till) -> None:
    payment = till.pay(3850, till.invoice(3850))
    till.give_back(payment, 1000)
    till.pay(1250, till.invoice(1250, n=1), n=1, bank=BANK)
    till.page(500, till.invoice(500))
    assert found(till) == []


def test_a_payment_we_have_not_heard_of_is_named_and_mended(till: Till) -> None:
    page = till.page(3850, till.invoice(3850))
    till.fake.pay(str(page.stripe_session))
    [difference] = found(till)
    assert (difference.payment, difference.here, difference.there) == (page.pk, Sums(), Sums(3850))
    assert "here received 0" in str(difference)
    assert comparing.mend(till.business, difference, now=till.now)
    assert found(till) == []
    assert till.ledger().balance == 0


def test_a_refund_and_a_dispute_made_there_are_named(till: Till) -> None:
    first, second = till.pay(3850, till.invoice(3850)), till.pay(1250, till.invoice(1250))
    options = {"stripe_account": till.account}
    a_client(till.fake).v1.refunds.create({"payment_intent": str(first.stripe_intent), "amount": 100}, options)  # type: ignore[arg-type]
    till.fake.dispute(str(second.stripe_intent))
    by = {one.payment: one.there for one in found(till)}
    assert by == {first.pk: Sums(3850, 100), second.pk: Sums(1250, 0, 1250)}


def test_what_stands_here_alone_is_named_and_cannot_be_mended(till: Till) -> None:
    payment = till.pay(3850, till.invoice(3850))
    with cast.inside(till.business):
        disputes.note(
            payment=payment,
            key="du_nowhere",
            kind=disputes.Kind.DISPUTE,
            state=disputes.State.LOST,
            withdrawn_cents=3850,
            returned_cents=0,
            actor=SYSTEM,
            now=till.now,
        )
    [difference] = found(till)
    comparing.mend(till.business, difference, now=till.now)
    assert found(till) == [difference]


def test_what_the_business_takes_elsewhere_is_no_matter_of_ours(till: Till) -> None:
    asked = {"amount": 999, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    a_client(till.fake).v1.payment_intents.create(asked, {"stripe_account": till.account})  # type: ignore[arg-type]
    assert found(till) == []
