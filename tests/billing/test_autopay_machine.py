"""Whatever customers, banks and the line to Stripe do around autopay, in whatever order, it keeps its word.

Beside all that may happen to money otherwise (test_stripe_machine.py) cards are left, chosen and removed, here and at
Stripe; autopay is agreed to, with one limit or another, and turned off; days pass, with their mornings and mail.
Nothing is charged above the limit, unannounced, twice, or after autopay was turned off. docs/rules/autopay.md.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from nextroute.billing import payments
from nextroute.billing.autopay import mandates, methods, mornings
from nextroute.billing.models import AutopayTry, CreditNote, SavedMethod
from nextroute.billing.stripe.client import NoAnswer
from nextroute.billing.stripe.fake import FakeStripe
from nextroute.billing.stripe.fake_errors import Refusal
from nextroute.core.actors import SYSTEM
from nextroute.core.errors import Refused
from nextroute.notifications.models import Delivery
from tests import cast
from tests.billing import till
from tests.billing.stripe.shop import CLOSED, GOOD_BANK, TAKES_BACK, TOO_LITTLE
from tests.billing.test_stripe_machine import GOOD, WORDS, World, cents, few, seen

EXAMPLES = 20
DECLINES_LATER, ASKS, DISPUTED = "4000000000000341", "4000002760003184", "4000000000000259"
LEFT = [{"card": card} for card in (GOOD, DECLINES_LATER, ASKS, DISPUTED)]
LEFT += [{"bank": bank} for bank in (GOOD_BANK, CLOSED, TOO_LITTLE, TAKES_BACK)]


@dataclass
class Auto(World):
    """`told`: the local day each mail left, as the postman saw it. `judged`: the tries that were
    looked at. `over`: how often Stripe had tried, of each payment, when nobody wanted it any more."""

    told: dict[str, date] = field(default_factory=dict)
    judged: set[object] = field(default_factory=set)
    over: dict[str, int] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.till.business.today(self.till.now)

    def due(self, n: int, cents: int) -> None:
        """An invoice that is to be paid today."""
        self.till.invoice(cents, n=n % 2, on=self.today.isoformat())

    def save(self, n: int, by: dict[str, str], back: bool) -> None:
        self.till.begin_to_save(n % 2, by=by, back=back)

    def agree(self, n: int, ceiling: int) -> None:
        with cast.inside(self.till.business):
            method = methods.default_of(self.till.customers[n % 2])
        if method is None:
            raise Refused("There is none.")
        self.till.agree(ceiling, n % 2, method=method)

    def turn_off(self, n: int) -> None:
        mandates.end(customer=self.till.customers[n % 2], actor=SYSTEM, now=self.till.now)

    def choose(self, k: int) -> None:
        methods.choose(method=self._one(self._rows(SavedMethod), k), actor=SYSTEM)

    def remove(self, k: int) -> None:
        methods.let_go(method=self._one(self._rows(SavedMethod), k), actor=SYSTEM, now=self.till.now)

    def gone_there(self, n: int) -> None:
        self.till.shop_lets_go_of_every_card(n % 2)

    def morning(self, days: int, mail: bool) -> None:
        """As many days as said, each with its work; at last their mail leaves, or comes back."""
        for _day in range(days):
            self.till.later(hours=(9 - self.till.business.here(self.till.now).hour) % 24 or 24)
            mornings.run(self.till.business.pk, clock=lambda: self.till.now)
            self._judge()
            self._post(mail)

    def _post(self, arrives: bool) -> None:
        with cast.inside(self.till.business):
            waiting = list(Delivery.objects.waiting().values_list("dedupe_key", flat=True))
            if not arrives:
                Delivery.objects.waiting().update(status=Delivery.Status.BOUNCED)
        if arrives:
            self.told |= {str(key): self.today for key in waiting}
            self.till.post()

    # What is true

    def check(self) -> None:
        super().check()
        self._judge()

    def _judge(self) -> None:
        """Each try when it is seen first; and that no charge came of one that nobody wants any more."""
        with cast.inside(self.till.business):
            tries = list(
                AutopayTry.objects.select_related("announcement__mandate", "announcement__invoice", "payment", "method")
            )
        for one in tries:
            told = one.announcement
            if one.pk not in self.judged:
                self.judged.add(one.pk)
                mail = self.told.get(f"autopay_ahead:email:{told.key}")
                assert mail, "told before"
                assert (self.today - mail).days >= 2, "two days before"
                assert told.invoice.due_date
                assert self.today >= told.invoice.due_date
                assert one.payment.amount_cents <= told.mandate.ceiling_cents, "below the limit"
                assert one.payment.amount_cents <= told.cents, "no more than was said"
                assert told.mandate.ended_at is None, "while it is on"
                assert one.method.let_go_at is None, "from what is still saved"
        wanted, with_us = {str(one.payment_id): one for one in tries}, self._attempts()
        for key, tried in wanted.items():
            if tried.announcement.mandate.ended_at or tried.method.let_go_at:
                self.over.setdefault(key, with_us.get(key, 0))
                assert with_us.get(key, 0) == self.over[key], "not after it was turned off"

    def _attempts(self) -> dict[str, int]:
        """How often Stripe took money, or tried to, for each payment of ours."""
        found: dict[str, int] = {}
        for charge in self.till.fake.charges(self.till.account):
            reference = dict(charge.get("metadata") or {}).get("payment", "")
            found[reference] = found.get(reference, 0) + 1
        return found

    def settled(self) -> None:
        super().settled()
        self._judge()
        for customer in self.till.customers:
            self._once(customer)

    def _once(self, customer: Any) -> None:
        """One success under an agreement; where no other money was about, no more than the invoice is."""
        with cast.inside(self.till.business):
            rows = AutopayTry.objects.filter(customer=customer, payment__state="succeeded")
            tries = list(rows.select_related("payment", "announcement__invoice"))
            other = customer.payments.filter(state="succeeded").exclude(id__in=[one.payment_id for one in tries])
            alone = not other.exists() and not CreditNote.objects.filter(customer=customer).exists()
            assert len({one.announcement_id for one in tries}) == len(tries), "once"
            sums: dict[object, int] = {}
            for one in tries:
                invoice = one.announcement.invoice
                sums[invoice.pk] = sums.get(invoice.pk, 0) + payments.left(one.payment)
                assert not alone or sums[invoice.pk] <= invoice.total_cents
            event(f"charged by itself: {len(tries)}")


OWN: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "due": {"n": few, "cents": cents},
    "save": {"n": few, "by": st.sampled_from(LEFT), "back": st.booleans()},
    "agree": {"n": few, "ceiling": st.sampled_from([1_000, 4_000, 10_000])},
    "turn_off": {"n": few},
    "choose": {"k": few},
    "remove": {"k": few},
    "gone_there": {"n": few},
    "morning": {"days": st.integers(1, 4), "mail": st.sampled_from([True, True, True, False])},
    "befall": {
        "path": st.sampled_from(["/v1/payment_intents", "/v1/payment_intents", "/v1/payment_methods", "/v1/checkout"]),
        "done": st.booleans(),
        "status": st.sampled_from([0, 0, 500]),
    },
}
ALL = WORDS | OWN
BEGIN: list[tuple[str, dict[str, Any]]] = [
    ("morning", {"days": 1, "mail": True}),
    ("save", {"n": 0, "by": {"card": GOOD}, "back": True}),
    ("save", {"n": 1, "by": {"bank": GOOD_BANK}, "back": True}),
    ("agree", {"n": 0, "ceiling": 4_000}),
    ("agree", {"n": 1, "ceiling": 4_000}),
    ("due", {"n": 0, "cents": 1_250}),
    ("due", {"n": 1, "cents": 2_000}),
]
OFTEN = ["due", "save", "agree", "morning", "morning", "morning", "morning", "sweep", "hear", "befall", "turn_off"]
steps = st.one_of([st.tuples(st.just(word), st.fixed_dictionaries(ALL[word])) for word in [*ALL, *OFTEN]])


@given(st.lists(steps, min_size=6, max_size=14))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_autopay_keeps_its_word_whatever_happens(stripe: FakeStripe, db: None, happens: list[Any]) -> None:
    stripe.line.mishaps.clear()
    with transaction.atomic():
        world = Auto(till.open_at(stripe, cast.a_business(f"auto-{next(seen)}", email="office@example.com")))
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
