"""Payment methods: cards and bank accounts, made from test numbers or from Stripe's own test keys."""

import stripe

from nextroute.billing.stripe import fake_cards as cards
from nextroute.billing.stripe import fake_events as events
from nextroute.billing.stripe import fake_lists as lists
from nextroute.billing.stripe.fake_errors import Refusal, invalid, out_of_order
from nextroute.billing.stripe.fake_parameters import Asked
from nextroute.billing.stripe.fake_shapes import blank
from nextroute.billing.stripe.fake_state import Drawer, Thing

KIND = "payment_method"
CARD, BANK = "card", "us_bank_account"
CREATES = frozenset(
    {"type", "metadata", "billing_details", "card.number", "card.exp_month", "card.exp_year", "card.cvc"}
)
CREATES |= {f"us_bank_account.{name}" for name in ("account_number", "routing_number", "account_holder_type")}


def create(drawer: Drawer, asked: Asked) -> Thing:
    match asked.get("type"):
        case "card" if "number" in asked.get("card", {}):
            method = made(drawer, cards.card(asked["card"]["number"]))
        case "us_bank_account":
            method = made(drawer, cards.bank(asked["us_bank_account"]["account_number"]))
        case _:
            raise invalid("The stand-in makes cards by number, and US bank accounts.", param="type")
    method["metadata"] = asked.get("metadata") or {}
    return method


def made(drawer: Drawer, of: cards.Card | cards.Bank) -> Thing:
    """A new method of the account's."""
    seen = _card(of) if isinstance(of, cards.Card) else _bank(of)
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    person = {"address": address, "email": None, "name": None, "phone": None, "tax_id": None}
    fields = seen | {"billing_details": person, "created": drawer.now, "_number": of.number, "_set_up": False}
    return drawer.put("pm", blank(stripe.PaymentMethod, **fields))


def asked_for(drawer: Drawer, asked: Asked) -> Thing | None:
    """The method that a request for a new intent names, if it does. Raises Refusal."""
    return usable(drawer, asked["payment_method"], asked.get("customer")) if "payment_method" in asked else None


def found(drawer: Drawer, key: str) -> Thing:
    """The method that a request names; a test key of Stripe's makes one. Raises Refusal."""
    if of := cards.KEYS.get(key):
        return made(drawer, of)
    return drawer.get(KIND, key, param="payment_method")


def attach(drawer: Drawer, asked: Asked, key: str) -> Thing:
    method = made(drawer, cards.KEYS[key]) if key in cards.KEYS else drawer.get(KIND, key)
    customer = asked.get("customer") or ""
    if method["customer"] not in (None, customer):
        raise out_of_order("The payment method you provided has already been attached to a customer.")
    if method.get("_detached"):
        raise _gone()
    keep(drawer, method, drawer.get("customer", customer, param="customer")["id"])
    return method


def keep(drawer: Drawer, method: Thing, customer: str) -> None:
    """A customer's from now on."""
    if method["customer"] is None:
        method["customer"] = customer
        events.tell(drawer, "payment_method.attached", method)


def detach(drawer: Drawer, _asked: Asked, key: str) -> Thing:
    method = drawer.get(KIND, key)
    if method["customer"] is None:
        raise out_of_order("The payment method you provided is not attached to a customer so detachment is impossible.")
    method["customer"], method["_detached"] = None, True
    events.tell(drawer, "payment_method.detached", method)
    return method


def usable(drawer: Drawer, key: str, customer: str | None) -> Thing:
    """The method to charge this customer with. Raises Refusal: another's, or one that was let go of."""
    method = found(drawer, key)
    if method.get("_detached"):
        raise _gone()
    if method["customer"] and method["customer"] != customer:
        raise out_of_order("The PaymentMethod does not belong to the Customer you provided.", param="payment_method")
    return method


def listed(drawer: Drawer, asked: Asked) -> Thing:
    if not asked.get("customer"):
        raise invalid("Missing required param: customer.", param="customer", code="parameter_missing")
    return lists.page(drawer.every(KIND), asked, "/v1/payment_methods", "customer", "type")


def of_customer(drawer: Drawer, asked: Asked, customer: str) -> Thing:
    drawer.get("customer", customer)
    url = f"/v1/customers/{customer}/payment_methods"
    return lists.page(drawer.every(KIND), asked | {"customer": customer}, url, "customer", "type")


def _gone() -> Refusal:
    says = "The provided PaymentMethod was previously used, or detached from a Customer, and may not be used again."
    return out_of_order(says, code="payment_method_not_available", param="payment_method")


def _card(of: cards.Card) -> Thing:
    seen = {"brand": of.brand, "last4": of.number[-4:], "exp_month": 12, "exp_year": 2034, "country": "US"}
    more = {"funding": "credit", "fingerprint": f"fp{of.number[-8:]}", "wallet": None, "display_brand": of.brand}
    return {"type": CARD, "card": seen | more}


def _bank(of: cards.Bank) -> Thing:
    seen = {"bank_name": "STRIPE TEST BANK", "last4": of.number[-4:], "routing_number": cards.ROUTING}
    more = {"account_type": "checking", "account_holder_type": "individual", "fingerprint": f"fp{of.number[-8:]}"}
    return {"type": BANK, "us_bank_account": seen | more}
