"""A business at the stand-in, and what it asks there, through the official SDK alone."""

from __future__ import annotations

import time
from typing import Any

import stripe
from stripe import RequestsClient, StripeClient

from nextroute.billing.stripe.fake import FakeStripe

CARD, BANK = "card", "us_bank_account"
CLOSED, TOO_LITTLE, TAKES_BACK, STUCK, SLOW = (
    "000111111113",
    "000222222227",
    "000555555559",
    "000000000009",
    "000999999991",
)
GOOD_BANK = "000123456789"
SUCCESS, CANCEL = "https://shop.example/done?s={CHECKOUT_SESSION_ID}", "https://shop.example/back"


def a_client(fake: FakeStripe, *, key: str = "", timeout: float = 5) -> StripeClient:
    """The SDK, told where the stand-in is, and to ask once."""
    http = RequestsClient(timeout=timeout)
    addresses: Any = {"api": fake.url}
    return StripeClient(key or fake.key, base_addresses=addresses, max_network_retries=0, http_client=http)


class Shop:
    """One connected account, as its platform sees it."""

    def __init__(self, fake: FakeStripe, client: StripeClient, *, state: str = "finished", name: str = "Bright Bins"):
        self.fake, self.client = fake, client
        wanted = {"card_payments": {"requested": True}, "ach_debit_payments": {"requested": True}}
        merchant = {"configuration": {"merchant": {"capabilities": wanted}}}
        asked: Any = {"display_name": name, "contact_email": "office@bright.example", "dashboard": "full"} | merchant
        self.account = client.v2.core.accounts.create(asked).id
        if state != "unfinished":
            fake.onboard(self.account, state)

    def options(self, key: str = "") -> stripe.RequestOptions:
        options: stripe.RequestOptions = {"stripe_account": self.account}
        if key:
            options["idempotency_key"] = key
        return options

    def customer(self, **more: Any) -> stripe.Customer:
        asked: Any = {"email": "ada@example.com", "name": "Ada"} | more
        return self.client.v1.customers.create(asked, self.options())

    def session(self, amount: int = 5_000, *, key: str = "", **more: Any) -> stripe.checkout.Session:
        """A page on which to pay."""
        price = {"currency": "usd", "unit_amount": amount, "product_data": {"name": "Invoice INV-1001"}}
        asked: Any = {
            "mode": "payment",
            "line_items": [{"price_data": price, "quantity": 1}],
            "success_url": SUCCESS,
            "cancel_url": CANCEL,
        }
        return self.client.v1.checkout.sessions.create(asked | more, self.options(key))

    def setup(self, customer: str, **more: Any) -> stripe.checkout.Session:
        """A page on which to leave a card."""
        asked: Any = {"mode": "setup", "currency": "usd", "customer": customer, "success_url": SUCCESS}
        return self.client.v1.checkout.sessions.create(asked | more, self.options())

    def found(self, session: str, **more: Any) -> stripe.checkout.Session:
        asked: Any = more
        return self.client.v1.checkout.sessions.retrieve(session, asked, self.options())

    def intent(self, key: str) -> stripe.PaymentIntent:
        """With its charge and what was moved."""
        asked: Any = {"expand": ["latest_charge.balance_transaction"]}
        return self.client.v1.payment_intents.retrieve(key, asked, self.options())

    def charge(self, intent: str) -> stripe.Charge:
        """Of the last attempt."""
        charge = self.intent(intent).latest_charge
        assert isinstance(charge, stripe.Charge)
        return charge

    def paid(self, amount: int = 5_000, *, card: str = "", bank: str = "", **more: Any) -> str:
        """Somebody pays on a page; returns the payment."""
        return str(self.fake.pay(self.session(amount, **more).id, card=card, bank=bank)["id"])

    def direct(self, method: str = "pm_card_visa", amount: int = 5_000, **more: Any) -> stripe.PaymentIntent:
        """Paid without a page."""
        asked: Any = {"amount": amount, "currency": "usd", "payment_method": method, "confirm": True}
        return self.client.v1.payment_intents.create(asked | more, self.options())

    def refund(self, intent: str, key: str = "", **more: Any) -> stripe.Refund:
        asked: Any = {"payment_intent": intent} | more
        return self.client.v1.refunds.create(asked, self.options(key))

    def told(self) -> list[str]:
        """The types of the account's events, oldest first."""
        listed = self.client.v1.events.list({"limit": 100}, self.options())
        return [str(event.type) for event in listed.auto_paging_iter()][::-1]

    def saved(self, customer: str, **by: str) -> str:
        """A card or bank account that the customer left on a page; returns the payment method."""
        session = self.setup(customer)
        self.fake.pay(session.id, **by)
        setup = self.client.v1.setup_intents.retrieve(str(self.found(session.id).setup_intent), None, self.options())
        return str(setup.payment_method)


def soon(seconds: int) -> int:
    """That far from now, by the real clock."""
    return int(time.time()) + seconds
