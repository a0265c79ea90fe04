"""One account's books as Stripe has them, to compare with ours."""

from collections import Counter
from dataclasses import dataclass

from nextroute.billing.stripe import fake_balances as balances
from nextroute.billing.stripe import fake_charges as charges
from nextroute.billing.stripe import fake_disputes as disputes
from nextroute.billing.stripe import fake_refunds as refunds
from nextroute.billing.stripe.fake_state import Drawer


@dataclass(frozen=True, slots=True)
class Books:
    """Sums in cents. `withdrawn`: by disputes and returning banks, net of what was given back.

    `processing`: what banks have not answered yet. `balance`: what is left, fees paid.
    """

    charged: int
    refunded: int
    withdrawn: int
    processing: int
    fees: int
    application_fees: int
    balance: int

    @property
    def received(self) -> int:
        """What customers have paid, all in all."""
        return self.charged - self.refunded - self.withdrawn


def of(drawer: Drawer) -> Books:
    """Added up from the charges, refunds and disputes; the balance from the movements alone."""
    by_status: Counter[str] = Counter()
    for charge in drawer.every(charges.KIND):
        by_status[charge["status"]] += charge["amount"]
    moves = list(drawer.every(balances.KIND))
    shares = Counter[str]()
    for move in moves:
        for share in move["fee_details"]:
            shares[share["type"]] += share["amount"]
    gone = (dispute["amount"] for dispute in drawer.every(disputes.KIND) if dispute["status"] != "won")
    back = (refund["amount"] for refund in drawer.every(refunds.KIND) if refund["status"] != "failed")
    given = sum(move["amount"] for move in moves if move["type"] == "application_fee_refund")
    return Books(
        charged=by_status["succeeded"],
        refunded=sum(back),
        withdrawn=sum(gone),
        processing=by_status["pending"],
        fees=shares["stripe_fee"],
        application_fees=shares["application_fee"] - given,
        balance=sum(move["net"] for move in moves),
    )
