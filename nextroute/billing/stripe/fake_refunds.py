"""Refunds: money that goes back, never more than came."""

import stripe

from nextroute.billing.stripe import fake_balances as balances
from nextroute.billing.stripe import fake_cards as cards
from nextroute.billing.stripe import fake_charges as charges
from nextroute.billing.stripe import fake_events as events
from nextroute.billing.stripe import fake_lists as lists
from nextroute.billing.stripe import fake_methods as methods
from nextroute.billing.stripe import fake_payments as payments
from nextroute.billing.stripe.fake_errors import invalid, out_of_order
from nextroute.billing.stripe.fake_parameters import Asked
from nextroute.billing.stripe.fake_shapes import blank
from nextroute.billing.stripe.fake_state import PLATFORM, Drawer, Thing

KIND = "refund"
CREATES = frozenset({"charge", "payment_intent", "amount", "reason", "metadata", "refund_application_fee"})
_TAKES = 86_400  # seconds until a refund that is not immediate is done


def create(drawer: Drawer, asked: Asked) -> Thing:
    charge = _charge(drawer, asked)
    left = charge["amount"] - charge["amount_refunded"]
    amount = asked.get("amount", left)
    _sound(charge, amount, left)
    refund = _made(drawer, charge, asked, amount)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    if asked.get("refund_application_fee"):
        _give_back_fee(drawer, charge, amount)
    events.tell(drawer, "refund.created", refund)
    events.tell(drawer, "charge.refunded", charge)
    return refund


def arrive(drawer: Drawer, refund: Thing) -> None:
    """It reached the customer, or came back."""
    charge = drawer.get(charges.KIND, refund["charge"])
    of = cards.kept(drawer.get(methods.KIND, charge["payment_method"])["_number"])
    if isinstance(of, cards.Card) and of.refunds == "fail":
        fail(drawer, refund)
    elif refund["status"] == "pending":
        refund["status"] = "succeeded"
        _tell_changed(drawer, refund)


def fail(drawer: Drawer, refund: Thing) -> None:
    """The bank did not take it: the money is the account's again."""
    if refund["status"] not in {"pending", "succeeded"}:
        raise out_of_order(f"This refund is {refund['status']}.")
    charge = drawer.get(charges.KIND, refund["charge"])
    back = balances.move(drawer, "refund_failure", refund["amount"], refund)
    refund.update(status="failed", failure_reason="lost_or_stolen_card", failure_balance_transaction=back["id"])
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    events.tell(drawer, "refund.failed", refund)
    _tell_changed(drawer, refund)


def listed(drawer: Drawer, asked: Asked) -> Thing:
    return lists.page(drawer.every(KIND), asked, "/v1/refunds", "charge", "payment_intent")


def _charge(drawer: Drawer, asked: Asked) -> Thing:
    if ("charge" in asked) == ("payment_intent" in asked):
        raise invalid("Specify one of charge and payment_intent.", param="charge")
    if "charge" in asked:
        return drawer.get(charges.KIND, asked["charge"], param="charge")
    intent = drawer.get(payments.KIND, asked["payment_intent"], param="payment_intent")
    if not intent["latest_charge"] or intent["status"] != "succeeded":
        says = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
        raise out_of_order(says, param="payment_intent")
    return drawer.get(charges.KIND, intent["latest_charge"])


def _sound(charge: Thing, amount: int, left: int) -> None:
    if charge["status"] != "succeeded":
        raise out_of_order(f"Charge {charge['id']} has not succeeded and cannot be refunded.", param="charge")
    if charge["disputed"]:
        says = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise out_of_order(says, code="charge_disputed", param="charge")
    if not left:
        raise out_of_order(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if amount < 1:
        raise invalid("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    if amount > left:
        says = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise out_of_order(says, param="amount")


def _made(drawer: Drawer, charge: Thing, asked: Asked, amount: int) -> Thing:
    method = drawer.get(methods.KIND, charge["payment_method"])
    of = cards.kept(method["_number"])
    slow = isinstance(of, cards.Bank) or of.refunds == "pending"
    known = {
        "amount": amount,
        "charge": charge["id"],
        "payment_intent": charge["payment_intent"],
        "currency": charge["currency"],
        "reason": asked.get("reason"),
        "metadata": asked.get("metadata") or {},
        "status": "pending" if slow else "succeeded",
        "created": drawer.now,
    }
    refund = drawer.put("re" if method["type"] == "card" else "pyr", blank(stripe.Refund, **known))
    refund["balance_transaction"] = balances.move(drawer, "refund", -amount, refund)["id"]
    if isinstance(of, cards.Bank) or of.refunds:
        drawer.world.later(_TAKES, "refund", drawer, refund)
    return refund


def _give_back_fee(drawer: Drawer, charge: Thing, amount: int) -> None:
    """In proportion, rounded down, from the platform."""
    if not charge["application_fee"]:
        raise invalid("There is no application fee to refund.", param="refund_application_fee")
    platform = drawer.world.drawer(PLATFORM)
    fee = platform.get("application_fee", charge["application_fee"])
    back = fee["amount"] - fee["amount_refunded"] if charge["refunded"] else fee["amount"] * amount // charge["amount"]
    fee["amount_refunded"] += back
    fee["refunded"] = fee["amount_refunded"] == fee["amount"]
    balances.move(platform, "application_fee_refund", -back, fee)
    balances.move(drawer, "application_fee_refund", back, charge)
    events.tell(platform, "application_fee.refunded", fee)


def _tell_changed(drawer: Drawer, refund: Thing) -> None:
    events.tell(drawer, "refund.updated", refund)
    events.tell(drawer, "charge.refund.updated", refund)
