"""What every message knows, and what its composer adds."""

from typing import Any

from nextroute.config import links
from nextroute.customers.models import Customer
from nextroute.notifications import composing
from nextroute.notifications.triggers import Trigger
from nextroute.tenancy.businesses import Business
from tests.cast import NOON
from tests.notifications.posting import owe


def variables(business: Business, customer: Customer | None = None) -> Any:
    return composing.compose(owe(business, customer=customer), links.to, NOON)


def test_a_message_knows_whose_it_is_and_whom_it_is_for(
    bright: Business, ada: Customer, composed: dict[Trigger, Any]
) -> None:
    bright.phone, bright.email = "+13035550142", "hello@brightbins.example"
    bright.save()
    composed[Trigger.SERVICE_REMINDER] = lambda *_: {"visits": "Weekly"}
    assert variables(bright, ada) == {
        "business_name": "Bright Bins",
        "business_phone": "(303) 555-0142",
        "business_email": "hello@brightbins.example",
        "customer_first_name": "Ada",
        "visits": "Weekly",
    }


def test_a_customer_without_a_first_name_is_called_what_there_is(
    bright: Business, ada: Customer, composed: dict[Trigger, Any]
) -> None:
    ada.first_name, ada.company = "", "Alvarez & Sons"
    ada.save()
    composed[Trigger.SERVICE_REMINDER] = lambda *_: {}
    assert variables(bright, ada)["customer_first_name"] == "Alvarez & Sons"
    assert variables(bright)["customer_first_name"] == ""


def test_a_composer_may_know_better_and_may_have_nothing_to_say(bright: Business, composed: dict[Trigger, Any]) -> None:
    composed[Trigger.SERVICE_REMINDER] = lambda *_: {"business_name": "Bright Bins and Silk City"}
    assert variables(bright)["business_name"] == "Bright Bins and Silk City"
    composed[Trigger.SERVICE_REMINDER] = lambda *_: None
    assert variables(bright) is None
