"""Whatever customers, the business, banks and the line to Stripe do, in whatever order: both books say the same.

Pages are opened in several tabs, paid, declined, left; banks answer, refuse and take back; the business refunds here
and at Stripe; cash comes in between; answers are lost; events come late, twice, shuffled or never; the sweep follows.
After each step the identity of docs/rules/payments.md holds; in the end our books are the stand-in's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from nextroute.billing import comparing, credit_notes, paying
from nextroute.billing.models import Dispute, Invoice, Payment, Refund
from nextroute.billing.stripe.client import NoAnswer
from nextroute.billing.stripe.fake import FakeStripe
from nextroute.billing.stripe.fake_errors import Refusal
from nextroute.core.actors import SYSTEM
from nextroute.core.errors import Refused
from tests import cast
from tests.billing import books, till
from tests.billing.stripe.shop import CLOSED, GOOD_BANK, SLOW, TAKES_BACK, TOO_LITTLE, a_client
from tests.billing.test_machine import Books
from tests.billing.till import Till

EXAMPLES = 40
GOOD, DECLINED, DISPUTED, SLOW_REFUND, FAILED_REFUND = (
    "4242424242424242",
    "4000000000000002",
    "4000000000000259",
    "4000000000007726",
    "4000000000005126",
)
BY = [{"card": card} for card in (GOOD, DECLINED, DISPUTED, SLOW_REFUND, FAILED_REFUND)]
BY += [{"bank": bank} for bank in (GOOD_BANK, CLOSED, TOO_LITTLE, TAKES_BACK, SLOW)]
seen = count(1)


@dataclass
class World:
    """What may happen. `n` and `k` pick one of what there is."""

    till: Till

    def invoice(self, n: int, cents: int) -> None:
        self.till.invoice(cents, n=n % 2)

    def open(self, n: int, k: int, cents: int | None) -> None:
        """A tab in which somebody chose an invoice."""
        invoice = self._one(self._of(n, Invoice), k)
        with cast.inside(self.till.business):
            owed = Invoice.objects.with_money().get(id=invoice.pk).open_cents
        self.till.page(owed if cents is None else cents, invoice, n=n % 2)

    def pay(self, k: int, by: dict[str, str]) -> None:
        """On any page that was ever opened."""
        self.till.fake.pay(str(self._one(self._rows(Payment), k).stripe_session), **by)

    def come_back(self, k: int) -> None:
        self.till.follow(self._one(self._rows(Payment), k))

    def cash(self, n: int, cents: int) -> None:
        with cast.inside(self.till.business):
            books.pay(self.till.customers[n % 2], cents)

    def refund(self, k: int, cents: int, credited: bool) -> None:
        self.till.give_back(self._one(self._rows(Payment), k), cents, with_credit_note=credited)

    def refund_there(self, k: int, cents: int) -> None:
        payment = self._one(self._rows(Payment), k)
        asked: Any = {"payment_intent": str(payment.stripe_intent), "amount": cents}
        a_client(self.till.fake).v1.refunds.create(asked, {"stripe_account": self.till.account})

    def refund_fails(self, k: int) -> None:
        self.till.fake.fail_refund(str(self._one(self._rows(Refund), k).stripe_refund))

    def dispute(self, k: int, cents: int) -> None:
        self.till.fake.dispute(str(self._one(self._rows(Payment), k).stripe_intent), amount=cents)

    def decide(self, k: int, won: bool) -> None:
        self.till.fake.decide(self._one(self._rows(Dispute), k).key, won=won)

    def void(self, n: int, k: int) -> None:
        self.till.void(self._one(self._of(n, Invoice), k))

    def credit(self, n: int, k: int, cents: int) -> None:
        invoice = self._one(self._of(n, Invoice), k)
        with cast.inside(self.till.business):
            of: dict[str, Any] = {"customer": self.till.customers[n % 2], "invoice": invoice}
            credit_notes.issue(**of, cents=cents, reason="", actor=SYSTEM, now=self.till.now)

    def later(self, hours: int) -> None:
        self.till.later(hours=hours)

    def hear(self, lost: float, twice: float, late: float, shuffled: bool) -> None:
        self.till.hear(lost=lost, twice=twice, late=late, shuffled=shuffled)

    def sweep(self) -> None:
        self.till.sweep()

    def befall(self, path: str, done: bool, status: int) -> None:
        """Stripe does not answer the next of such questions, or breaks; whether it does what was asked or not."""
        how: dict[str, Any] = {"status": status} if status else {"lost": True}
        self.till.fake.befall(path=path, done=done, **how)

    # What there is

    def _rows(self, kind: Any) -> list[Any]:
        with cast.inside(self.till.business):
            at_stripe = {Payment: {"stripe_account__isnull": False}}.get(kind, {})
            return list(kind.objects.filter(**at_stripe).select_related("customer__business").order_by("id"))

    def _of(self, n: int, kind: Any) -> list[Any]:
        return [row for row in self._rows(kind) if row.customer_id == self.till.customers[n % 2].pk]

    @staticmethod
    def _one(rows: list[Any], k: int) -> Any:
        if not rows:
            raise Refused("There is none.")
        return rows[k % len(rows)]

    # What is true

    def check(self) -> None:
        with cast.inside(self.till.business):
            Books(self.till.customers).check()

    def settled(self) -> None:
        """All is over: nobody goes on, banks have answered, late events come, and the sweep finds what was lost."""
        self.till.fake.line.mishaps.clear()
        for customer in self.till.customers:
            paying.close(customer, now=self.till.now)
        for _ in range(3):
            self.till.later(days=6)
            self.till.hear()
            self.till.sweep()
        self.check()
        theirs = self.till.fake.books(self.till.account)
        payments = self._rows(Payment)
        assert not [one for one in payments if one.state in ("created", "processing", "action_required")]
        got = [one for one in payments if one.state == "succeeded"]
        charges = [one for one in self.till.fake.charges(self.till.account) if one["status"] == "succeeded"]
        assert sorted(one.stripe_charge for one in got) == sorted(one["id"] for one in charges), "each charge once"
        assert theirs.charged == sum(one.amount_cents for one in got)
        refunds = [one for one in self._rows(Refund) if one.payment_id in {one.pk for one in got}]
        assert not [one for one in refunds if one.state in ("requested", "pending")]
        assert theirs.refunded == sum(one.cents for one in refunds if one.state == "succeeded")
        gone = self._rows(Dispute)
        assert theirs.withdrawn == sum(one.withdrawn_cents - one.returned_cents for one in gone)
        since = self.till.now - timedelta(days=400)
        assert list(comparing.differences(self.till.business, since=since)) == []


few, cents = st.integers(0, 4), st.integers(40, 4_000)
chance = st.sampled_from([0, 0, 0.3, 1])
WORDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "invoice": {"n": few, "cents": cents},
    "open": {"n": few, "k": few, "cents": st.none() | cents},
    "pay": {"k": few, "by": st.sampled_from(BY)},
    "come_back": {"k": few},
    "cash": {"n": few, "cents": cents},
    "refund": {"k": few, "cents": cents, "credited": st.booleans()},
    "refund_there": {"k": few, "cents": cents},
    "refund_fails": {"k": few},
    "dispute": {"k": few, "cents": cents},
    "decide": {"k": few, "won": st.booleans()},
    "void": {"n": few, "k": few},
    "credit": {"n": few, "k": few, "cents": cents},
    "later": {"hours": st.integers(1, 120)},
    "hear": {"lost": chance, "twice": chance, "late": chance, "shuffled": st.booleans()},
    "sweep": {},
    "befall": {
        "path": st.sampled_from(["/v1/checkout/sessions", "/v1/refunds", "/v1/payment_intents"]),
        "done": st.booleans(),
        "status": st.sampled_from([0, 0, 500]),
    },
}
BEGIN: list[tuple[str, dict[str, Any]]] = [
    ("invoice", {"n": 0, "cents": 1250}),
    ("invoice", {"n": 1, "cents": 2000}),
    ("open", {"n": 0, "k": 0, "cents": None}),
    ("open", {"n": 1, "k": 0, "cents": None}),
    ("pay", {"k": 0, "by": {"card": GOOD}}),
    ("pay", {"k": 1, "by": {"bank": GOOD_BANK}}),
    ("come_back", {"k": 0}),
]
# Without pages that are paid there is little to refund, dispute or return.
OFTEN = ["invoice", "open", "open", "pay", "pay", "pay", "pay", "hear"]
steps = st.one_of([st.tuples(st.just(word), st.fixed_dictionaries(WORDS[word])) for word in [*WORDS, *OFTEN]])


@given(st.lists(steps, min_size=6, max_size=16))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_books_say_the_same_whatever_happens(stripe: FakeStripe, db: None, happens: list[Any]) -> None:
    stripe.line.mishaps.clear()
    with transaction.atomic():
        world = World(till.open_at(stripe, cast.a_business(f"bright-{next(seen)}", email="office@example.com")))
        for word, arguments in [*BEGIN, *happens]:
            step: Callable[..., None] = getattr(world, word)
            try:
                step(**arguments)
            except (Refused, Refusal, NoAnswer) as no:
                event(f"{word}: {type(no).__name__}")
            except Exception as fault:
                if "stripe" not in type(fault).__module__:
                    raise
                event(f"{word}: {type(fault).__name__}")
            else:
                event(f"{word} done")
            world.check()
        world.settled()
        transaction.set_rollback(True)
