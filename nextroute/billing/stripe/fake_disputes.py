"""Disputes: a cardholder's bank takes money back, and may give it again; an account's bank returns what it paid."""

import stripe

from nextroute.billing.stripe import fake_balances as balances
from nextroute.billing.stripe import fake_cards as cards
from nextroute.billing.stripe import fake_charges as charges
from nextroute.billing.stripe import fake_events as events
from nextroute.billing.stripe import fake_lists as lists
from nextroute.billing.stripe import fake_methods as methods
from nextroute.billing.stripe.fake_errors import out_of_order
from nextroute.billing.stripe.fake_parameters import Asked
from nextroute.billing.stripe.fake_shapes import blank, shown
from nextroute.billing.stripe.fake_state import Drawer, Thing

KIND = "dispute"
UPDATES = frozenset({"evidence", "submit", "metadata"})
_UNDECIDED = {"needs_response", "under_review"}


def open_(drawer: Drawer, charge: Thing, *, reason: str = "fraudulent", amount: int = 0) -> Thing:
    """What has come is taken back, as far as it was not refunded; a bank's return is lost from the start."""
    left = charge["amount"] - charge["amount_refunded"]
    amount = amount or left
    if charge["status"] != "succeeded" or charge["disputed"] or not 0 < amount <= left:
        raise out_of_order(f"Charge {charge['id']} cannot be disputed.", code="charge_not_disputable")
    final = charge["payment_method_details"]["type"] != "card"
    dispute = _made(drawer, charge, reason, amount, final=final)
    charge["disputed"] = True
    events.tell(drawer, "charge.dispute.created", dispute)
    events.tell(drawer, "charge.dispute.funds_withdrawn", dispute)
    if final:
        events.tell(drawer, "charge.dispute.closed", dispute)
    return dispute


def by_itself(drawer: Drawer, charge: Thing) -> None:
    """What the test card or bank account is known for, unless it cannot happen any more."""
    of = cards.kept(drawer.get(methods.KIND, charge["payment_method"])["_number"])
    if not charge["disputed"] and not charge["refunded"]:
        open_(drawer, charge, reason=of.disputed if isinstance(of, cards.Card) else of.returned)


def decide(drawer: Drawer, dispute: Thing, *, won: bool) -> Thing:
    """The bank's last word."""
    if dispute["status"] not in _UNDECIDED:
        raise out_of_order("This dispute is already closed.", code="dispute_already_closed")
    dispute["status"] = "won" if won else "lost"
    if won:
        _move(drawer, dispute, dispute["amount"], fee=0)
        events.tell(drawer, "charge.dispute.funds_reinstated", dispute)
    events.tell(drawer, "charge.dispute.closed", dispute)
    return dispute


def update(drawer: Drawer, asked: Asked, key: str) -> Thing:
    dispute = drawer.get(KIND, key)
    if dispute["status"] not in _UNDECIDED:
        raise out_of_order("This dispute is already closed.", code="dispute_already_closed")
    dispute["evidence"] |= asked.get("evidence") or {}
    dispute["metadata"] |= asked.get("metadata") or {}
    if asked.get("submit", True) and asked.get("evidence"):
        dispute["status"] = "under_review"
    events.tell(drawer, "charge.dispute.updated", dispute)
    return dispute


def close(drawer: Drawer, _asked: Asked, key: str) -> Thing:
    """The business does not fight it."""
    return decide(drawer, drawer.get(KIND, key), won=False)


def listed(drawer: Drawer, asked: Asked) -> Thing:
    return lists.page(drawer.every(KIND), asked, "/v1/disputes", "charge", "payment_intent")


def of_charge(drawer: Drawer, key: str) -> Thing:
    """The charge a test helper names, by its own key or its payment's."""
    if key.startswith("pi_"):
        key = drawer.get("payment_intent", key)["latest_charge"] or key
    return drawer.get(charges.KIND, key)


def _made(drawer: Drawer, charge: Thing, reason: str, amount: int, *, final: bool) -> Thing:
    due = None if final else drawer.now + 7 * 86_400
    known = {
        "amount": amount,
        "charge": charge["id"],
        "payment_intent": charge["payment_intent"],
        "currency": charge["currency"],
        "reason": reason,
        "status": "lost" if final else "needs_response",
        "is_charge_refundable": False,
        "evidence": {},
        "evidence_details": {"due_by": due, "has_evidence": False, "past_due": False, "submission_count": 0},
        "balance_transactions": [],
        "created": drawer.now,
    }
    dispute = drawer.put("du", blank(stripe.Dispute, **known))
    _move(drawer, dispute, -amount, fee=0 if final else balances.DISPUTE_FEE)
    return dispute


def _move(drawer: Drawer, dispute: Thing, amount: int, *, fee: int) -> None:
    dispute["balance_transactions"].append(shown(balances.move(drawer, "adjustment", amount, dispute, fee=fee)))
