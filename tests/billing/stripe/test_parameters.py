"""The stand-in takes what the SDK's own types know, and nothing else."""

from typing import Any

import pytest
import stripe
import typing_extensions
from stripe import StripeClient

from nextroute.billing.stripe import fake_parameters, fake_routes
from nextroute.billing.stripe.fake import FakeStripe
from tests.billing.stripe.shop import Shop, a_client


def test_a_parameter_that_the_api_once_had_is_refused_by_its_name(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Received unknown parameter: payment_method_types") as no:
        shop.session(payment_method_types=["card"])
    assert (no.value.param, no.value.code, no.value.http_status) == ("payment_method_types", "parameter_unknown", 400)


def test_an_unknown_parameter_is_refused_however_deep_it_lies(shop: Shop) -> None:
    price = {"currency": "usd", "unit_amount": 5_000, "product_data": {"nome": "Invoice"}}
    with pytest.raises(stripe.InvalidRequestError) as no:
        shop.session(line_items=[{"price_data": price, "quantity": 1}])
    assert no.value.param == "line_items[0][price_data][product_data][nome]"


def test_an_unknown_parameter_in_the_newer_interface_is_refused_too(client: StripeClient) -> None:
    asked: Any = {"configuration": {"merchant": {"capabilities": {"card_payment": {"requested": True}}}}}
    with pytest.raises(stripe.InvalidRequestError) as no:
        client.v2.core.accounts.create(asked)
    assert no.value.param == "configuration[merchant][capabilities][card_payment]"


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"currency": "usd"}, "Missing required param: amount."),
        ({"amount": "ten", "currency": "usd"}, "Invalid integer: ten"),
        ({"amount": 5_000, "currency": "usd", "confirm": "maybe"}, "Invalid boolean: maybe"),
        ({"amount": 5_000, "currency": "usd", "setup_future_usage": "sometimes"}, "must be one of off_session"),
        ({"amount": 5_000, "currency": "usd", "customer": ""}, "You passed an empty string for 'customer'"),
        ({"amount": 5_000, "currency": "usd", "automatic_payment_methods": "yes"}, "Invalid object: yes"),
        ({"amount": 5_000, "currency": {"is": "usd"}}, "Invalid string"),
        ({"amount": 49, "currency": "usd"}, "at least 50 cents"),
        ({"amount": 0, "currency": "usd"}, "greater than or equal to 1"),
        ({"amount": 100_000_000, "currency": "usd"}, r"no more than \$999,999.99"),
        ({"amount": 5_000, "currency": "usd", "application_fee_amount": 5_001}, "no more than the payment"),
        ({"amount": 5_000, "currency": "usd", "customer": "cus_nobody"}, "No such customer: 'cus_nobody'"),
    ],
)
def test_what_cannot_be_meant_is_refused(shop: Shop, asked: Any, says: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=says):
        shop.client.v1.payment_intents.create(asked, shop.options())
    assert "payment_intent.created" not in shop.told()


def test_what_stripe_knows_and_the_stand_in_does_not_is_never_ignored(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="nothing behind the parameter automatic_tax"):
        shop.session(automatic_tax={"enabled": True})
    with pytest.raises(stripe.InvalidRequestError, match=r"nothing behind the parameter payment_intent_data\.transfer"):
        shop.session(payment_intent_data={"transfer_group": "g"})


def test_every_parameter_that_is_honoured_is_one_that_the_sdk_knows() -> None:
    for route in fake_routes.ROUTES:
        for path in route.honours:
            shape: Any = route.shape
            for name in path.split("."):
                hints = fake_parameters._hints(shape)
                assert name in hints, (route.address, path)
                shape = next(iter(filter(typing_extensions.is_typeddict, fake_parameters._choices(hints[name]))), None)


def test_metadata_may_have_any_names(shop: Shop) -> None:
    assert shop.session(metadata={"payment": "17", "0": "nothing"}).metadata is not None


def test_nobody_is_let_in_without_the_secret_key(fake: FakeStripe) -> None:
    with pytest.raises(stripe.AuthenticationError, match="Invalid API Key"):
        a_client(fake, key="sk_test_another").v1.customers.list()


def test_another_version_of_the_interface_is_another_interface(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Invalid Stripe API version: 2020-08-27"):
        shop.client.v1.customers.list(None, {"stripe_version": "2020-08-27"})


def test_what_the_stand_in_cannot_do_it_says(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=r"Unrecognized request URL \(GET: /v1/balance\)"):
        shop.client.v1.balance.retrieve()
