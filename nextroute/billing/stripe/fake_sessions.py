"""Checkout Sessions: a page on which somebody pays once, or leaves a card or bank account for later."""

import stripe

from nextroute.billing.stripe import fake_accounts as accounts
from nextroute.billing.stripe import fake_customers as customers
from nextroute.billing.stripe import fake_events as events
from nextroute.billing.stripe import fake_lists as lists
from nextroute.billing.stripe import fake_payments as payments
from nextroute.billing.stripe import fake_session_rules as rules
from nextroute.billing.stripe.fake_errors import out_of_order
from nextroute.billing.stripe.fake_parameters import Asked
from nextroute.billing.stripe.fake_shapes import blank
from nextroute.billing.stripe.fake_state import Drawer, Thing

KIND = "checkout.session"
CREATES = frozenset(
    {"mode", "line_items", "success_url", "cancel_url", "client_reference_id", "metadata", "expires_at", "currency"}
    | {"customer", "customer_email", "customer_creation", "locale", "submit_type", "allowed_payment_method_types"}
    | {f"payment_intent_data.{name}" for name in ("application_fee_amount", "description", "metadata")}
    | {f"payment_intent_data.{name}" for name in ("receipt_email", "setup_future_usage")}
    | {f"setup_intent_data.{name}" for name in ("description", "metadata")}
)
_KEPT = ("success_url", "cancel_url", "client_reference_id", "metadata", "locale", "submit_type", "customer_email")


def create(drawer: Drawer, asked: Asked) -> Thing:
    accounts.may_charge(drawer)
    mode = asked.get("mode", "payment")
    total = rules.total(asked) if mode == "payment" else None
    currency = rules.currency(asked) if mode == "payment" else rules.of_setup(asked)
    types = rules.types(drawer, asked, currency)
    until = rules.until(drawer, asked)
    rules.sound(drawer, asked, mode, total)
    usual = {
        "mode": mode,
        "status": "open",
        "payment_status": "unpaid" if mode == "payment" else "no_payment_required",
        "amount_total": total,
        "amount_subtotal": total,
        "currency": currency,
        "customer": asked.get("customer"),
        "customer_creation": asked.get("customer_creation", "if_required"),
        "payment_method_types": types,
        "allowed_payment_method_types": asked.get("allowed_payment_method_types"),
        "expires_at": until,
        "created": drawer.now,
        "ui_mode": "hosted_page",
        "_intent": asked.get("payment_intent_data") or asked.get("setup_intent_data") or {},
        "_items": asked.get("line_items") or [],
    }
    known = {name: asked[name] for name in _KEPT if name in asked}
    session = drawer.put("cs_test", blank(stripe.checkout.Session, **usual | known))
    session["url"] = f"{drawer.world.origin}/pay/{drawer.account}/{session['id']}"
    drawer.world.later(until - drawer.now, "expire", drawer, session)
    return session


def expire(drawer: Drawer, _asked: Asked, key: str) -> Thing:
    session = drawer.get(KIND, key)
    if session["status"] != "open":
        says = 'Only Checkout Sessions with a status in ["open"] can be expired.'
        raise out_of_order(f"{says} This Checkout Session has a status of `{session['status']}`.")
    end(drawer, session)
    return session


def end(drawer: Drawer, session: Thing) -> None:
    """Close the page, if nobody has paid on it."""
    if session["status"] == "open":
        session.update(status="expired", url=None)
        if session["payment_intent"]:
            payments.drop(drawer, drawer.get(payments.KIND, session["payment_intent"]), "abandoned")
        events.tell(drawer, "checkout.session.expired", session)


def complete(drawer: Drawer, session: Thing) -> None:
    """Somebody went through with it; the money may still be on its way."""
    session.update(status="complete", url=None)
    if session["payment_intent"]:
        intent = drawer.get(payments.KIND, session["payment_intent"])
        session["payment_status"] = "paid" if intent["status"] == "succeeded" else "unpaid"
    events.tell(drawer, "checkout.session.completed", session)


def follow(drawer: Drawer, intent: Thing) -> None:
    """A bank has answered about a payment that a session had begun."""
    if not intent["_checkout"]:
        return
    session = drawer.get(KIND, intent["_checkout"])
    if intent["status"] == "succeeded":
        session["payment_status"] = "paid"
        events.tell(drawer, "checkout.session.async_payment_succeeded", session)
    else:
        events.tell(drawer, "checkout.session.async_payment_failed", session)


def who(drawer: Drawer, session: Thing) -> str | None:
    """The customer a session is for, made now where that was asked for."""
    if session["customer"] is None and session["customer_creation"] == "always":
        session["customer"] = customers.create(drawer, {"email": session["customer_email"]})["id"]
    customer: str | None = session["customer"]
    return customer


def listed(drawer: Drawer, asked: Asked) -> Thing:
    by = ("customer", "payment_intent", "status")
    return lists.page(drawer.every(KIND), asked, "/v1/checkout/sessions", *by)
