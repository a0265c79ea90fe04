"""What comes of asking a payment method for money, or for leave to use it later."""

from nextroute.billing.stripe import fake_cards as cards
from nextroute.billing.stripe.fake_errors import Refusal, declined
from nextroute.billing.stripe.fake_state import Drawer, Thing

_BANK_SAYS = {
    "insufficient_funds": "The customer's account has insufficient funds to cover this payment.",
    "account_closed": "The customer's bank account has been closed.",
    "no_account": "The customer's bank account could not be located.",
    "debit_not_authorized": "The customer has notified their bank that this payment was unauthorized.",
}


def refusal(card: cards.Card) -> Refusal:
    """What this card says instead of paying."""
    return declined(card.says, code=card.code, decline_code=card.decline_code)


def unproved() -> Refusal:
    """The cardholder is not there to be asked, or did not prove to be the cardholder."""
    says = "Your card was declined. This transaction requires authentication."
    return declined(says, code="authentication_required", decline_code="authentication_required")


def timed_out() -> Refusal:
    """The small deposits were not named in time."""
    return declined(
        "The bank account was not verified in time.", code="payment_method_microdeposit_verification_timeout"
    )


def bounced(code: str) -> Refusal:
    """What a bank says some days later. Nobody is there to be told: it goes into the payment."""
    return declined(_BANK_SAYS[code], code=code)


def must_ask(card: cards.Card, method: Thing) -> bool:
    """Whether the card's bank wants the cardholder to confirm this time."""
    return card.asks == "always" or (card.asks == "once" and not method["_set_up"])


def challenge(drawer: Drawer, intent: Thing) -> Thing:
    """The next action: confirm at one's bank."""
    url = f"{drawer.world.origin}/challenge/{drawer.account}/{intent['id']}"
    return {"type": "redirect_to_url", "redirect_to_url": {"url": url, "return_url": None}}


def deposits(drawer: Drawer, intent: Thing) -> Thing:
    """The next action: say which small deposits have come."""
    url = f"{drawer.world.origin}/deposits/{drawer.account}/{intent['id']}"
    known = {"arrival_date": drawer.now + 2 * 86_400, "hosted_verification_url": url}
    known["microdeposit_type"] = "descriptor_code"
    return {"type": "verify_with_microdeposits", "verify_with_microdeposits": known}
