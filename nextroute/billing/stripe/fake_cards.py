"""Stripe's own test numbers for cards and bank accounts, and what each of them does."""

from dataclasses import dataclass

from nextroute.billing.stripe.fake_errors import declined


@dataclass(frozen=True, slots=True)
class Card:
    """A test card. `code`, `decline_code`: how it says no. `asks`: when its bank wants the cardholder to confirm.

    `asks`: "" never, "once" until it has been saved, "always". `disputed`: why, soon after it paid. `refunds`: "" at
    once, "pending" for a while, "fail" after a while. `saves`: it can be left for later, though it does not pay.
    """

    number: str
    brand: str = "visa"
    key: str = ""
    code: str = ""
    decline_code: str = ""
    says: str = "Your card was declined."
    asks: str = ""
    disputed: str = ""
    refunds: str = ""
    saves: bool = False


@dataclass(frozen=True, slots=True)
class Bank:
    """A test bank account. `fails`: the code with which it comes back before it pays. `stuck`: never answers.

    `returned`: why its money is taken back after it has paid. `slow`: proved by deposits, not at once.
    """

    number: str
    key: str
    name: str
    fails: str = ""
    returned: str = ""
    stuck: bool = False
    slow: bool = False


ROUTING = "110000000"
DESCRIPTOR, AMOUNTS = "SM11AA", [32, 45]  # what proves the account that deposits were sent to

_DECLINED = "card_declined"
CARDS = (
    Card("4242424242424242", key="pm_card_visa"),
    Card("5555555555554444", "mastercard", "pm_card_mastercard"),
    Card("378282246310005", "amex", "pm_card_amex"),
    Card("4000000000000002", key="pm_card_visa_chargeDeclined", code=_DECLINED, decline_code="generic_decline"),
    Card(
        "4000000000000341",
        key="pm_card_chargeCustomerFail",
        code=_DECLINED,
        decline_code="generic_decline",
        saves=True,
    ),
    Card(
        "4000000000009995",
        key="pm_card_visa_chargeDeclinedInsufficientFunds",
        code=_DECLINED,
        decline_code="insufficient_funds",
        says="Your card has insufficient funds.",
    ),
    Card(
        "4000000000000069",
        key="pm_card_chargeDeclinedExpiredCard",
        code="expired_card",
        decline_code="expired_card",
        says="Your card has expired.",
    ),
    Card(
        "4000000000000127",
        key="pm_card_chargeDeclinedIncorrectCvc",
        code="incorrect_cvc",
        decline_code="incorrect_cvc",
        says="Your card's security code is incorrect.",
    ),
    Card(
        "4000000000000119",
        key="pm_card_chargeDeclinedProcessingError",
        code="processing_error",
        decline_code="processing_error",
        says="An error occurred while processing your card. Try again in a little bit.",
    ),
    Card("4000002500003155", key="pm_card_authenticationRequiredOnSetup", asks="once"),
    Card("4000002760003184", key="pm_card_authenticationRequired", asks="always"),
    Card("4000000000000259", key="pm_card_createDispute", disputed="fraudulent"),
    Card("4000000000002685", key="pm_card_createDisputeProductNotReceived", disputed="product_not_received"),
    Card("4000000000007726", key="pm_card_pendingRefund", refunds="pending"),
    Card("4000000000005126", key="pm_card_refundFail", refunds="fail"),
)
BANKS = (
    Bank("000123456789", "pm_usBankAccount_success", "pays after some days"),
    Bank("000222222227", "pm_usBankAccount_insufficientFunds", "has too little money", fails="insufficient_funds"),
    Bank("000111111113", "pm_usBankAccount_accountClosed", "is closed", fails="account_closed"),
    Bank("000111111116", "pm_usBankAccount_noAccount", "does not exist", fails="no_account"),
    Bank(
        "000333333335",
        "pm_usBankAccount_debitNotAuthorized",
        "does not allow it",
        fails="debit_not_authorized",
    ),
    Bank("000555555559", "pm_usBankAccount_dispute", "pays, then takes it back", returned="debit_not_authorized"),
    Bank("000000000009", "pm_usBankAccount_processing", "never answers", stuck=True),
    # Ours: the real page offers this to whoever cannot prove an account at once.
    Bank("000999999991", "pm_usBankAccount_microdeposits", "is proved by small deposits first", slow=True),
)
_CARDS = {card.number: card for card in CARDS}
_BANKS = {bank.number: bank for bank in BANKS}
KEYS = {made.key: made for made in (*CARDS, *BANKS)}


def card(number: str) -> Card:
    """The test card with this number, written in any way. Raises Refusal."""
    digits = "".join(sign for sign in number if sign.isdigit())
    if known := _CARDS.get(digits):
        return known
    if not 12 <= len(digits) <= 19 or not _luhn(digits):
        raise declined("Your card number is incorrect.", code="incorrect_number", param="number")
    says = "Your card was declined. Your request was in test mode, but used a non test (live) card."
    raise declined(says, code="card_declined", decline_code="test_mode_live_card")


def bank(number: str) -> Bank:
    """The test bank account with this number. Raises Refusal."""
    if known := _BANKS.get(number.strip()):
        return known
    raise declined("You must use a test bank account number in test mode.", code="account_number_invalid")


def kept(number: str) -> Card | Bank:
    """The card or bank account that a thing was made from."""
    return _CARDS.get(number) or _BANKS[number]


def _luhn(digits: str) -> bool:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0
