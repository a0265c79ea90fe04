"""How things stand at Stripe, in what the portal needs to know of them. Amounts are in cents."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import stripe

# The names under which metadata carry our own ids.
OURS = "payment"
OUR_REFUND = "refund"


@dataclass(frozen=True, slots=True)
class AccountState:
    """A business's account. `cards`, `banks`: Stripe's word for whether it may take them, "" if never asked for.

    `needs`: what Stripe still wants to be told, in its own words.
    """

    id: str
    cards: str
    banks: str
    needs: tuple[str, ...]
    closed: bool

    @property
    def ways(self) -> tuple[str, ...]:
        """In which ways the business can be paid now."""
        known = (("card", self.cards), ("us_bank_account", self.banks))
        return () if self.closed else tuple(way for way, status in known if status == "active")


@dataclass(frozen=True, slots=True)
class Checkout:
    """A page where somebody pays or leaves a card. `status`: open, complete or expired; `url`: "" unless open.

    `payment`, `setup`: what it began, "" before anything was tried. `reference`: our payment's id.
    """

    id: str
    status: str
    paid: bool
    url: str
    payment: str
    setup: str
    reference: str


@dataclass(frozen=True, slots=True)
class PaymentState:
    """One payment, by Stripe's `status`. `reference`: our payment's id. `method`: the saved card or bank account;
    `way`: its kind, once something was tried.

    `failure`: why the last attempt came to nothing, as a code; `action_url`: where somebody must confirm it.
    """

    id: str
    status: str
    amount: int
    currency: str
    received: int
    refunded: int
    fee: int
    charge: str
    disputed: bool
    method: str
    way: str
    failure: str
    action_url: str
    reference: str


@dataclass(frozen=True, slots=True)
class RefundState:
    """`reference`: our refund's id; "" for one that was made at Stripe. `failed_at`: when the money of one that
    failed was the account's again.
    """

    id: str
    status: str
    amount: int
    payment: str
    reference: str
    failed_at: datetime | None


@dataclass(frozen=True, slots=True)
class DisputeState:
    """`withdrawn`, `returned`: what was taken from the account for it, and what was given back, without fees; and when
    that happened last.
    """

    id: str
    status: str
    reason: str
    withdrawn: int
    returned: int
    withdrawn_at: datetime | None
    returned_at: datetime | None


@dataclass(frozen=True, slots=True)
class Method:
    """A saved card or bank account: `brand` and the last four figures; `expires` as (year, month), cards only."""

    id: str
    type: str
    brand: str
    last4: str
    expires: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class SetupState:
    """Leave to use a card or bank account later, by Stripe's `status`. `action_url`, `failure`: as of a payment."""

    id: str
    status: str
    customer: str
    failure: str
    action_url: str


@dataclass(frozen=True, slots=True)
class Told:
    """An event of Stripe's. `subject`: the id of what it is about: a payment's, where it is one of something of it."""

    id: str
    type: str
    account: str
    subject: str
    live: bool


def of_account(account: stripe.v2.core.Account) -> AccountState:
    merchant = account.configuration.merchant if account.configuration else None
    entries = (account.requirements.entries if account.requirements else None) or []
    return AccountState(
        id=account.id,
        cards=_capability(merchant, "card_payments"),
        banks=_capability(merchant, "ach_debit_payments"),
        needs=tuple(entry.description for entry in entries),
        closed=bool(account.closed),
    )


def of_checkout(session: stripe.checkout.Session) -> Checkout:
    return Checkout(
        id=session.id,
        status=session.status or "",
        paid=session.payment_status == "paid",
        url=session.url or "",
        payment=_id(session.payment_intent),
        setup=_id(session.setup_intent),
        reference=session.client_reference_id or "",
    )


def of_payment(intent: stripe.PaymentIntent) -> PaymentState:
    """With `latest_charge.balance_transaction` expanded, or without: then without refunds, fee and dispute."""
    charge = intent.latest_charge if isinstance(intent.latest_charge, stripe.Charge) else None
    return PaymentState(
        id=intent.id,
        status=intent.status,
        amount=intent.amount,
        currency=intent.currency,
        received=intent.amount_received or 0,
        refunded=charge.amount_refunded if charge else 0,
        fee=_fee(charge),
        charge=_id(intent.latest_charge),
        disputed=bool(charge and charge.disputed),
        method=_id(intent.payment_method),
        way=(charge.payment_method_details.type if charge and charge.payment_method_details else ""),
        failure=_failure(intent.last_payment_error),
        action_url=_action(intent.next_action),
        reference=getattr(intent.metadata, OURS, ""),
    )


def of_refund(refund: stripe.Refund) -> RefundState:
    """With `failure_balance_transaction` expanded, or without: then without when it failed."""
    back = refund.failure_balance_transaction
    failed_at = _latest([back]) if isinstance(back, stripe.BalanceTransaction) else None
    payment = _id(refund.payment_intent)
    reference = getattr(refund.metadata, OUR_REFUND, "")
    return RefundState(refund.id, refund.status or "", refund.amount, payment, reference, failed_at)


def of_dispute(dispute: stripe.Dispute) -> DisputeState:
    went = [move for move in dispute.balance_transactions if move.amount < 0]
    came = [move for move in dispute.balance_transactions if move.amount > 0]
    withdrawn, returned = -sum(move.amount for move in went), sum(move.amount for move in came)
    known = dispute.id, dispute.status, dispute.reason
    return DisputeState(*known, withdrawn, returned, _latest(went), _latest(came))


def of_method(method: stripe.PaymentMethod) -> Method:
    if card := method.card:
        expires = (card.exp_year, card.exp_month)
        return Method(method.id, method.type, card.brand, card.last4 or "", expires)
    bank = method.us_bank_account
    name, last4 = (bank.bank_name or "", bank.last4 or "") if bank else ("", "")
    return Method(method.id, method.type, name, last4, None)


def of_setup(setup: stripe.SetupIntent) -> SetupState:
    return SetupState(
        id=setup.id,
        status=setup.status,
        customer=_id(setup.customer),
        failure=_failure(setup.last_setup_error),
        action_url=_action(setup.next_action),
    )


def of_event(event: stripe.Event) -> Told:
    about = event.data.object
    of_payment = "" if getattr(about, "object", "") == "checkout.session" else getattr(about, "payment_intent", None)
    subject = _id(of_payment) or getattr(about, "id", "")
    return Told(event.id, event.type, getattr(event, "account", None) or "", subject, event.livemode)


def _latest(moves: Iterable[stripe.BalanceTransaction]) -> datetime | None:
    times = [move.created for move in moves]
    return datetime.fromtimestamp(max(times), UTC) if times else None


def _capability(merchant: Any, name: str) -> str:
    found = getattr(merchant.capabilities, name, None) if merchant and merchant.capabilities else None
    return found.status if found else ""


def _fee(charge: stripe.Charge | None) -> int:
    """What Stripe and the platform have kept of it."""
    moved = charge.balance_transaction if charge else None
    return moved.fee if isinstance(moved, stripe.BalanceTransaction) else 0


def _failure(error: Any) -> str:
    return (getattr(error, "decline_code", "") or error.code or "") if error else ""


def _action(action: Any) -> str:
    if action is None:
        return ""
    deposits, bank = (getattr(action, name, None) for name in ("verify_with_microdeposits", "redirect_to_url"))
    return (deposits.hosted_verification_url if deposits else bank.url if bank else "") or ""


def _id(thing: Any) -> str:
    """Of what may be an id, the thing itself, or nothing."""
    return thing if isinstance(thing, str) else thing.id if thing else ""
