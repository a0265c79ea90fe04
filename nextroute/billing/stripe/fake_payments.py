"""PaymentIntents: one wish for money, and every attempt at it until it comes or is given up."""

import stripe

from nextroute.billing.stripe import fake_accounts as accounts
from nextroute.billing.stripe import fake_attempts as attempts
from nextroute.billing.stripe import fake_cards as cards
from nextroute.billing.stripe import fake_events as events
from nextroute.billing.stripe import fake_lists as lists
from nextroute.billing.stripe import fake_methods as methods
from nextroute.billing.stripe.fake_errors import Refusal, invalid, out_of_order
from nextroute.billing.stripe.fake_parameters import Asked
from nextroute.billing.stripe.fake_shapes import blank, shown
from nextroute.billing.stripe.fake_state import Drawer, Thing

KIND = "payment_intent"
_FIELDS = frozenset(
    {"amount", "currency", "customer", "description", "metadata", "receipt_email", "application_fee_amount"}
    | {"setup_future_usage", "allowed_payment_method_types"}
)
CREATES = _FIELDS | {"confirm", "off_session", "payment_method", "return_url", "automatic_payment_methods"}
CONFIRMS = frozenset({"payment_method", "off_session", "return_url"})
_LEAST, _MOST = 50, 99_999_999  # cents
_OPEN = {"requires_payment_method", "requires_confirmation"}
_CANCELABLE = _OPEN | {"requires_action"}


def create(drawer: Drawer, asked: Asked) -> Thing:
    accounts.may_charge(drawer)
    _sound(drawer, asked)
    method = methods.asked_for(drawer, asked)
    intent = made(drawer, {name: value for name, value in asked.items() if name in _FIELDS})
    if method:
        intent.update(payment_method=method["id"], status="requires_confirmation")
    if asked.get("confirm"):
        return confirm(drawer, asked, intent["id"])
    return intent


def made(drawer: Drawer, known: Thing) -> Thing:
    """A new one, with nothing tried yet."""
    usual = {
        "status": "requires_payment_method",
        "amount_received": 0,
        "amount_capturable": 0,
        "capture_method": "automatic",
        "confirmation_method": "automatic",
        "payment_method_types": known.get("allowed_payment_method_types") or ["card"],
        "created": drawer.now,
        "_checkout": "",
    }
    intent = drawer.put("pi", blank(stripe.PaymentIntent, **usual | known))
    intent["client_secret"] = f"{intent['id']}_secret_test"
    events.tell(drawer, "payment_intent.created", intent)
    return intent


def confirm(drawer: Drawer, asked: Asked, key: str) -> Thing:
    intent = drawer.get(KIND, key)
    if intent["status"] not in _OPEN:
        raise _unexpected(intent, "confirm")
    if not (wanted := asked.get("payment_method") or intent["payment_method"]):
        says = "You cannot confirm this PaymentIntent because it's missing a payment method."
        raise out_of_order(says, code="payment_intent_unexpected_state", payment_intent=shown(intent))
    method = methods.usable(drawer, wanted, intent["customer"])
    accounts.may_take(drawer, method["type"])
    attempts.attempt(drawer, intent, method, absent=bool(asked.get("off_session")))
    return intent


def cancel(drawer: Drawer, asked: Asked, key: str) -> Thing:
    intent = drawer.get(KIND, key)
    if intent["_checkout"]:
        says = "You cannot cancel PaymentIntents created by Checkout. Expire the Checkout Session instead."
        raise out_of_order(says, payment_intent=shown(intent))
    if intent["status"] not in _CANCELABLE:
        raise _unexpected(intent, "cancel")
    drop(drawer, intent, asked.get("cancellation_reason"))
    return intent


def drop(drawer: Drawer, intent: Thing, reason: str | None) -> None:
    """Given up for good."""
    if intent["status"] in _CANCELABLE:
        intent.update(status="canceled", canceled_at=drawer.now, cancellation_reason=reason, next_action=None)
        events.tell(drawer, "payment_intent.canceled", intent)


def verify(drawer: Drawer, asked: Asked, key: str) -> Thing:
    """Prove a bank account by the deposits that came."""
    intent = drawer.get(KIND, key)
    proving(intent, asked)
    method = drawer.get(methods.KIND, intent["payment_method"])
    attempts.attempt(drawer, intent, method, proved=True)
    return intent


def proving(intent: Thing, asked: Asked) -> None:
    """Refuse what does not prove the account. Raises Refusal."""
    if (intent["next_action"] or {}).get("type") != "verify_with_microdeposits":
        raise out_of_order(
            "This intent is not waiting for microdeposit verification.", code="intent_verification_attempt_failed"
        )
    by_code, by_amounts = asked.get("descriptor_code"), asked.get("amounts")
    if by_code != cards.DESCRIPTOR and sorted(by_amounts or []) != cards.AMOUNTS:
        what = "descriptor_code" if by_code else "amounts"
        code = f"payment_method_microdeposit_verification_{what}_mismatch"
        raise out_of_order("What you entered does not match what we sent to the bank account.", code=code)


def listed(drawer: Drawer, asked: Asked) -> Thing:
    return lists.page(drawer.every(KIND), asked, "/v1/payment_intents", "customer")


def _sound(drawer: Drawer, asked: Asked) -> None:
    amount(asked["amount"], "amount")
    fits(asked.get("application_fee_amount"), asked["amount"], "application_fee_amount")
    if asked.get("customer"):
        drawer.get("customer", asked["customer"], param="customer")


def amount(cents: int, param: str) -> None:
    """Refuse what Stripe would not charge. Raises Refusal."""
    if cents < 1:
        raise invalid("This value must be greater than or equal to 1.", param=param, code="parameter_invalid_integer")
    if cents < _LEAST:
        raise invalid("Amount must be at least 50 cents.", param=param, code="amount_too_small")
    if cents > _MOST:
        raise invalid("Amount must be no more than $999,999.99", param=param, code="amount_too_large")


def fits(share: int | None, whole: int, param: str) -> None:
    """Refuse a share of the platform's that is not a part of the payment. Raises Refusal."""
    if share is not None and not 0 < share <= whole:
        raise invalid("The application fee must be more than nothing, and no more than the payment.", param=param)


def _unexpected(intent: Thing, verb: str) -> Refusal:
    says = f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}."
    return out_of_order(says, code="payment_intent_unexpected_state", payment_intent=shown(intent))
