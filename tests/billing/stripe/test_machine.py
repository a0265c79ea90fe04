"""Any sequence of what people, banks and we do: the stand-in and a simple model of money agree, and no cent is lost."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import stripe
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from nextroute.billing.stripe.fake import a_fake_stripe
from nextroute.billing.stripe.fake_errors import Refusal
from tests.billing.stripe.shop import GOOD_BANK, TOO_LITTLE, Shop, a_client

DECLINED = "4000000000000002"
AMOUNTS = st.integers(50, 20_000)


@dataclass
class Expected:
    """One payment, as the model has it. `state`: open, expired, processing, paid or failed."""

    session: str
    amount: int
    state: str = "open"
    intent: str = ""
    bank: str = ""
    refunded: int = 0
    disputed: int = 0
    dispute: str = ""
    decided: str = ""

    @property
    def received(self) -> int:
        gone = 0 if self.decided == "won" else self.disputed
        return self.amount - self.refunded - gone if self.state == "paid" else 0


class Money(RuleBasedStateMachine):
    """Rules try what is allowed and what is not; the model says which it was."""

    payments = Bundle("payments")

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.fake = self.stack.enter_context(a_fake_stripe())
        self.every: list[Expected] = []
        self.waited = 0  # days

    @initialize()
    def open_shop(self) -> None:
        self.shop = Shop(self.fake, a_client(self.fake))

    @rule(target=payments, amount=AMOUNTS)
    def make_a_page(self, amount: int) -> Expected:
        self.every.append(Expected(self.shop.session(amount).id, amount))
        return self.every[-1]

    @rule(payment=payments, bank=st.sampled_from(["", GOOD_BANK, TOO_LITTLE]))
    def pay(self, payment: Expected, bank: str) -> None:
        def ask() -> None:
            payment.intent = self.fake.pay(payment.session, bank=bank)["id"]

        if self.allowed(ask, payment.state == "open"):
            payment.state, payment.bank = ("processing" if bank else "paid"), bank

    @rule(payment=payments)
    def be_declined(self, payment: Expected) -> None:
        self.allowed(lambda: self.fake.pay(payment.session, card=DECLINED), False)

    @rule(payment=payments)
    def expire(self, payment: Expected) -> None:
        sessions = self.shop.client.v1.checkout.sessions
        if self.allowed(lambda: sessions.expire(payment.session, None, self.shop.options()), payment.state == "open"):
            payment.state = "expired"

    @rule(payment=payments, part=st.sampled_from([0.3, 0.5, 1]), more=st.sampled_from([0, 0, 1]))
    def refund(self, payment: Expected, part: float, more: int) -> None:
        if not payment.intent:
            return
        left = payment.amount - payment.refunded
        amount = int(left * part) + more
        fits = payment.state == "paid" and not payment.disputed and 0 < amount <= left
        if self.allowed(lambda: self.shop.refund(payment.intent, amount=amount), fits):
            payment.refunded += amount

    @rule(payment=payments)
    def dispute(self, payment: Expected) -> None:
        if not payment.intent:
            return
        left = payment.amount - payment.refunded

        def ask() -> None:
            payment.dispute = self.fake.dispute(payment.intent)["id"]

        if self.allowed(ask, payment.state == "paid" and not payment.disputed and left > 0):
            payment.disputed, payment.decided = left, "lost" if payment.bank else ""

    @rule(payment=payments, won=st.booleans())
    def decide(self, payment: Expected, won: bool) -> None:
        if payment.dispute and self.allowed(lambda: self.fake.decide(payment.dispute, won=won), not payment.decided):
            payment.decided = "won" if won else "lost"

    @precondition(lambda self: self.waited < 25)  # after 30 days events are not told any more
    @rule()
    def wait_for_the_banks(self) -> None:
        self.fake.advance(days=5)
        self.waited += 5
        for payment in self.every:
            if payment.state == "processing":
                payment.state = "paid" if payment.bank == GOOD_BANK else "failed"
            elif payment.state == "open":
                payment.state = "expired"

    @rule(payment=payments)
    def ask_twice_with_one_key(self, payment: Expected) -> None:
        if payment.state == "paid" and not payment.disputed and payment.refunded < payment.amount:
            key = f"{payment.session}-{payment.refunded}"
            first, second = (self.shop.refund(payment.intent, key, amount=1) for _ in range(2))
            assert first.id == second.id
            payment.refunded += 1

    def allowed(self, ask: Callable[[], object], expected: bool) -> bool:
        """Whether it was done, which must be what the model expects; a no must change no sum."""
        before = self.fake.books(self.shop.account)
        try:
            ask()
        except (stripe.InvalidRequestError, Refusal):
            assert not expected
            assert self.fake.books(self.shop.account) == before
            return False
        assert expected
        return True

    @invariant()
    def the_sums_agree(self) -> None:
        if not hasattr(self, "shop"):
            return
        books = self.fake.books(self.shop.account)
        assert books.received == sum(payment.received for payment in self.every)
        assert books.processing == sum(payment.amount for payment in self.every if payment.state == "processing")
        assert books.balance == books.received - books.fees - books.application_fees

    @invariant()
    def the_pages_say_so(self) -> None:
        for payment in self.every[-2:]:
            session = self.shop.found(payment.session)
            done = payment.state in {"processing", "paid", "failed"}
            assert session.status == ("complete" if done else payment.state)
            assert session.payment_status == ("paid" if payment.state == "paid" else "unpaid")

    def teardown(self) -> None:
        self.every_cent_was_told()
        self.stack.close()

    def every_cent_was_told(self) -> None:
        """From the events alone, in any order, the same sums can be made."""
        if not hasattr(self, "shop"):
            return
        listed = self.shop.client.v1.events.list({"limit": 100}, self.shop.options())
        things: dict[str, Any] = {}
        for event in listed.auto_paging_iter():  # newest first
            thing = event.data.object.to_dict()
            things.setdefault(thing["id"], thing)
        charged = sum(t["amount"] for t in things.values() if t["object"] == "charge" and t["status"] == "succeeded")
        refunded = sum(t["amount"] for t in things.values() if t["object"] == "refund" and t["status"] != "failed")
        disputed = sum(t["amount"] for t in things.values() if t["object"] == "dispute" and t["status"] != "won")
        assert charged - refunded - disputed == self.fake.books(self.shop.account).received


def test_money_is_neither_made_nor_lost() -> None:
    run_state_machine_as_test(Money, settings=settings(max_examples=30, stateful_step_count=25, deadline=None))
