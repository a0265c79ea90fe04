"""Money that moved: one line for each movement of an account's balance, and its fees.

The fees are of the right order, not Stripe's price list: 2.9 % + 30 for cards, 0.8 % up to 500 for banks, 1500 for a
dispute, in cents; half a cent rounds up.
"""

import stripe

from nextroute.billing.stripe.fake_shapes import blank
from nextroute.billing.stripe.fake_state import PLATFORM, Drawer, Thing

KIND = "balance_transaction"
DISPUTE_FEE = 1_500


def fee(amount: int, method_type: str) -> int:
    """Stripe's share of a payment, in cents."""
    if method_type == "card":
        return (amount * 29 + 500) // 1_000 + 30
    return min((amount * 8 + 500) // 1_000, 500)


def move(drawer: Drawer, kind: str, amount: int, source: Thing, *, fee: int = 0, application_fee: int = 0) -> Thing:
    """Put `amount` cents in, or take them out, and pay the fees."""
    shares = (("stripe_fee", fee), ("application_fee", application_fee))
    details = [
        {"type": name, "amount": share, "currency": source["currency"], "description": None, "application": None}
        for name, share in shares
        if share
    ]
    known = {
        "type": kind,
        "amount": amount,
        "fee": fee + application_fee,
        "fee_details": details,
        "net": amount - fee - application_fee,
        "currency": source["currency"],
        "source": source["id"],
        "created": drawer.now,
        "available_on": drawer.now + 2 * 86_400,
        "status": "pending",
        "reporting_category": kind,
        "balance_type": "payments",
    }
    return drawer.put("txn", blank(stripe.BalanceTransaction, **known))


def take_fee(drawer: Drawer, charge: Thing) -> None:
    """The platform's share of a connected account's payment, kept by the platform."""
    platform = drawer.world.drawer(PLATFORM)
    known = {
        "amount": charge["application_fee_amount"],
        "amount_refunded": 0,
        "refunded": False,
        "account": drawer.account,
        "charge": charge["id"],
        "currency": charge["currency"],
        "created": drawer.now,
    }
    share = platform.put("fee", blank(stripe.ApplicationFee, **known))
    share["balance_transaction"] = move(platform, "application_fee", share["amount"], share)["id"]
    charge["application_fee"] = share["id"]
