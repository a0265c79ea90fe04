"""What Stripe refuses when it is asked for a Checkout Session."""

from nextroute.billing.stripe import fake_accounts as accounts
from nextroute.billing.stripe import fake_payments as payments
from nextroute.billing.stripe.fake_errors import Refusal, invalid
from nextroute.billing.stripe.fake_parameters import Asked
from nextroute.billing.stripe.fake_state import Drawer, Thing

_LEAST, _MOST = 1_800, 86_400  # seconds a session may stay open


def sound(drawer: Drawer, asked: Asked, mode: str, whole: int | None) -> None:
    """Refuse what does not fit together. `whole`: what is to be paid, in cents. Raises Refusal."""
    if whole is not None:
        share = (asked.get("payment_intent_data") or {}).get("application_fee_amount")
        payments.fits(share, whole, "payment_intent_data")
    if not asked.get("success_url"):
        raise invalid("Missing required param: success_url.", param="success_url", code="parameter_missing")
    for name in ("success_url", "cancel_url"):
        if not asked.get(name, "http://").startswith(("http://", "https://")):
            raise invalid("Not a valid URL", param=name, code="url_invalid")
    if asked.get("customer"):
        if asked.get("customer_email"):
            raise invalid("You may only specify one of these parameters: customer, customer_email.", param="customer")
        drawer.get("customer", asked["customer"], param="customer")
    if mode == "payment" and "setup_intent_data" in asked:
        raise invalid("You can not pass setup_intent_data in payment mode.", param="setup_intent_data")
    if mode == "setup" and ("payment_intent_data" in asked or "line_items" in asked):
        raise invalid("You can not pass payment_intent_data or line_items in setup mode.", param="mode")


def types(drawer: Drawer, asked: Asked, currency: str) -> list[str]:
    """The ways to pay that the account has, the currency allows, and that were not left out. Raises Refusal."""
    ways = [way for way in accounts.ways(drawer) if way == "card" or currency == "usd"]
    allowed = asked.get("allowed_payment_method_types") or ways
    if offered := [way for way in ways if way in allowed]:
        return offered
    raise invalid("No valid payment method types for this Checkout Session.", param="allowed_payment_method_types")


def total(asked: Asked) -> int:
    items = asked.get("line_items") or []
    if not items:
        raise invalid("Missing required param: line_items.", param="line_items", code="parameter_missing")
    whole = sum(_price(item, f"line_items[{place}]") for place, item in enumerate(items))
    payments.amount(whole, "line_items")
    return whole


def _price(item: Thing, path: str) -> int:
    price = item.get("price_data") or {}
    if "unit_amount" not in price or not (price.get("product_data") or price.get("product")):
        says = "The stand-in knows no prices: give price_data with unit_amount and product_data."
        raise invalid(says, param=f"{path}[price_data]")
    if price["unit_amount"] < 0 or item.get("quantity", 1) < 1:
        raise invalid("Invalid non-negative integer", param=f"{path}[price_data][unit_amount]")
    return int(price["unit_amount"]) * int(item.get("quantity", 1))


def currency(asked: Asked) -> str:
    currencies = {item["price_data"]["currency"].lower() for item in asked["line_items"]}
    if len(currencies) > 1:
        raise invalid("The currencies of all line items must match.", param="line_items")
    return str(currencies.pop())


def of_setup(asked: Asked) -> str:
    if asked["mode"] != "setup":
        raise Refusal(400, "The stand-in knows the modes payment and setup.", began=False, param="mode")
    if not asked.get("currency"):
        raise invalid("Missing required param: currency.", param="currency", code="parameter_missing")
    return str(asked["currency"])


def until(drawer: Drawer, asked: Asked) -> int:
    moment = int(asked.get("expires_at", drawer.now + _MOST))
    # The asker's second may be over by the time the request is read, as on the real one, which gives as much.
    if not drawer.now + _LEAST - 30 <= moment <= drawer.now + _MOST:
        says = "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation."
        raise invalid(says, param="expires_at")
    return moment
