"""What somebody does on the pages the stand-in shows: pay, confirm at a bank, name the deposits that came."""

from nextroute.billing.stripe import fake_attempts as attempts
from nextroute.billing.stripe import fake_cards as cards
from nextroute.billing.stripe import fake_methods as methods
from nextroute.billing.stripe import fake_payments as payments
from nextroute.billing.stripe import fake_sessions as sessions
from nextroute.billing.stripe import fake_setups as setups
from nextroute.billing.stripe.fake_errors import declined, out_of_order
from nextroute.billing.stripe.fake_state import Drawer, Thing


def pay(drawer: Drawer, key: str, *, card: str = "", bank: str = "") -> Thing:
    """Press the page's button; returns the intent, which may wait for more. Raises Refusal if declined."""
    session = drawer.get(sessions.KIND, key)
    if session["status"] != "open":
        raise out_of_order(f"This page is {session['status']}.")
    of = cards.bank(bank) if bank else cards.card(card)
    method_type = "us_bank_account" if bank else "card"
    if method_type not in session["payment_method_types"]:
        raise declined("This way to pay is not offered here.", code="payment_method_unactivated")
    method = methods.made(drawer, of)
    intent = _intent(drawer, session)
    _renew(intent)
    _attempt(drawer, intent, method)
    _finish(drawer, session, intent)
    return intent


def confirm(drawer: Drawer, key: str, *, agree: bool) -> Thing:
    """Say yes or no to one's bank."""
    intent = _waiting(drawer, key, "redirect_to_url")
    if not agree:
        verb = attempts.give_up if intent["object"] == payments.KIND else setups.give_up
        verb(drawer, intent)
        return intent
    _attempt(drawer, intent, drawer.get(methods.KIND, intent["payment_method"]), proved=True)
    if session := of_intent(drawer, key):
        _finish(drawer, session, intent)
    return intent


def prove(drawer: Drawer, key: str, code: str) -> Thing:
    """Name the code of the deposit that came. Raises Refusal."""
    verb = payments.verify if key.startswith("pi_") else setups.verify
    return verb(drawer, {"descriptor_code": code.strip().upper()}, key)


def of_intent(drawer: Drawer, key: str) -> Thing | None:
    """The session that began this payment, if one did."""
    every = drawer.every(sessions.KIND)
    return next((session for session in every if key in (session["payment_intent"], session["setup_intent"])), None)


def waiting(drawer: Drawer, key: str) -> Thing:
    """The intent, which a page is about. Raises Refusal."""
    return drawer.get(payments.KIND if key.startswith("pi_") else setups.KIND, key)


def _waiting(drawer: Drawer, key: str, action: str) -> Thing:
    intent = waiting(drawer, key)
    if (intent["next_action"] or {}).get("type") != action:
        raise out_of_order("Nothing waits for you here any more.")
    return intent


def _intent(drawer: Drawer, session: Thing) -> Thing:
    """The session's own, made at the first attempt."""
    name = "payment_intent" if session["mode"] == "payment" else "setup_intent"
    if session[name] is None:
        session[name] = _made(drawer, session)["id"]
    return drawer.get(name, session[name])


def _made(drawer: Drawer, session: Thing) -> Thing:
    known = {"customer": sessions.who(drawer, session), "_checkout": session["id"], **session["_intent"]}
    types = {"payment_method_types": session["payment_method_types"]}
    if session["mode"] == "setup":
        return setups.made(drawer, known | types)
    return payments.made(drawer, known | types | {"amount": session["amount_total"], "currency": session["currency"]})


def _renew(intent: Thing) -> None:
    """Another try, after one that was left waiting."""
    if intent["status"] == "requires_action":
        intent.update(status="requires_payment_method", next_action=None)


def _attempt(drawer: Drawer, intent: Thing, method: Thing, *, proved: bool = False) -> None:
    verb = attempts.attempt if intent["object"] == payments.KIND else setups.attempt
    verb(drawer, intent, method, proved=proved)


def _finish(drawer: Drawer, session: Thing, intent: Thing) -> None:
    """Waiting for deposits takes days, so the page is done; waiting for a cardholder does not."""
    action = (intent["next_action"] or {}).get("type")
    if action != "redirect_to_url":
        sessions.complete(drawer, session)
