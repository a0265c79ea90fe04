"""Charges: each attempt to take money, whether it came or not."""

import stripe

from nextroute.billing.stripe import fake_balances as balances
from nextroute.billing.stripe import fake_events as events
from nextroute.billing.stripe import fake_lists as lists
from nextroute.billing.stripe.fake_errors import Refusal
from nextroute.billing.stripe.fake_parameters import Asked
from nextroute.billing.stripe.fake_shapes import blank
from nextroute.billing.stripe.fake_state import Drawer, Thing

KIND = "charge"
_COPIED = ("amount", "currency", "customer", "description", "receipt_email", "application_fee_amount")


def begin(drawer: Drawer, intent: Thing, method: Thing) -> Thing:
    """An attempt, pending."""
    known = {name: intent[name] for name in _COPIED} | {
        "status": "pending",
        "paid": False,
        "captured": True,
        "disputed": False,
        "refunded": False,
        "amount_captured": intent["amount"],
        "amount_refunded": 0,
        "metadata": dict(intent["metadata"]),
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"type": method["type"], method["type"]: dict(method[method["type"]])},
        "billing_details": method["billing_details"],
        "created": drawer.now,
    }
    prefix = "ch" if method["type"] == "card" else "py"
    charge = drawer.put(prefix, blank(stripe.Charge, **known))
    intent["latest_charge"] = charge["id"]
    return charge


def succeed(drawer: Drawer, charge: Thing) -> None:
    """The money came."""
    charge.update(
        status="succeeded", paid=True, outcome={"type": "authorized", "network_status": "approved_by_network"}
    )
    cost = balances.fee(charge["amount"], charge["payment_method_details"]["type"])
    share = charge["application_fee_amount"] or 0
    moved = balances.move(drawer, "charge", charge["amount"], charge, fee=cost, application_fee=share)
    charge["balance_transaction"] = moved["id"]
    if share:
        balances.take_fee(drawer, charge)
    charge["receipt_url"] = f"{drawer.world.origin}/receipts/{charge['id']}"
    events.tell(drawer, "charge.succeeded", charge)


def fail(drawer: Drawer, charge: Thing, no: Refusal) -> None:
    """It did not."""
    told = no.body["error"]
    charge.update(status="failed", failure_code=told.get("code"), failure_message=told["message"])
    charge["outcome"] = {"type": "issuer_declined", "reason": told.get("decline_code"), "network_status": "declined"}
    events.tell(drawer, "charge.failed", charge)


def listed(drawer: Drawer, asked: Asked) -> Thing:
    return lists.page(drawer.every(KIND), asked, "/v1/charges", "customer", "payment_intent")
