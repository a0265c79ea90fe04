"""Every address of the stand-in: the SDK's own parameters for it, those it honours, and who answers."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from stripe import params
from stripe.params import checkout
from stripe.params.v2 import core

from nextroute.billing.stripe import fake_account_links as account_links
from nextroute.billing.stripe import fake_accounts as accounts
from nextroute.billing.stripe import fake_charges as charges
from nextroute.billing.stripe import fake_customers as customers
from nextroute.billing.stripe import fake_disputes as disputes
from nextroute.billing.stripe import fake_events as events
from nextroute.billing.stripe import fake_methods as methods
from nextroute.billing.stripe import fake_payments as payments
from nextroute.billing.stripe import fake_refunds as refunds
from nextroute.billing.stripe import fake_sessions as sessions
from nextroute.billing.stripe import fake_setups as setups
from nextroute.billing.stripe.fake_lists import PAGING
from nextroute.billing.stripe.fake_parameters import Asked
from nextroute.billing.stripe.fake_state import Drawer, Thing

NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Route:
    """Where an address leads. `shape`: the SDK's TypedDict of what may be asked.

    `honours`: what of it does something here.
    """

    method: str
    address: str
    shape: type
    verb: Callable[..., Thing]
    honours: frozenset[str] = NONE


def _of(*names: str) -> frozenset[str]:
    return frozenset(names)


def _one(kind: str) -> Callable[..., Thing]:
    """Show the one thing of this kind that the address names."""

    def retrieve(drawer: Drawer, _asked: Asked, key: str) -> Thing:
        return drawer.get(kind, key)

    return retrieve


_INCLUDE, _PROOF, _GIVEN_UP = _of("include"), _of("amounts", "descriptor_code"), _of("cancellation_reason")
ROUTES = (
    Route("GET", "/v1/accounts/{}", params.AccountRetrieveParams, accounts.retrieve_v1),
    Route("POST", "/v1/customers", params.CustomerCreateParams, customers.create, customers.FIELDS),
    Route("GET", "/v1/customers", params.CustomerListParams, customers.listed, _of("email")),
    Route("GET", "/v1/customers/{}", params.CustomerRetrieveParams, _one(customers.KIND)),
    Route("POST", "/v1/customers/{}", params.CustomerUpdateParams, customers.update, customers.FIELDS),
    Route(
        "GET",
        "/v1/customers/{}/payment_methods",
        params.CustomerPaymentMethodListParams,
        methods.of_customer,
        _of("type"),
    ),
    Route("POST", "/v1/payment_methods", params.PaymentMethodCreateParams, methods.create, methods.CREATES),
    Route("GET", "/v1/payment_methods", params.PaymentMethodListParams, methods.listed, _of("customer", "type")),
    Route("GET", "/v1/payment_methods/{}", params.PaymentMethodRetrieveParams, _one(methods.KIND)),
    Route("POST", "/v1/payment_methods/{}/attach", params.PaymentMethodAttachParams, methods.attach, _of("customer")),
    Route("POST", "/v1/payment_methods/{}/detach", params.PaymentMethodDetachParams, methods.detach),
    Route("POST", "/v1/payment_intents", params.PaymentIntentCreateParams, payments.create, payments.CREATES),
    Route("GET", "/v1/payment_intents", params.PaymentIntentListParams, payments.listed, _of("customer")),
    Route("GET", "/v1/payment_intents/{}", params.PaymentIntentRetrieveParams, _one(payments.KIND)),
    Route(
        "POST",
        "/v1/payment_intents/{}/confirm",
        params.PaymentIntentConfirmParams,
        payments.confirm,
        payments.CONFIRMS,
    ),
    Route("POST", "/v1/payment_intents/{}/cancel", params.PaymentIntentCancelParams, payments.cancel, _GIVEN_UP),
    Route(
        "POST",
        "/v1/payment_intents/{}/verify_microdeposits",
        params.PaymentIntentVerifyMicrodepositsParams,
        payments.verify,
        _PROOF,
    ),
    Route("POST", "/v1/setup_intents", params.SetupIntentCreateParams, setups.create, setups.CREATES),
    Route("GET", "/v1/setup_intents", params.SetupIntentListParams, setups.listed, _of("customer", "payment_method")),
    Route("GET", "/v1/setup_intents/{}", params.SetupIntentRetrieveParams, _one(setups.KIND)),
    Route(
        "POST",
        "/v1/setup_intents/{}/confirm",
        params.SetupIntentConfirmParams,
        setups.confirm,
        _of("payment_method", "return_url"),
    ),
    Route("POST", "/v1/setup_intents/{}/cancel", params.SetupIntentCancelParams, setups.cancel, _GIVEN_UP),
    Route(
        "POST",
        "/v1/setup_intents/{}/verify_microdeposits",
        params.SetupIntentVerifyMicrodepositsParams,
        setups.verify,
        _PROOF,
    ),
    Route("GET", "/v1/charges", params.ChargeListParams, charges.listed, _of("customer", "payment_intent")),
    Route("GET", "/v1/charges/{}", params.ChargeRetrieveParams, _one(charges.KIND)),
    Route("POST", "/v1/refunds", params.RefundCreateParams, refunds.create, refunds.CREATES),
    Route("GET", "/v1/refunds", params.RefundListParams, refunds.listed, _of("charge", "payment_intent")),
    Route("GET", "/v1/refunds/{}", params.RefundRetrieveParams, _one(refunds.KIND)),
    Route("GET", "/v1/disputes", params.DisputeListParams, disputes.listed, _of("charge", "payment_intent")),
    Route("GET", "/v1/disputes/{}", params.DisputeRetrieveParams, _one(disputes.KIND)),
    Route("POST", "/v1/disputes/{}", params.DisputeUpdateParams, disputes.update, disputes.UPDATES),
    Route("POST", "/v1/disputes/{}/close", params.DisputeCloseParams, disputes.close),
    Route("POST", "/v1/checkout/sessions", checkout.SessionCreateParams, sessions.create, sessions.CREATES),
    Route(
        "GET",
        "/v1/checkout/sessions",
        checkout.SessionListParams,
        sessions.listed,
        _of("customer", "payment_intent", "status"),
    ),
    Route("GET", "/v1/checkout/sessions/{}", checkout.SessionRetrieveParams, _one(sessions.KIND)),
    Route("POST", "/v1/checkout/sessions/{}/expire", checkout.SessionExpireParams, sessions.expire),
    Route("GET", "/v1/events", params.EventListParams, events.listed, _of("type", "types")),
    Route("GET", "/v1/events/{}", params.EventRetrieveParams, _one(events.KIND)),
    Route("POST", "/v2/core/accounts", core.AccountCreateParams, accounts.create, accounts.CREATES),
    Route("GET", "/v2/core/accounts", core.AccountListParams, accounts.listed, _of("closed")),
    Route("GET", "/v2/core/accounts/{}", core.AccountRetrieveParams, accounts.retrieve, _INCLUDE),
    Route("POST", "/v2/core/accounts/{}", core.AccountUpdateParams, accounts.update, accounts.UPDATES),
    Route("POST", "/v2/core/accounts/{}/close", core.AccountCloseParams, accounts.close, _of("applied_configurations")),
    Route("POST", "/v2/core/account_links", core.AccountLinkCreateParams, account_links.create, account_links.CREATES),
    Route("GET", "/v2/core/events", core.EventListParams, events.list_thin, _of("object_id")),
    Route("GET", "/v2/core/events/{}", core.EventRetrieveParams, events.retrieve_thin),
)


def found(method: str, path: str) -> tuple[Route, list[str]] | None:
    """The route an address leads along, and the keys in the address."""
    for route in ROUTES:
        if route.method == method and (match := _pattern(route.address).fullmatch(path)):
            return route, list(match.groups())
    return None


def names(route: Route) -> frozenset[str]:
    """What may be asked there and does something."""
    always = PAGING if route.method == "GET" else _of("expand")
    return route.honours | always


@cache
def _pattern(address: str) -> re.Pattern[str]:
    return re.compile(address.replace("{}", "([A-Za-z0-9_]+)"))
