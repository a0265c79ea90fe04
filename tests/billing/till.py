"""A business that can be paid through the stand-in for Stripe, and the words of what happens there.

Nothing here runs in a scope: what asks Stripe may not. Time is the stand-in's, which begins now and only moves on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from nextroute.billing import accounts, events, following, hearing, invoices, ledger, paying, refunding, sweeping
from nextroute.billing.autopay import mandates, mornings, setups
from nextroute.billing.ledger import Ledger
from nextroute.billing.models import Invoice, Mandate, Payment, Refund, SavedMethod, Setup, StripeEvent
from nextroute.billing.stripe import client, gateway, signatures
from nextroute.billing.stripe.fake import FakeStripe
from nextroute.billing.stripe.fake_delivery import Endpoint
from nextroute.config import links
from nextroute.core.actors import SYSTEM
from nextroute.customers.models import Customer
from nextroute.notifications.models import Delivery
from nextroute.tenancy.businesses import Business
from tests import cast
from tests.billing import books

URL = "https://portal.example/api/webhooks/stripe"
SECRETS = ("whsec_connected", "whsec_thin", "whsec_platform")
LISTENERS = [
    Endpoint(URL, SECRETS[0], "connected"),
    Endpoint(URL, SECRETS[1], "thin"),
    Endpoint(URL, SECRETS[2], "platform"),
]


@dataclass
class Till:
    """One business, its customers, and the stand-in that has its account."""

    fake: FakeStripe
    business: Business
    customers: list[Customer]
    ahead: timedelta = timedelta()

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    @property
    def account(self) -> str:
        with cast.inside(self.business):
            found = accounts.of(self.business)
        assert found
        assert found.stripe_id
        return found.stripe_id

    # The business

    def onboard(self, state: str = "finished") -> None:
        accounts.connect(self.business, country="US", actor=SYSTEM, now=self.now, link=links.to)
        self.fake.onboard(self.account, state)
        accounts.look(self.business.pk, now=self.now)

    def invoice(self, cents: int, n: int = 0, on: str = "") -> Invoice:
        """Sent, to be paid."""
        with cast.inside(self.business):
            return books.an_invoice(self.customers[n].subscriptions.get(), cents, on=on)

    def void(self, invoice: Invoice) -> None:
        with cast.inside(self.business):
            invoice = invoices.find(invoice.pk)
        paying.close(invoice.customer, now=self.now)
        invoices.void(invoice=invoice, reason="Wrong", actor=SYSTEM, now=self.now)

    def give_back(self, payment: Payment, cents: int, **more: Any) -> Refund:
        known: dict[str, Any] = {"key": f"back {next(books.keys)}", "actor": SYSTEM, "now": self.now}
        return refunding.give_back(payment=payment, cents=cents, **known | more)

    # The customer

    def page(self, cents: int, *chosen: Invoice, n: int = 0) -> Payment:
        """Leads to the page at Stripe."""
        return paying.page(
            customer=self.customers[n], cents=cents, invoices=chosen, actor=SYSTEM, now=self.now, link=links.to
        )

    def pay(self, cents: int, *chosen: Invoice, n: int = 0, **by: str) -> Payment:
        """Pays there, and comes back."""
        payment = self.page(cents, *chosen, n=n)
        self.fake.pay(str(payment.stripe_session), **by)
        return self.follow(payment)

    def follow(self, payment: Payment) -> Payment:
        return following.follow(following.read(self.business.pk, payment.pk), now=self.now)

    def save(self, n: int = 0, **by: str) -> SavedMethod:
        """Leaves a card or bank account, and comes back; the newest they have."""
        self.begin_to_save(n, by=by or {"card": "4242424242424242"})
        with cast.inside(self.business):
            return SavedMethod.objects.select_related("customer__business").latest("saved_at")

    def begin_to_save(self, n: int = 0, *, by: dict[str, str], back: bool = True) -> Setup:
        """Fills in the page; and comes back."""
        setup = setups.page(customer=self.customers[n], now=self.now, link=links.to)
        self.fake.pay(str(setup.stripe_session), **by)
        return setups.follow(setup, now=self.now) if back else setup

    def card(self, n: int = 0) -> SavedMethod:
        """What autopay charges."""
        with cast.inside(self.business):
            rows = SavedMethod.objects.usable().select_related("customer__business")
            return rows.get(customer=self.customers[n], is_default=True)

    def save_with_question(self, card: str, n: int = 0) -> Setup:
        """Leaves a card whose bank asks, and says yes to it."""
        setup = setups.page(customer=self.customers[n], now=self.now, link=links.to)
        self.fake.confirm(self.fake.pay(str(setup.stripe_session), card=card)["id"])
        return setups.follow(setup, now=self.now)

    def agree(self, ceiling: int = 10_000, n: int = 0, **more: Any) -> Mandate:
        """Turns autopay on."""
        method = more.pop("method", None) or self.card(n)
        return mandates.agree(
            customer=self.customers[n],
            ceiling_cents=ceiling,
            words="Charge me.",
            method=method,
            actor=SYSTEM,
            now=self.now,
        )

    def morning(self, **later: float) -> None:
        """The worker's job of the next morning, and the mail that goes out after it."""
        if later:
            self.later(**later)
        self.later(hours=(9 - self.business.here(self.now).hour) % 24 or 24)
        mornings.run(self.business.pk, clock=lambda: self.now)
        self.post()

    def post(self) -> None:
        """Every mail that is owed leaves."""
        with cast.inside(self.business):
            Delivery.objects.waiting().update(status=Delivery.Status.SENT, sent_at=self.now)

    def told(self, trigger: str) -> int:
        """How many mails of a kind were owed."""
        with cast.inside(self.business):
            return Delivery.objects.filter(trigger=trigger).count()

    # Stripe

    def shop_lets_go_of_every_card(self, n: int = 0) -> None:
        """In the business's own dashboard at Stripe."""
        with cast.inside(self.business):
            keys = [method.stripe_id for method in self.customers[n].saved_methods.usable()]
        for key in keys:
            gateway.detach_method(self.account, key, key=f"shop {key}")

    def customers_at_stripe(self) -> int:
        listed = client.client().v1.customers.list({}, {"stripe_account": self.account})
        return len(listed.data)

    def later(self, **time: float) -> None:
        self.fake.advance(**time)
        self.ahead += timedelta(**time)

    def hear(self, **weather: Any) -> int:
        """Stripe tells what it has to tell, and the worker looks; how many it was told."""
        before = len(self.fake.deliver(**weather))
        self.work()
        return before

    def work(self) -> None:
        """What the worker's job does, for whatever waits."""
        waiting = StripeEvent.objects.filter(outcome="waiting", due_at__lte=self.now).order_by("heard_at")
        for key in list(waiting.values_list("id", flat=True)):
            hearing.act(key, now=self.now)

    def sweep(self) -> None:
        """As if every clock had come round."""
        self.later(hours=2)
        sweeping.sweep(self.business.pk, now=self.now)
        self.work()

    def carry(self, _url: str, body: bytes, headers: dict[str, str]) -> int:
        """How an event reaches us, without a web server: as the view does it."""
        header = headers["Stripe-Signature"]
        if not signatures.proved(body, header, secrets=SECRETS, now=datetime.now(UTC)):
            return 400
        events.hear(events.said(body), now=self.now)
        return 200

    # What is true

    def ledger(self, n: int = 0) -> Ledger:
        with cast.inside(self.business):
            return ledger.of(self.customers[n])

    def payments(self, n: int = 0) -> Sequence[Payment]:
        with cast.inside(self.business):
            return list(self.customers[n].payments.order_by("created_at"))

    def standing(self, invoice: Invoice) -> str:
        with cast.inside(self.business):
            found = Invoice.objects.with_money().get(id=invoice.pk)
            return str(found.standing(self.business.today(self.now)))


def open_at(stripe: FakeStripe, business: Business) -> Till:
    """With an account that can charge; what Stripe tells reaches us when the till hears it."""
    with cast.inside(business):
        people = [cast.a_customer(business, ref) for ref in ("ada", "eve")]
        for person in people:
            cast.served(person)
    made = Till(stripe, business, people, ahead=timedelta(seconds=stripe.world.ahead))
    stripe.carry = made.carry
    made.onboard()
    return made
