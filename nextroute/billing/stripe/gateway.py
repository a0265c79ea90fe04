"""What the portal asks of Stripe. Each call is one HTTP request: never make one inside a transaction.

Every call may raise NoAnswer or Refused (client.py). `account` is the business's own at Stripe, whose customer pays it
directly; `key` is the idempotency key, written down before the call; amounts are in cents.
"""

from collections.abc import Iterable
from datetime import datetime

import stripe
from stripe.params.checkout import SessionCreateParams
from stripe.params.v2.core import AccountCreateParamsConfigurationMerchant, AccountLinkCreateParamsUseCase

from nextroute.billing.stripe import states
from nextroute.billing.stripe.client import asking, client
from nextroute.billing.stripe.states import (
    OUR_REFUND,
    OURS,
    AccountState,
    Checkout,
    DisputeState,
    Method,
    PaymentState,
    RefundState,
    SetupState,
)

_MOST = 100  # of anything, in one answer


def create_account(*, name: str, email: str, country: str, key: str) -> str:
    """A connected account, with Stripe's full dashboard, whose fees and losses are between it and Stripe."""
    merchant: AccountCreateParamsConfigurationMerchant = {
        "capabilities": {"card_payments": {"requested": True}, "ach_debit_payments": {"requested": True}}
    }
    with asking():
        account = client().v2.core.accounts.create(
            {
                "display_name": name,
                "contact_email": email,
                "dashboard": "full",
                "identity": {"country": country.lower()},
                "defaults": {"responsibilities": {"fees_collector": "stripe", "losses_collector": "stripe"}},
                "configuration": {"merchant": merchant},
            },
            {"idempotency_key": key},
        )
    return account.id


def account_link(account: str, *, return_url: str, refresh_url: str) -> str:
    """The address of Stripe's page about the business; good once, for some minutes."""
    case: AccountLinkCreateParamsUseCase = {
        "type": "account_onboarding",
        "account_onboarding": {"return_url": return_url, "refresh_url": refresh_url},
    }
    with asking():
        link = client().v2.core.account_links.create({"account": account, "use_case": case})
    return link.url


def account_state(account: str) -> AccountState:
    with asking():
        found = client().v2.core.accounts.retrieve(account, {"include": ["configuration.merchant", "requirements"]})
    return states.of_account(found)


def create_customer(account: str, *, name: str, email: str, reference: str, key: str) -> str:
    """A customer at Stripe, who can leave a card there. `reference`: our customer's id."""
    with asking():
        customer = client().v1.customers.create(
            {"name": name, "email": email, "metadata": {"customer": reference}},
            {"stripe_account": account, "idempotency_key": key},
        )
    return customer.id


def create_checkout(
    account: str,
    *,
    reference: str,
    amount: int,
    currency: str,
    description: str,
    ways: Iterable[str],
    success_url: str,
    cancel_url: str,
    until: datetime,
    key: str,
    customer: str = "",
    email: str = "",
    application_fee: int = 0,
) -> Checkout:
    """A page to pay on. `reference`: our payment's id. `until`: 30 minutes to 24 hours from now.

    `success_url` may hold {CHECKOUT_SESSION_ID}. `customer`: the one at Stripe, or else an `email` for the receipt.
    """
    price = {"currency": currency.lower(), "unit_amount": amount, "product_data": {"name": description}}
    intent: dict[str, object] = {"metadata": {OURS: reference}, "description": description}
    if application_fee:
        intent["application_fee_amount"] = application_fee
    asked: dict[str, object] = _page(reference, ways, success_url, cancel_url, until) | {
        "mode": "payment",
        "line_items": [{"price_data": price, "quantity": 1}],
        "payment_intent_data": intent,
    }
    if customer or email:
        asked |= {"customer": customer} if customer else {"customer_email": email}
    return _create_session(account, asked, key)


def create_setup(
    account: str,
    *,
    reference: str,
    customer: str,
    currency: str,
    ways: Iterable[str],
    success_url: str,
    cancel_url: str,
    until: datetime,
    key: str,
) -> Checkout:
    """A page to leave a card or bank account on, for later. `reference`: what it is for, ours."""
    asked = _page(reference, ways, success_url, cancel_url, until) | {
        "mode": "setup",
        "customer": customer,
        "currency": currency.lower(),
    }
    return _create_session(account, asked, key)


def retrieve_setup(account: str, setup: str) -> SetupState:
    with asking():
        return states.of_setup(client().v1.setup_intents.retrieve(setup, None, {"stripe_account": account}))


def retrieve_checkout(account: str, session: str) -> Checkout:
    with asking():
        return states.of_checkout(client().v1.checkout.sessions.retrieve(session, None, {"stripe_account": account}))


def expire_checkout(account: str, session: str, *, key: str) -> Checkout:
    """Close the page, and say how it stands now: expired, or complete after all."""
    options: stripe.RequestOptions = {"stripe_account": account, "idempotency_key": key}
    with asking():
        try:
            return states.of_checkout(client().v1.checkout.sessions.expire(session, None, options))
        except stripe.InvalidRequestError as no:
            if no.code == "resource_missing":
                raise
    return retrieve_checkout(account, session)


def retrieve_payment(account: str, payment: str) -> PaymentState:
    with asking():
        intent = client().v1.payment_intents.retrieve(
            payment, {"expand": ["latest_charge.balance_transaction"]}, {"stripe_account": account}
        )
    return states.of_payment(intent)


def charge_off_session(
    account: str,
    *,
    reference: str,
    customer: str,
    method: str,
    amount: int,
    currency: str,
    description: str,
    key: str,
    application_fee: int = 0,
) -> PaymentState:
    """Charge a saved card or bank account while nobody is there; a decline is a state, too."""
    asked: stripe.params.PaymentIntentCreateParams = {
        "amount": amount,
        "currency": currency.lower(),
        "customer": customer,
        "payment_method": method,
        "description": description,
        "metadata": {OURS: reference},
        "off_session": True,
        "confirm": True,
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
    }
    if application_fee:
        asked["application_fee_amount"] = application_fee
    with asking():
        try:
            options: stripe.RequestOptions = {"stripe_account": account, "idempotency_key": key}
            return states.of_payment(client().v1.payment_intents.create(asked, options))
        except stripe.CardError as no:
            intent = no.error.payment_intent if no.error else None
            if intent is None:
                raise
            return retrieve_payment(account, intent.id)


def refunds_of(account: str, payment: str) -> list[RefundState]:
    """Every refund of a payment, newest first."""
    with asking():
        asked: stripe.params.RefundListParams = {
            "payment_intent": payment,
            "limit": _MOST,
            "expand": ["data.failure_balance_transaction"],
        }
        found = client().v1.refunds.list(asked, {"stripe_account": account})
        return [states.of_refund(refund) for refund in found.auto_paging_iter()]


def disputes_of(account: str, payment: str) -> list[DisputeState]:
    """Every dispute of a payment, and every time a bank took it back; newest first."""
    with asking():
        asked: stripe.params.DisputeListParams = {"payment_intent": payment, "limit": _MOST}
        found = client().v1.disputes.list(asked, {"stripe_account": account})
        return [states.of_dispute(dispute) for dispute in found.auto_paging_iter()]


def create_refund(
    account: str, *, payment: str, amount: int, reference: str, key: str, give_back_fee: bool = False
) -> RefundState:
    """Give money back to who paid. `reference`: our refund's id. `give_back_fee`: the platform's share of it, too."""
    asked: stripe.params.RefundCreateParams = {
        "payment_intent": payment,
        "amount": amount,
        "metadata": {OUR_REFUND: reference},
    }
    if give_back_fee:
        asked["refund_application_fee"] = True
    with asking():
        refund = client().v1.refunds.create(asked, {"stripe_account": account, "idempotency_key": key})
    return states.of_refund(refund)


def saved_methods(account: str, customer: str) -> list[Method]:
    """The cards and bank accounts a customer has left, newest first."""
    with asking():
        found = client().v1.customers.payment_methods.list(customer, {"limit": _MOST}, {"stripe_account": account})
        return [states.of_method(method) for method in found.auto_paging_iter()]


def customer_of(account: str, method: str) -> str:
    """Whose card or bank account it is, by their name at Stripe; "" once it was let go of."""
    with asking():
        found = client().v1.payment_methods.retrieve(method, None, {"stripe_account": account})
    return found.customer if isinstance(found.customer, str) else ""


def detach_method(account: str, method: str, *, key: str) -> None:
    """Let go of a card or bank account for good."""
    with asking():
        client().v1.payment_methods.detach(method, None, {"stripe_account": account, "idempotency_key": key})


def _create_session(account: str, asked: dict[str, object], key: str) -> Checkout:
    params: SessionCreateParams = asked  # type: ignore[assignment]
    with asking():
        session = client().v1.checkout.sessions.create(params, {"stripe_account": account, "idempotency_key": key})
    return states.of_checkout(session)


def _page(reference: str, ways: Iterable[str], success_url: str, cancel_url: str, until: datetime) -> dict[str, object]:
    return {
        "client_reference_id": reference,
        "metadata": {OURS: reference},
        "allowed_payment_method_types": list(ways),
        "success_url": success_url,
        "cancel_url": cancel_url,
        "expires_at": int(until.timestamp()),
    }
